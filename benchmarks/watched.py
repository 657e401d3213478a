"""Run a command, and see what it and all that it starts take."""

import os
import resource
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from time import perf_counter

# Between two looks at the memory.
_SECONDS = 0.5


@dataclass(frozen=True)
class Taken:
    """Seconds by the clock and on processors, and the most memory at a time in gigabytes (10^9).

    Memory that several processes share counts once.
    """

    seconds: float
    processor_seconds: float
    peak_gigabytes: float


def watched(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Taken:
    """Run ``command`` in ``folder`` to its end; Linux only.

    Raises:
        subprocess.CalledProcessError: it failed; what it said is on stderr.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start, ended, peak = perf_counter(), Event(), [0]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL
    ) as process:

        def look() -> None:
            while not ended.wait(_SECONDS):
                peak[0] = max(peak[0], sum(map(_memory, _family(process.pid))))

        watcher = Thread(target=look)
        watcher.start()
        try:
            process.wait()
        finally:
            ended.set()
            watcher.join()
    seconds = perf_counter() - start
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Taken(seconds, used, peak[0] * 1024 / 1e9)


def _family(process: int) -> list[int]:
    found = [process]
    for one in found:
        # The list grows while it is read.
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            found += map(int, _read(task).split())
    return found


def _memory(process: int) -> int:
    """Return the proportional set size of a process in kilobytes; 0 once it is gone."""
    for line in _read(Path(f"/proc/{process}/smaps_rollup")).splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def without_make(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the environment without what a make that runs this has put there."""
    return {key: value for key, value in environment.items() if not key.startswith("MAKE")}
