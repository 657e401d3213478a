"""The same study twice, with all that must not matter changed; the same bytes have to come out.

The second run has another folder, locale, time zone, hash seed, number of cores and terminal, and
its articles were written to the disk in another order and at another time.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from benchmarks.faults import contents
from benchmarks.result import REPOSITORY, write_result
from benchmarks.workflow import Study, make_missing, notebooks, tiny_study

SEED = 20240105
USUAL = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0", "COLUMNS": "120"}
OTHER = {
    "LC_ALL": "C",
    "TZ": "Pacific/Kiritimati",
    "PYTHONHASHSEED": "4242",
    "COLUMNS": "37",
    "TERM": "dumb",
    "NO_COLOR": "1",
}


def sample_study(data: Path) -> Study:
    """Lay the shipped sample out as a study of its own."""
    sample = REPOSITORY / "data" / "sample"
    shutil.copytree(sample / "articles", data / "raw")
    shutil.copytree(sample / "annotations", data / "annotations")
    config = data / "study.yml"
    shutil.copy(REPOSITORY / "config.yml", config)
    return Study(data, config, data / "raw", data / "annotations", sample / "parallel.csv")


def shuffled(study: Study, data: Path) -> Study:
    """Copy a study that nothing was made of; its files are written in another order."""
    found = [path for path in sorted(study.data.rglob("*")) if path.is_file()]
    random.Random(SEED).shuffle(found)
    for path in found:
        copy = data / path.relative_to(study.data)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    return Study(data, data / "study.yml", data / "raw", data / "annotations", study.parallel)


def runner(environment: dict[str, str], cores: int | None = None):
    """Return what runs a command of geostance in an environment, on so many cores."""
    before = ["taskset", "-c", ",".join(map(str, range(cores)))] if cores else []

    def run(arguments: Sequence[str]) -> None:
        done = subprocess.run(
            [*before, sys.executable, "-m", "geostance", *arguments],
            cwd=REPOSITORY,
            env=os.environ | environment,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments[:2])}: {done.stderr}")

    return run


def main() -> None:
    """Hold two runs together: ``python -m benchmarks.reproducibility [--tiny] --json FILE``."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--tiny", action="store_true", help="24 invented articles, not the sample")
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="geostance-") as name:
        folder = Path(name)
        (folder / "one").mkdir()
        study = (tiny_study if options.tiny else sample_study)(folder / "one" / "study")
        other = shuffled(study, folder / "the other, ünlike" / "s t")
        chosen = notebooks()[:1] if options.tiny else notebooks()
        start = perf_counter()
        make_missing(study, runner(USUAL), chosen)
        seconds = round(perf_counter() - start)
        make_missing(other, runner(OTHER, cores=1), chosen)
        first, second = contents(study.data), contents(other.data)
    names = first.keys() | second.keys()
    differing = sorted(name for name in names if first.get(name) != second.get(name))
    figures = {
        "files": len(names),
        "published_files": sum(name.startswith("published/") for name in names),
        "files_differing": len(differing),
        "first_differing": ", ".join(differing[:5]),
        "cores": os.cpu_count() or 1,
        "seconds": seconds,
    }
    data = "24 invented articles" if options.tiny else "the sample corpus"
    flag = " --tiny" if options.tiny else ""
    command = f"python -m benchmarks.reproducibility{flag}"
    write_result("reproducibility", figures, data, command, options.json)


if __name__ == "__main__":
    main()
