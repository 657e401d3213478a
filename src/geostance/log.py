"""Logging set-up and the one progress helper."""

import logging
import sys
import warnings
from collections.abc import Iterable, Iterator
from time import monotonic
from typing import TypeVar

T = TypeVar("T")

logger = logging.getLogger("geostance")

SECONDS_BETWEEN_LINES = 30


def set_up() -> None:
    """Send the package's log, and the warnings of others, to stderr, one line each.

    Only the command line calls this.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False
    warnings.showwarning = lambda message, *_: logger.warning("warning: %s", message)


def progress(items: Iterable[T], total: int, label: str) -> Iterator[T]:
    """Yield ``items``, showing a bar on a terminal and one line every 30 seconds elsewhere.

    Both say how much time is left, if what is to come takes as long as what is done.
    """
    if sys.stderr.isatty():
        from tqdm import tqdm

        yield from tqdm(items, total=total, desc=label, leave=False)
        return
    start = monotonic()
    due = start + SECONDS_BETWEEN_LINES
    for done, item in enumerate(items, start=1):
        if (now := monotonic()) >= due:
            left = round((now - start) / done * (total - done))
            logger.info("%s: %d of %d, about %s left", label, done, total, _duration(left))
            due = now + SECONDS_BETWEEN_LINES
        yield item


def _duration(seconds: int) -> str:
    return f"{seconds // 60} min" if seconds >= 120 else f"{seconds} s"
