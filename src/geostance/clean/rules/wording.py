"""Rules that go by a line's wording, in the phrases of all languages."""

import re

from geostance.clean.lines import Line, make_line, reads_as_prose
from geostance.clean.phrases import Verdict
from geostance.clean.rules.verdict import KEEP, Context, Drop, Keep, drop_as, drop_for

_LONG_WORDS = 12
_MAX_BUTTONS = 8
_TEASER_WORDS = 20
_BUTTONS = re.compile(r"\s*[|·•/]\s*|\s{2,}| [–—-] ")


def whole_line(line: Line, context: Context) -> Keep | Drop:
    """Drop a line whose wording is furniture wherever it stands.

    A long line is not, where it is all that the page says, nor a full sentence after
    "Read also:", since there a paragraph lost its line break.
    """
    found = line.verdict("anywhere")
    if found is None:
        return KEEP
    alone = not context.page.prose and len(line.words) >= _LONG_WORDS
    sentence = found.reason == "related" and reads_as_prose(line)
    return KEEP if alone or sentence else drop_as(found)


def edge_line(line: Line, context: Context) -> Keep | Drop:
    """Drop a line whose wording is furniture at the edges of the text."""
    found = line.verdict("edges")
    return drop_as(found) if found and context.page.at_edge(context.place) else KEEP


def many_buttons(line: Line, context: Context) -> Keep | Drop:
    """Drop a row of buttons or links: each part of the line is furniture by itself."""
    return drop_as(line.fact(_buttons))


def tail_line(line: Line, context: Context) -> Keep | Drop:
    """Drop a source or the like outside the text, unless it is a clause of its own."""
    page, found = context.page, line.verdict("tail")
    if found is None or not page.phrases.clause_words.isdisjoint(line.words):
        return KEEP
    placed = page.in_tail(context.place) or (
        found.reason == "source_link" and page.in_head(context.place)
    )
    return drop_as(found if placed else None)


def section(line: Line, context: Context) -> Keep | Drop:
    """Drop the heading of a section of furniture, and below the text what follows it."""
    page, place = context.page, context.place
    opened = line.verdict("opener")
    if page.in_tail(place):
        if opened:
            return drop_as(opened)
        above = (page.lines[n].verdict("opener") for n in range(page.last + 1, place))
        return drop_as(next((found for found in above if found), None))
    if opened and (page.in_head(place) or page.beside_dropped(place)):
        return drop_as(opened)
    if opened and opened.reason == "related" and place + 1 < len(page.lines):
        return drop_as(opened if _teaser(page.lines[place + 1]) else None)
    if place and page.reasons[place - 1] == "related" and not page.in_head(place):
        above_it = page.lines[place - 1].verdict("opener")
        if above_it and above_it.reason == "related" and _teaser(line):
            return drop_as(above_it)
    return KEEP


def amid_widgets(line: Line, context: Context) -> Keep | Drop:
    """Drop what readers wrote between the lines of a comment form."""
    return drop_for("comment_widget" if context.place in context.page.comment_runs else None)


def _teaser(line: Line) -> bool:
    return len(line.words) <= _TEASER_WORDS and not line.ends_sentence


def _buttons(line: Line) -> Verdict | None:
    parts = [part for part in _BUTTONS.split(line.text) if part.strip()]
    if not 2 <= len(parts) <= _MAX_BUTTONS:
        return None
    lines = [make_line(part.strip()) for part in parts]
    found = [part.verdict("anywhere") or part.verdict("edges") for part in lines]
    return found[0] if all(found) else None
