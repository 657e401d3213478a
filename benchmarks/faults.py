"""Kill stages at random moments; run them again; hold every file against an uninterrupted run.

After each kill every file with a final name has to be the uninterrupted run's to the byte; after
the last one all that is published has to be.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from benchmarks.result import REPOSITORY, write_result
from benchmarks.workflow import Step, fingerprints, make_missing, notebooks, steps, tiny_study
from geostance.files import sha256

SEED = 20240105
# A stage that has ended before it was to be killed gets another try, so many times.
TRIES = 5


class Runner:
    """Runs commands of geostance as processes of their own."""

    def __init__(self) -> None:
        self.seconds: dict[tuple[str, ...], float] = {}

    def run(self, arguments: Sequence[str]) -> None:
        """Run one to its end, and note how long it took."""
        start = perf_counter()
        process = self._start(arguments)
        _, said = process.communicate()
        if process.returncode:
            raise RuntimeError(f"{' '.join(arguments[:2])}: {said}")
        self.seconds[_key(arguments)] = perf_counter() - start

    def kill(self, arguments: Sequence[str], after: float) -> bool:
        """Kill one with its children ``after`` so many seconds; return whether it was running."""
        process = self._start(arguments)
        try:
            process.communicate(timeout=after)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return True
        return False

    def _start(self, arguments: Sequence[str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "geostance", *arguments],
            cwd=REPOSITORY,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )


def _key(arguments: Sequence[str]) -> tuple[str, ...]:
    # The same call in another folder: the stage, and which figure or notebook.
    named = [Path(word).stem for word in arguments if word.endswith((".ipynb", ".json"))]
    return (*arguments[:2], *named)


def contents(data: Path) -> dict[str, str]:
    """Return the hash of every file with a final name, but for run records, by its path."""
    parts = ("interim", "processed", "published")
    return {
        path.relative_to(data).as_posix(): sha256(path)
        for part in parts
        for path in sorted((data / part).rglob("*"))
        if path.is_file() and not path.name.startswith(".") and not path.name.endswith(".run.json")
    }


def moments(n_kills: int, chosen: Sequence[Step]) -> list[Step]:
    """Return which steps to kill, each stage as often as another, figures one after the other."""
    stages = list(dict.fromkeys(step.stage for step in chosen))
    found = []
    for number in range(n_kills):
        own = [step for step in chosen if step.stage == stages[number % len(stages)]]
        found.append(own[number // len(stages) % len(own)])
    return found


def measure(n_kills: int, n_notebooks: int, folder: Path) -> dict[str, int | float | str]:
    """Kill ``n_kills`` times, resume each time, and count what was not as it should be."""
    runner, moment = Runner(), random.Random(SEED)
    chosen = notebooks()[:n_notebooks]
    whole = tiny_study(folder / "whole")
    start = perf_counter()
    make_missing(whole, runner.run, chosen)
    expected, once = contents(whole.data), perf_counter() - start
    study = tiny_study(folder / "killed")
    runner.run(fingerprints(study))
    todo = Counter(moments(n_kills, steps(study, chosen)))
    killed, torn, resumed = Counter[str](), 0, 0
    start = perf_counter()
    for step in steps(study, chosen):
        for _ in range(todo[step]):
            for _ in range(TRIES):
                seconds = moment.uniform(0, runner.seconds[_key(step.arguments)])
                if runner.kill(step.arguments, seconds):
                    killed[step.stage] += 1
                    break
            there = contents(study.data)
            torn += any(there[name] != expected.get(name) for name in there)
        runner.run(step.arguments)
        resumed += step.output.exists()
    there = contents(study.data)
    differing = [name for name in expected if there.get(name) != expected[name]]
    return {
        "kills": killed.total(),
        "stages_killed": len(killed),
        "kills_with_torn_files": torn,
        "resumed_steps": resumed,
        "published_files": sum(name.startswith("published/") for name in expected),
        "files_differing": len(differing),
        "first_differing": differing[0] if differing else "",
        "seconds_uninterrupted": round(once, 1),
        "seconds_a_kill": round((perf_counter() - start) / max(1, killed.total()), 1),
        **{f"kills_{stage}": n for stage, n in sorted(killed.items())},
    }


def main() -> None:
    """Kill: ``python -m benchmarks.faults --kills 200 --json FILE``."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--notebooks", type=int, default=1, help="of the project's, run so many")
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="geostance-") as name:
        figures = measure(options.kills, options.notebooks, Path(name))
    write_result(
        "faults",
        figures,
        "24 invented articles in two languages",
        f"python -m benchmarks.faults --kills {options.kills} --notebooks {options.notebooks}",
        options.json,
    )


if __name__ == "__main__":
    main()
