"""What a rule is given and what it answers."""

from collections.abc import Callable
from dataclasses import dataclass

from geostance.clean.page import Line, Page


@dataclass(frozen=True)
class Keep:
    """The rule has nothing against the line."""


@dataclass(frozen=True)
class Drop:
    """The line is furniture, of the kind ``reason``."""

    reason: str


@dataclass(frozen=True)
class Context:
    """Where a line stands: the page, with what is dropped so far, and the place in it."""

    page: Page
    place: int


Rule = Callable[[Line, Context], Keep | Drop]

KEEP = Keep()


def drop_for(reason: str | None) -> Keep | Drop:
    """Return Drop for a reason, Keep for None."""
    return Drop(reason) if reason else KEEP
