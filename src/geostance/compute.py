"""Map a function over batches: here, in processes or on Dask, with one and the same result."""

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from geostance.errors import ComputeError
from geostance.settings.compute import LOCAL, ComputeSettings

Batch = TypeVar("Batch")
Result = TypeVar("Result")

# Batches handed out and not yet given back, for each process: enough to keep it busy.
_AHEAD = 2


def available_processes() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def n_workers(settings: ComputeSettings) -> int:
    """Return how many processes of this machine the settings allow."""
    return available_processes() if settings.workers == "auto" else settings.workers


def map_batches(
    function: Callable[[Batch], Result],
    batches: Iterable[Batch],
    processes: int = 1,
    engine: ComputeSettings = LOCAL,
) -> Iterator[Result]:
    """Yield ``function`` of each batch, in the order of the batches.

    ``function`` has to be importable by name, or a ``functools.partial`` of such a one, and
    must not depend on what it did before: then the results are the same whatever the number
    of ``processes``, and on whatever ``engine``. A few batches are read ahead, never all. What
    the function raises is raised here as it was. Dask has its own number of workers.

    Raises:
        ComputeError: a worker died, as when the system is out of memory; or the cluster was lost.
        MissingPackageError: the engine is Dask, which is not installed.
    """
    if engine.engine == "dask":
        from geostance.workers import map_on_workers

        yield from map_on_workers(function, batches, engine, n_workers(engine))
        return
    if processes <= 1:
        yield from map(function, batches)
        return
    # A forked process would inherit the locks of Polars' threads in the state they are in.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        waiting: deque[Future[Result]] = deque()
        try:
            for batch in batches:
                waiting.append(pool.submit(function, batch))
                if len(waiting) > _AHEAD * processes:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool as died:
            raise ComputeError(
                "a worker process ended before its work was done",
                f"one of {processes} processes",
                "close other programs, for memory may have run out; then make again",
            ) from died
        finally:
            for future in waiting:
                future.cancel()
