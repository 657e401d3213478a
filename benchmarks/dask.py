"""The engine Dask beside the local one: the same bytes, and seconds by stage.

French press items, each stage a process of its own as in ``make all``: the local engine on one
process and on ``--workers``, and Dask on a cluster of as many that each stage starts for itself.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import polars as pl

from benchmarks.result import REPOSITORY, reference_folder, write_result
from geostance.files import read_json, sha256, write_text
from geostance.strict_yaml import yaml_text

ITEMS = 30_000
TABLES = {
    "ingest": "documents",
    "clean": "cleaned",
    "duplicates": "unique",
    "sentences": "sentences",
    "embed": "embeddings",
    "mentions": "mentions",
}
# What each stage reads, by the names of its options.
READS = {
    "ingest": (),
    "clean": ("documents",),
    "duplicates": ("documents", "cleaned"),
    "sentences": ("cleaned",),
    "embed": ("sentences",),
    "mentions": ("cleaned", "sentences"),
}


def write_corpus(folder: Path, press: Path, n_items: int) -> None:
    """Write press items as files of a thousand lines, so that workers have files to read."""
    items = pl.read_parquet(press).head(n_items)
    folder.mkdir(parents=True)
    for number, part in enumerate(items.iter_slices(1_000)):
        write_text(folder / f"{number:04}.jsonl", part.write_ndjson())


def run(folder: Path, corpus: Path, settings: dict[str, object]) -> dict[str, float]:
    """Run the stages into ``folder``; return the seconds of each."""
    config = folder / "study.yml"
    write_text(config, yaml_text({"compute": settings}))
    seconds = {}
    for stage, table in TABLES.items():
        output = folder / f"{table}.parquet"
        options = [("--output", output), ("--config", config)]
        options += [(f"--{name}", folder / f"{name}.parquet") for name in READS[stage]]
        options += [("--corpus", corpus)] if stage == "ingest" else []
        options += [("--responses", folder / "responses")] if stage == "mentions" else []
        subprocess.run(
            [sys.executable, "-m", "geostance", stage, *(str(x) for pair in options for x in pair)],
            check=True,
            capture_output=True,
            cwd=REPOSITORY,
        )
        seconds[stage] = read_json(output.with_name(f"{output.name}.run.json"))["seconds"]
    return seconds


def main() -> None:
    """Run every engine over one corpus, and hold the tables against each other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=ITEMS)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    reference = reference_folder()
    if reference is None:
        sys.exit("the reference data are not on this machine")
    engines = {
        "local_1": {"workers": 1},
        f"local_{options.workers}": {"workers": options.workers},
        f"dask_{options.workers}": {"engine": "dask", "workers": options.workers},
    }
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as held:
        corpus = Path(held) / "corpus"
        write_corpus(corpus, reference / "press" / "rss_fr.parquet", options.items)
        hashes = []
        for name, settings in engines.items():
            folder = Path(held) / name
            folder.mkdir()
            for stage, seconds in run(folder, corpus, settings).items():
                figures[f"seconds_{stage}_{name}"] = seconds
            hashes.append([sha256(folder / f"{table}.parquet") for table in TABLES.values()])
        alike = [len(set(of_table)) == 1 for of_table in zip(*hashes, strict=True)]
        figures["tables_alike_share"] = sum(alike) / len(alike)
    write_result(
        "dask",
        figures,
        f"{options.items:,} French press items in files of a thousand",
        f"python -m benchmarks.dask --items {options.items} --workers {options.workers}",
        options.json,
    )


if __name__ == "__main__":
    main()
