"""Rules that go by a line's form and its neighbours: dates, names, lists, other languages."""

import re

from geostance.clean.folding import words
from geostance.clean.lines import Line
from geostance.clean.page import STEM, Page
from geostance.clean.phrases import load_phrases
from geostance.clean.rules.verdict import KEEP, Context, Drop, Keep, drop_for, no_line, rule
from geostance.clean.shapes import (
    ends_in_credit,
    is_address,
    is_capital_name,
    is_caseless_name,
    is_clock,
    is_counter,
    is_credit,
    is_date,
    is_dated,
    is_initials,
    is_link,
    is_market,
    is_meta_row,
    is_name,
    is_nearly_date,
    is_row,
    is_section,
    is_sign,
    is_weather,
    opens_or_links,
)

# A line above a photo credit is its caption from so many words on; shorter it may be a heading.
_CAPTION_WORDS = range(8, 31)
_CREDIT_WORDS = 9
_BANNER_WORDS = 4
_FOREIGN_WORDS = range(4, 41)
_TAG_WORDS = range(2, 15)
_TAG_SHARE = 0.6
_LISTED_SHARE = 0.3

_SEPARATED = re.compile(r"\s*[|·•,/;#]\s*|\s+[–—-]\s+|\s{2,}")
_ARROWS = ("→", "►", "▶", "➤", "←")
# So many times of day on lines of their own, and they are the marks of a live report.
_LIVE_STAMPS = 3
_QUOTATION_MARKS = tuple('«»“”„"‹›‟')
_PULLED_WORDS = range(3, 31)
_SITE_WORDS = 8


@rule(lambda line: line.fact(is_date))
def date_line(line: Line, context: Context) -> Keep | Drop:
    """Drop a line of nothing but a date at the edges of the text."""
    page, place = context.page, context.place
    live = line.fact(is_clock) and sum(one.fact(is_clock) for one in page.lines) >= _LIVE_STAMPS
    beside_name = any(
        one.reason("edges") == "byline" or one.fact(is_name) for one in page.beside(place)
    )
    return drop_for("date" if live or beside_name or page.at_edge(place) else None)


@rule(lambda line: line.fact(is_nearly_date), "head")
def near_date(line: Line, context: Context) -> Keep | Drop:
    """Drop a full date with one word more, above the text beside furniture."""
    page, place = context.page, context.place
    placed = page.title is not None and page.beside_dropped(place)
    return drop_for("date" if placed else None)


def _may_be_caption(line: Line) -> bool:
    return (
        line.fact(is_credit)
        or line.fact(ends_in_credit)
        or (len(line.words) in _CAPTION_WORDS and not line.ends_sentence)
    )


@rule(_may_be_caption)
def caption(line: Line, context: Context) -> Keep | Drop:
    """Drop a photo's credit and the line above it, its caption; a headline may stand there too."""
    page, below = context.page, context.place + 1
    inside = not page.in_head(context.place) and not page.in_tail(context.place)
    if (inside and page.prose and line.fact(is_credit)) or (
        line.fact(ends_in_credit) and (page.title is not None or not page.in_head(context.place))
    ):
        return Drop("caption")
    if (
        below < len(page.lines)
        and page.reasons[below] == "caption"
        and len(page.lines[below].words) <= _CREDIT_WORDS
        and len(line.words) in _CAPTION_WORDS
        and not line.ends_sentence
        and (page.title is not None or not page.in_head(context.place))
    ):
        return Drop("caption")
    return KEEP


def _may_be_byline(line: Line) -> bool:
    return any(line.fact(find) for find in (is_address, is_initials, is_name, is_caseless_name))


@rule(_may_be_byline)
def byline(line: Line, context: Context) -> Keep | Drop:
    """Drop a line of names only, above or below the text or under a bare "By"."""
    page, place = context.page, context.place
    after_by = (
        place > 0 and page.reasons[place - 1] == "byline" and len(page.lines[place - 1].words) == 1
    )
    if page.in_tail(place) and (page.is_announced(place) or _is_one_of_list(page, place)):
        return KEEP
    named = line.fact(is_name) or line.fact(is_initials) or line.fact(is_capital_name)
    beside_date = named and any(one.fact(is_date) for one in page.beside(place))
    if not (after_by or beside_date or page.in_head(place) or page.in_tail(place)):
        return KEEP
    if line.fact(is_address) or (line.fact(is_initials) and (page.in_tail(place) or beside_date)):
        return Drop("byline")
    if line.fact(is_name) or (
        page.in_head(place)
        and page.title is not None
        and page.beside_dropped(place)
        and line.fact(is_caseless_name)
    ):
        return Drop("byline")
    return KEEP


def _is_short(line: Line) -> bool:
    return (
        len(line.words) <= _BANNER_WORDS
        and not line.ends_sentence
        and not line.fact(opens_or_links)
    )


@rule(lambda line: line.fact(_is_short) or line.fact(is_section), "head")
def banner(line: Line, context: Context) -> Keep | Drop:
    """Drop the name of a section, or a path of them, above the text.

    Where the headline is known, a short first line above a byline or date is one too.
    """
    page, place = context.page, context.place
    alone = page.title is not None and place == 0 and page.beside_dropped(place)
    first = alone and line.fact(_is_short)
    return drop_for("banner" if first or line.fact(is_section) else None)


