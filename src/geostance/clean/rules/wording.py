"""Rules that go by a line's wording, in the phrases of all languages."""

import re

from geostance.clean.page import Line, is_prose
from geostance.clean.phrases import fold
from geostance.clean.rules.verdict import KEEP, Context, Drop, Keep, drop_for

_LONG_WORDS = 12
_MAX_BUTTONS = 8
_TEASER_WORDS = 20
_BUTTONS = re.compile(r"\s*[|·•/]\s*|\s{2,}| [–—-] ")


def whole_line(line: Line, context: Context) -> Keep | Drop:
    """Drop a line whose wording is furniture wherever it stands.

    A long line is not, where it is all that the page says, nor a full sentence after
    "Read also:", since there a paragraph lost its line break.
    """
    page = context.page
    reason = page.phrases.reason(line.folded, "anywhere")
    alone = not page.prose and len(line.words) >= _LONG_WORDS
    sentence = reason == "related" and is_prose(line)
    return KEEP if alone or sentence else drop_for(reason)


def edge_line(line: Line, context: Context) -> Keep | Drop:
    """Drop a line whose wording is furniture at the edges of the text."""
    if not context.page.at_edge(context.place):
        return KEEP
    return drop_for(context.page.phrases.reason(line.folded, "edges"))


def many_buttons(line: Line, context: Context) -> Keep | Drop:
    """Drop a row of buttons or links: each part of the line is furniture by itself."""
    parts = [part for part in _BUTTONS.split(line.text) if part.strip()]
    if not 2 <= len(parts) <= _MAX_BUTTONS:
        return KEEP
    phrases = context.page.phrases
    reasons = [
        phrases.reason(part, "anywhere") or phrases.reason(part, "edges")
        for part in map(fold, parts)
    ]
    return drop_for(reasons[0] if all(reasons) else None)


def tail_line(line: Line, context: Context) -> Keep | Drop:
    """Drop a source or the like outside the text, unless it is a clause of its own."""
    page = context.page
    if not page.phrases.clause_words.isdisjoint(line.words):
        return KEEP
    reason = page.phrases.reason(line.folded, "tail")
    placed = page.in_tail(context.place) or (
        reason == "source_link" and page.in_head(context.place)
    )
    return drop_for(reason if placed else None)


def section(line: Line, context: Context) -> Keep | Drop:
    """Drop the heading of a section of furniture, and below the text what follows it."""
    page, place = context.page, context.place
    opened = page.phrases.reason(line.folded, "opener")
    if page.in_tail(place):
        if opened:
            return Drop(opened)
        above = range(page.prose[-1] + 1, place)
        openers = (page.phrases.reason(page.lines[n].folded, "opener") for n in above)
        return drop_for(next((reason for reason in openers if reason), None))
    if opened and (page.in_head(place) or page.beside_dropped(place)):
        return Drop(opened)
    if opened == "related" and place + 1 < len(page.lines) and _teaser(page.lines[place + 1]):
        return Drop(opened)
    before = page.lines[place - 1] if place else None
    if (
        before is not None
        and page.reasons[place - 1] == "related"
        and not page.in_head(place)
        and page.phrases.reason(before.folded, "opener") == "related"
        and _teaser(line)
    ):
        return Drop("related")
    return KEEP


def amid_widgets(line: Line, context: Context) -> Keep | Drop:
    """Drop what readers wrote between the lines of a comment form."""
    page, place = context.page, context.place
    if place in page.comment_runs:
        return Drop("comment_widget")
    return KEEP


def _teaser(line: Line) -> bool:
    return len(line.words) <= _TEASER_WORDS and not line.ends_sentence
