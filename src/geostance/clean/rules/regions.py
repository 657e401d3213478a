"""Rules for what stands together: sections of links, boxes, comments, and what follows the end."""

from geostance.clean.lines import Line
from geostance.clean.page import STEM, Page
from geostance.clean.phrases import Verdict
from geostance.clean.rules.verdict import (
    KEEP,
    Context,
    Drop,
    Keep,
    drop_as,
    drop_for,
    no_line,
    rule,
)
from geostance.clean.shapes import is_button, opens_or_links

_TEASER_WORDS = 20
_LISTED_TEASERS = 6
_HEADING_WORDS = 6
_BOX_LINES = 3
_TAG_LINES = 2
_TOLD_LINES, _TOLD_SHARE, _SURE_LINES = 2, 0.34, 4
_TAG_WORDS = range(1, 4)

# An advertisement may stand in the text; the rest of these stand below it.
WITHIN_TEXT = frozenset({"loading", "caption", "date", "byline", "repeated", None})
# Between two dropped lines, a line of so many words is one of them; above the text a longer one
# is the caption of a picture.
_AMID_WORDS = 12
_CAPTION_WORDS = range(7, 26)
_LABEL_WORDS = 4
_BOXES = frozenset({"newsletter", "paywall", "login", "cookies"})


def _may_be_listed(line: Line) -> bool:
    return "opener" in line.verdicts or not line.ends_sentence or _is_teaser(line)


@rule(_may_be_listed)
def section(line: Line, context: Context) -> Keep | Drop:
    """Drop the heading of a section of furniture, and what stands under it."""
    page, place = context.page, context.place
    opened = line.verdict("opener")
    if opened and len(line.words) > _HEADING_WORDS:
        opened = None
    if opened and (page.in_head(place) or page.in_tail(place) or page.beside_dropped(place)):
        return drop_as(opened)
    if page.in_tail(place):
        found = _heading_above(page, place)
        # A sentence behind an advertisement may be the text's last.
        return KEEP if line.ends_sentence or page.is_announced(place) else drop_as(found)
    if opened and opened.reason == "related" and place + 1 < len(page.lines):
        return drop_as(opened if _is_teaser(page.lines[place + 1]) else None)
    return drop_as(_listed_under(page, place) if _is_teaser(line) else None)


def _heading_above(page: Page, place: int) -> Verdict | None:
    """Return the last heading of furniture in the tail above ``place``, or None.

    Where no blank line parts it from its first line, one ends its list.
    """
    for n in range(place - 1, page.last, -1):
        found = _announces(page.lines[n])
        if found:
            parted = any(page.gaps[n + 2 : place + 1]) and not page.gaps[n + 1]
            return None if parted else found
    return None


def _listed_under(page: Page, place: int) -> Verdict | None:
    """Return the heading of links under which line ``place`` is listed, or None.

    The list ends where a blank line stands, and before a line that may head the prose
    that follows it.
    """
    if page.in_head(place):
        return None
    for n in range(place - 1, max(-1, place - 1 - _LISTED_TEASERS), -1):
        if page.reasons[n] != "related" or (page.gaps[n + 1] and n < place - 1):
            return None
        found = _announces(page.lines[n])
        if found and found.reason == "related":
            heads = place + 1 in page.prose_places and not page.gaps[place + 1]
            ends = page.lines[place].ends_sentence or page.gaps[place] or heads
            return found if n == place - 1 or not ends else None
    return None


def _announces(line: Line) -> Verdict | None:
    if line.text.endswith(":"):
        return line.verdict("opener") or line.verdict("anywhere")
    return line.verdict("opener") if len(line.words) <= _HEADING_WORDS else None


@rule(no_line, at_marks=True)
def comments(line: Line, context: Context) -> Keep | Drop:
    """Drop what readers wrote between the lines of a comment form, and the form."""
    return drop_for("comment_widget" if context.place in context.page.comments else None)


@rule(lambda line: not (line.is_prose or line.fact(opens_or_links)))
def box(line: Line, context: Context) -> Keep | Drop:
    """Drop what stands between two lines of an offer: its name, its praise."""
    page, place = context.page, context.place
    if line.ends_sentence and not (page.dropped(place - 1) and page.dropped(place + 1)):
        return KEEP
    above = _nearest(page, range(place - 1, max(-1, place - 1 - _BOX_LINES), -1))
    below = _nearest(page, range(place + 1, min(len(page.lines), place + 1 + _BOX_LINES)))
    return drop_for(above if above in _BOXES and below in _BOXES else None)


