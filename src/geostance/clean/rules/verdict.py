"""What a rule is given and what it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from geostance.clean.lines import Line
from geostance.clean.page import Page
from geostance.clean.phrases import Verdict


@dataclass(frozen=True)
class Keep:
    """The rule has nothing against the line."""


@dataclass(frozen=True)
class Drop:
    """The line is furniture, of the kind ``reason``; ``phrases`` names the file that says so."""

    reason: str
    phrases: str | None = None


class Context(NamedTuple):
    """Where a line stands: the page, with what is dropped so far, and the place in it."""

    page: Page
    place: int


Rule = Callable[[Line, Context], Keep | Drop]

KEEP = Keep()


def drop_for(reason: str | None) -> Keep | Drop:
    """Return Drop for a reason, Keep for None."""
    return Drop(reason) if reason else KEEP


def drop_as(found: Verdict | None) -> Keep | Drop:
    """Return Drop for what a phrase says, Keep for None."""
    return Drop(found.reason, f"{found.language}.yml") if found else KEEP