def _is_linked(line: Line) -> bool:
    return line.text.startswith(_ARROWS) and not line.ends_sentence


@rule(lambda line: _is_linked(line) or line.fact(is_dated), "head", "tail")
def arrow(line: Line, context: Context) -> Keep | Drop:
    """Drop a line that an arrow or a date marks as a link, above or below the text."""
    dated = context.page.in_tail(context.place) and line.fact(is_dated)
    return drop_for("related" if dated or _is_linked(line) else None)


def _may_be_tags(line: Line) -> bool:
    return (
        not (line.ends_sentence or line.quotes or line.fact(opens_or_links) or "(" in line.text)
        and len(line.words) in _TAG_WORDS
        and load_phrases().clause_words.isdisjoint(line.words)
    )


@rule(_may_be_tags, "tail")
def tag_list(line: Line, context: Context) -> Keep | Drop:
    """Drop a list of key words below the text: short items, no sentence, words of the text."""
    page = context.page
    if page.is_announced(context.place) or _is_one_of_list(page, context.place):
        return KEEP
    items = [item for item in _SEPARATED.split(line.text) if item]
    separated = len(items) >= 3 and all(len(words(item)) <= 4 for item in items)
    if not separated and not page.phrases.function_words.isdisjoint(line.words):
        return KEEP
    stems = page.stems()
    known = sum(word[:STEM] in stems for word in line.words)
    share = _LISTED_SHARE if separated else _TAG_SHARE
    enough = known >= share * len(line.words) and (separated or len(line.words) >= 3)
    return drop_for("tags" if enough else None)


def _is_one_of_list(page: Page, place: int) -> bool:
    """Whether a short kept line stands above, so that this one goes on a list of the text."""
    above = place - 1
    return page.in_tail(above) and not page.dropped(above) and not page.lines[above].ends_sentence


def _may_be_foreign(line: Line) -> bool:
    return len(line.words) in _FOREIGN_WORDS and not line.quotes and not line.fact(opens_or_links)


@rule(_may_be_foreign, "head", "tail")
def other_language(line: Line, context: Context) -> Keep | Drop:
    """Drop a short line below the text that is in another language and quotes nobody.

    Above the text it is furniture where furniture stands beside it.
    """
    page, place = context.page, context.place
    placed = page.in_tail(place) or (page.in_head(place) and page.beside_dropped(place))
    return drop_for("other_language_block" if placed and page.is_foreign(line) else None)


def _may_be_pulled(line: Line) -> bool:
    return line.text.startswith(_QUOTATION_MARKS) and len(line.words) in _PULLED_WORDS


@rule(_may_be_pulled, at_marks=True)
def repeated(line: Line, context: Context) -> Keep | Drop:
    """Drop the headline where it stands a second time, and a quotation pulled from the text."""
    page, title = context.page, context.page.title
    if title is not None and line.words == title.words:
        return Drop("repeated")
    if not _may_be_pulled(line) or page.in_head(context.place):
        return KEEP
    pulled = " ".join(line.words)
    inside = any(
        pulled in one.fact(_spoken_words)
        for place, one in enumerate(page.lines)
        if place != context.place and page.reasons[place] is None
    )
    return drop_for("repeated" if inside else None)


@rule(no_line, at_marks=True)
def repeated_in_outlet(line: Line, context: Context) -> Keep | Drop:
    """Drop a line that stands in a large share of the outlet's articles."""
    found = context.place in context.page.repeated
    return drop_for("repeated_in_outlet" if found else None)


@rule(lambda line: len(line.words) <= _SITE_WORDS and not line.ends_sentence, "head")
def site_name(line: Line, context: Context) -> Keep | Drop:
    """Drop the name of the site above the text: it stands again where its rights are reserved."""
    page = context.page
    name = " ".join(line.words)
    named = any(
        one.reason("anywhere") == "copyright" and name in one.fact(_spoken_words)
        for one in page.lines[page.last + 1 :]
    )
    return drop_for("banner" if named else None)


@rule(lambda line: line.fact(is_market))
def market(line: Line, context: Context) -> Keep | Drop:
    """Drop a ticker of rates."""
    return drop_for("banner" if context.page.at_edge(context.place) else None)


def _may_be_label(line: Line) -> bool:
    return any(line.fact(find) for find in (is_sign, is_meta_row, is_link, is_row, is_weather))


@rule(_may_be_label)
def label(line: Line, context: Context) -> Keep | Drop:
    """Drop rows of labels, weather, addresses and pictures above or below the text."""
    page, place = context.page, context.place
    if line.fact(is_sign):
        return Drop("other")
    if not page.at_edge(place) or page.is_announced(place):
        return KEEP
    if line.fact(is_meta_row):
        return Drop("byline")
    if line.fact(is_link):
        return drop_for("source_link" if page.beside_dropped(place) else None)
    outside = page.in_head(place) or page.in_tail(place)
    return drop_for("other" if (outside and line.fact(is_row)) or line.fact(is_weather) else None)


@rule(lambda line: line.fact(is_counter))
def counter(line: Line, context: Context) -> Keep | Drop:
    """Drop a bare number beside furniture: of readers, of comments, of a list's items."""
    page, place = context.page, context.place
    placed = (page.in_head(place) or page.beside_dropped(place)) and not page.is_announced(place)
    return drop_for("other" if placed else None)


def _spoken_words(line: Line) -> str:
    return " ".join(line.words)
