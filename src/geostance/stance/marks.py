"""Quotation marks of every script, paired within a line."""

from collections.abc import Sequence
from dataclasses import dataclass

# What closes an opening mark; straight marks and “ do both.
_CLOSERS = {
    "«": "»",
    "»": "«",
    "„": '“”"',
    "“": '”"',
    '"': '"”',
    "‹": "›",
    "›": "‹",
    "‘": "’'",
    "‚": "‘’",
    "'": "'’",
}
# They are apostrophes too: without a partner they are nothing.
_SINGLE = "‘‚'‹›"
# Quotations within quotations beyond this are noise.
_DEEPEST = 8
_OPENING = " \t\xa0\u202f\n([{*_—–-/:«“„\"'"


@dataclass(frozen=True)
class Quote:
    """``text[start:end]`` with its marks; an unclosed one ends with its line."""

    start: int
    end: int
    closed: bool = True

    @property
    def inner(self) -> tuple[int, int]:
        """The span between the marks."""
        return self.start + 1, self.end - self.closed


def paired(text: str, marks: Sequence[int], start: int, end: int) -> list[Quote]:
    """Return the outermost quotations of the line ``text[start:end]``, marks at ``marks``."""
    found: list[Quote] = []
    stack: list[int] = []
    inner_ends: dict[int, int] = {}
    for place in marks:
        mark = text[place]
        before = text[place - 1] if place > start else " "
        after = text[place + 1] if place + 1 < end else " "
        level = _closes(text, stack, mark, before, after)
        if level is not None:
            opened = stack[level]
            del stack[level:]
            if stack:
                inner_ends[stack[0]] = place + 1
            else:
                found.append(Quote(opened, place + 1))
        elif len(stack) < _DEEPEST and _opens(mark, before, after):
            stack.append(place)
    if stack:
        found += _unclosed(text, stack, inner_ends, end)
    return found


def _closes(text: str, stack: list[int], mark: str, before: str, after: str) -> int | None:
    """Return the level of the open mark that ``mark`` closes, the innermost first."""
    if mark in "'’\"‘“" and before.isspace() and not after.isspace():
        return None
    if mark in "'’" and after.isalnum():
        return None
    for level in range(len(stack) - 1, -1, -1):
        opener = text[stack[level]]
        if mark in _CLOSERS[opener]:
            return level
        # “text“, as some keyboards have it.
        if mark == opener == "“" and not after.isalnum():
            return level
    return None


def _opens(mark: str, before: str, after: str) -> bool:
    if mark in "«“„‚":
        return True
    if mark in "»›":
        # Set as »…« in German books.
        return before in " \n([" and after.isalnum()
    if mark in "\"'‘‹":
        return not after.isspace() and before in _OPENING
    return False


def _unclosed(text: str, stack: list[int], inner_ends: dict[int, int], end: int) -> list[Quote]:
    first = stack[0]
    # One mark often closes two: «The book «Name».
    if first in inner_ends:
        return [Quote(first, inner_ends[first])]
    while stack and text[stack[0]] in _SINGLE:
        stack = stack[1:]
    return [Quote(stack[0], end, closed=False)] if stack else []
