"""Rules that go by a line's wording, in the phrases of all languages."""

import re

from geostance.clean.lines import Line, make_line, reads_as_prose
from geostance.clean.phrases import Verdict
from geostance.clean.rules.verdict import KEEP, Context, Drop, Keep, drop_as, rule

_LONG_WORDS = 12
_MAX_BUTTONS = 8
_HEADLINE_WORDS = 5
_BANNER_WORDS = 3
# A headline may be about these.
_TOPICS = frozenset({"cookies", "paywall", "newsletter", "share", "related", "login"})
_CREDIT_WORDS = 6
_BUTTONS = re.compile(r"\s*[|·•/]\s*|\s{2,}| [–—-] ")


@rule(lambda line: "anywhere" in line.verdicts)
def whole_line(line: Line, context: Context) -> Keep | Drop:
    """Drop a line whose wording is furniture wherever it stands.

    A long line is not, where it is all that the page says, nor a full sentence after
    "Read also:", since there a paragraph lost its line break.
    """
    page, place = context.page, context.place
    found = line.verdict("anywhere")
    if found is None or _is_answer(line, found):
        return KEEP
    # The headline may say "cookies" too.
    if page.title is None and page.in_head(place) and not found.anchored and line.text[-1] != ".":
        return KEEP if len(line.words) >= _HEADLINE_WORDS else drop_as(found)
    if page.title is None and page.in_head(place) and found.reason in _TOPICS:
        if len(line.words) > _BANNER_WORDS and page.is_told(line):
            return KEEP
    alone = not page.prose and len(line.words) >= _LONG_WORDS
    sentence = found.reason == "related" and reads_as_prose(line)
    return KEEP if alone or sentence else drop_as(found)


@rule(lambda line: line.weak is not None)
def weak_line(line: Line, context: Context) -> Keep | Drop:
    """Drop a long line whose wording may be furniture where furniture stands by it."""
    page, place = context.page, context.place
    placed = (page.in_tail(place) and page.dropped(place - 1)) or (
        page.in_head(place) and page.beside_dropped(place)
    )
    enclosed = page.dropped(place - 1) and page.dropped(place + 1)
    return drop_as(line.weak if placed or enclosed else None)


@rule(lambda line: "edges" in line.verdicts)
def edge_line(line: Line, context: Context) -> Keep | Drop:
    """Drop a line whose wording is furniture at the edges of the text."""
    found = line.verdict("edges")
    if found is None or _is_answer(line, found):
        return KEEP
    return drop_as(found) if context.page.at_edge(context.place) else KEEP


def _is_answer(line: Line, found: Verdict) -> bool:
    """Tell « Non ! » in an interview from the button or the answer of a poll: it ends as speech."""
    return found.reason == "other" and len(line.words) == 1 and line.text.endswith((".", "!", "…"))


@rule(lambda line: line.fact(_buttons) is not None)
def many_buttons(line: Line, context: Context) -> Keep | Drop:
    """Drop a row of buttons or links: each part of the line is furniture by itself."""
    return drop_as(line.fact(_buttons))


@rule(lambda line: "tail" in line.verdicts, "head", "tail")
def tail_line(line: Line, context: Context) -> Keep | Drop:
    """Drop a source or the like outside the text, unless it is a clause of its own."""
    page, found = context.page, line.verdict("tail")
    if found is None or not page.phrases.clause_words.isdisjoint(line.words):
        return KEEP
    if (
        found.reason == "source_link"
        and line.text.endswith(".")
        and len(line.words) > _CREDIT_WORDS
    ):
        return KEEP
    placed = page.in_tail(context.place) or (
        found.reason == "source_link" and page.in_head(context.place)
    )
    return drop_as(found if placed else None)


def _buttons(line: Line) -> Verdict | None:
    parts = [part for part in _BUTTONS.split(line.text) if part.strip()]
    if not 2 <= len(parts) <= _MAX_BUTTONS:
        return None
    first: Verdict | None = None
    for part in parts:
        line = make_line(part.strip())
        found = line.verdict("anywhere") or line.verdict("edges")
        if found is None:
            return None
        first = first or found
    return first
