"""Logging set-up and the one progress helper."""

import logging
import sys
import warnings
from collections.abc import Iterable, Iterator
from time import monotonic
from typing import TypeVar

from tqdm import tqdm

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
    """Yield ``items``, showing a bar on a terminal and one line every 30 seconds elsewhere."""
    if sys.stderr.isatty():
        yield from tqdm(items, total=total, desc=label, leave=False)
        return
    due = monotonic() + SECONDS_BETWEEN_LINES
    for done, item in enumerate(items):
        if monotonic() >= due:
            logger.info("%s: %d of %d", label, done, total)
            due = monotonic() + SECONDS_BETWEEN_LINES
        yield item