def _nearest(page: Page, places: range) -> str | None:
    for place in places:
        if page.reasons[place] is not None or page.lines[place].is_prose:
            return page.reasons[place]
    return None


@rule(lambda line: _is_teaser(line) and not line.is_prose, "tail")
def after_end(line: Line, context: Context) -> Keep | Drop:
    """Drop a line below the text that is no sentence, once furniture has begun there.

    Two lines of it have to stand above, or one above and one below.
    """
    page, place = context.page, context.place
    if page.is_announced(place):
        return KEEP
    above = page.reasons[page.last + 1 : place]
    marks = [reason for reason in above if reason not in WITHIN_TEXT]
    below = any(reason is not None for reason in page.reasons[place + 1 :])
    return drop_for(marks[-1] if len(marks) > 1 or (marks and below) else None)


@rule(lambda line: not (line.ends_sentence or line.is_prose or line.fact(opens_or_links)))
def amid(line: Line, context: Context) -> Keep | Drop:
    """Drop a line that is no sentence between two dropped ones: a button, a label, a caption.

    Above the text, where headings stand too, that is said of a line behind the headline only.
    """
    page, place = context.page, context.place
    if page.is_announced(place):
        return KEEP
    enclosed = page.dropped(place - 1) and page.dropped(place + 1)
    if page.in_head(place):
        # Right below the headline stands the standfirst.
        if page.below_title is None or place <= page.below_title or not page.dropped(place - 1):
            return KEEP
        if not page.is_told(page.title):
            return KEEP
        label = enclosed and len(line.words) <= _LABEL_WORDS
        return drop_for(
            "other" if label else "caption" if len(line.words) in _CAPTION_WORDS else None
        )
    return drop_for("other" if enclosed and len(line.words) <= _AMID_WORDS else None)


@rule(lambda line: _is_tag(line), "tail")
def tag_lines(line: Line, context: Context) -> Keep | Drop:
    """Drop key words of the text, one a line below it, where furniture follows them."""
    page, place = context.page, context.place
    first, end = place, place + 1
    while first - 1 > page.last and _is_open_tag(page, first - 1):
        first -= 1
    while end < len(page.lines) and _is_open_tag(page, end):
        end += 1
    if end - first < _TAG_LINES or not (page.dropped(first - 1) or page.dropped(end)):
        return KEEP
    known = page.stems()
    told = sum(any(word[:STEM] in known for word in one.words) for one in page.lines[first:end])
    return drop_for("tags" if 2 * told > end - first else None)


def _is_open_tag(page: Page, place: int) -> bool:
    return page.reasons[place] is None and _is_tag(page.lines[place])


def _is_tag(line: Line) -> bool:
    return len(line.words) in _TAG_WORDS and not (line.ends_sentence or line.text.endswith(":"))


@rule(lambda line: _is_teaser(line) and not line.is_prose, "within")
def widget(line: Line, context: Context) -> Keep | Drop:
    """Drop what stands among the buttons of a box within the text: a player, a poll, an offer.

    The box is a run of lines without prose; two of its lines and a third of them tell it.
    """
    page, place = context.page, context.place
    if page.is_announced(place):
        return KEEP
    first, last = place, place
    while not page.gaps[first] and not page.lines[first - 1].is_prose and first > 0:
        first -= 1
    while last + 1 < len(page.lines) and not (page.gaps[last + 1] or page.lines[last + 1].is_prose):
        last += 1
    parts = range(first, last + 1)
    told = [n for n in parts if page.dropped(n) or page.lines[n].fact(is_button)]
    if len(told) < _TOLD_LINES or len(told) < _TOLD_SHARE * len(parts):
        return KEEP
    # The last line of the box, above prose, may be its heading.
    heads = place == last and place + 1 in page.prose_places and not page.gaps[place + 1]
    if line.fact(is_button) and not (heads and len(line.words) > 1):
        return Drop("other")
    sure = len(told) >= _SURE_LINES and 2 * len(told) > len(parts)
    among = told[0] < place < told[-1] and len(line.words) <= _LABEL_WORDS * 2
    return drop_for("other" if among and (sure or not line.ends_sentence) else None)


def _is_teaser(line: Line) -> bool:
    return len(line.words) <= _TEASER_WORDS and not line.ends_statement
