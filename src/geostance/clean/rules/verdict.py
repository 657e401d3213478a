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


ZONES = frozenset({"head", "within", "tail"})


@dataclass(frozen=True)
class Rule:
    """A rule: what it decides, in which zones, and of which lines.

    ``fits`` hangs on the line alone, so it is asked once of a line that comes again and again.
    Where the page marks a place (as in a comment section), ``at_marks`` asks of any line.
    """

    name: str
    decide: Callable[[Line, Context], Keep | Drop]
    fits: Callable[[Line], bool]
    zones: frozenset[str]
    at_marks: bool


def rule(
    fits: Callable[[Line], bool], *zones: str, at_marks: bool = False
) -> Callable[[Callable[[Line, Context], Keep | Drop]], Rule]:
    """Return a decorator that makes a function a rule; without ``zones`` it counts in all."""

    def decorate(decide: Callable[[Line, Context], Keep | Drop]) -> Rule:
        return Rule(decide.__name__, decide, fits, frozenset(zones) or ZONES, at_marks)

    return decorate


def no_line(_: Line) -> bool:
    """Fit no line: for a rule that is asked at marked places only."""
    return False


KEEP = Keep()


def drop_for(reason: str | None) -> Keep | Drop:
    """Return Drop for a reason, Keep for None."""
    return Drop(reason) if reason else KEEP


def drop_as(found: Verdict | None) -> Keep | Drop:
    """Return Drop for what a phrase says, Keep for None."""
    return Drop(found.reason, f"{found.language}.yml") if found else KEEP
