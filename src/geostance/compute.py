"""Map a function over batches, in this process or in several, with one and the same result."""

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from geostance.errors import ComputeError

Batch = TypeVar("Batch")
Result = TypeVar("Result")

# Batches handed out and not yet given back, for each process: enough to keep it busy.
_AHEAD = 2


def available_processes() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def map_batches(
    function: Callable[[Batch], Result], batches: Iterable[Batch], processes: int = 1
) -> Iterator[Result]:
    """Yield ``function`` of each batch, in the order of the batches.

    ``function`` has to be importable by name, or a ``functools.partial`` of such a one, and
    must not depend on what it did before: then the results are the same whatever the number
    of ``processes``. A few batches are read ahead, never all. What the function raises is
    raised here as it was.

    Raises:
        ComputeError: a worker died, as when the system is out of memory.
    """
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
