"""Rules that go by a line's form and its neighbours: dates, names, lists, other languages."""

import re

from geostance.clean.folding import words
from geostance.clean.lines import Line
from geostance.clean.phrases import MAX_CHARACTERS, NAME, load_phrases
from geostance.clean.rules.verdict import KEEP, Context, Drop, Keep, drop_for

# A line above a photo credit is its caption from so many words on; shorter it may be a heading.
_CAPTION_WORDS = range(8, 31)
_CREDIT_WORDS = 9
_BANNER_WORDS = 4
_FOREIGN_WORDS = range(4, 26)
_TAG_WORDS = range(2, 15)
_TAG_SHARE = 0.6
_LISTED_SHARE = 0.3
_STEM = 4
_DATE_CHARACTERS = 90

_NUMERIC = re.compile(r"\d{1,4}(?:[./:h-]\d{0,4}){0,3}(?:st|nd|rd|th|er|h|г)?", re.IGNORECASE)
_DATE = re.compile(r"(?:19|20)\d\d|\d{1,2}[./-]\d{1,2}|\d{1,2} ?[:h.] ?\d{2}")
_DATE_PARTS = re.compile(r"[^\s,|·•()–—/-][^\s,|·•()–—]*")
_SEPARATED = re.compile(r"\s*[|·•,/;#]\s*|\s+[–—-]\s+|\s{2,}")
_PATH = re.compile(r"\s*[>|/›»·•:—–]\s*|\s+-\s+")
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
# The signature of a news desk ("H. K.") and the credit of a photo ("Name/Outlet").
_INITIALS = re.compile(r"(?:[^\W\d_]\.[ -]?){2,4}")
_CREDIT = re.compile(rf"\(?{NAME} ?/ ?{NAME}\)?")
_ARROWS = ("→", "►", "▶", "➤")
_NAMED = re.compile(rf"{NAME}(?: ?[,/|–—-] ?{NAME})?")


def date_line(line: Line, context: Context) -> Keep | Drop:
    """Drop a line of nothing but a date at the edges of the text."""
    found = context.page.at_edge(context.place) and line.fact(_is_date)
    return drop_for("date" if found else None)


def caption(line: Line, context: Context) -> Keep | Drop:
    """Drop a photo's credit and the line above it, its caption; a headline may stand there too."""
    page, below = context.page, context.place + 1
    inside = not page.in_head(context.place) and not page.in_tail(context.place)
    if inside and page.prose and line.fact(_is_credit):
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


def byline(line: Line, context: Context) -> Keep | Drop:
    """Drop a line of names only, above or below the text or under a bare "By"."""
    page, place = context.page, context.place
    after_by = (
        place > 0 and page.reasons[place - 1] == "byline" and len(page.lines[place - 1].words) == 1
    )
    if not (after_by or page.in_head(place) or page.in_tail(place)):
        return KEEP
    if page.in_tail(place) and _INITIALS.fullmatch(line.text):
        return Drop("byline")
    if line.fact(is_name) or (
        page.in_head(place) and page.beside_dropped(place) and line.fact(_caseless_name)
    ):
        return Drop("byline")
    return KEEP


def banner(line: Line, context: Context) -> Keep | Drop:
    """Drop the name of a section, or a path of them, above the text.

    Where the headline is known, a short first line above a byline or date is one too.
    """
    page, place = context.page, context.place
    if not page.in_head(place):
        return KEEP
    short = len(line.words) <= _BANNER_WORDS and not line.ends_sentence and not _open_or_link(line)
    first = page.title is not None and place == 0 and short and page.beside_dropped(place)
    return drop_for("banner" if first or line.fact(is_section) else None)


def arrow(line: Line, context: Context) -> Keep | Drop:
    """Drop a line that an arrow marks as a link, above or below the text."""
    page = context.page
    placed = page.in_head(context.place) or page.in_tail(context.place)
    linked = placed and line.text.startswith(_ARROWS) and not line.ends_sentence
    return drop_for("related" if linked else None)


def tag_list(line: Line, context: Context) -> Keep | Drop:
    """Drop a list of key words below the text: short items, no sentence, words of the text."""
    page = context.page
    if not page.in_tail(context.place) or line.ends_sentence or line.quotes or _open_or_link(line):
        return KEEP
    if len(line.words) not in _TAG_WORDS or not page.phrases.clause_words.isdisjoint(line.words):
        return KEEP
    items = [item for item in _SEPARATED.split(line.text) if item]
    separated = len(items) >= 3 and all(len(words(item)) <= 4 for item in items)
    if not separated and not page.phrases.function_words.isdisjoint(line.words):
        return KEEP
    stems = {word[:_STEM] for place in page.prose for word in page.lines[place].words}
    if page.title:
        stems.update(word[:_STEM] for word in page.title.words)
    known = sum(word[:_STEM] in stems for word in line.words)
    share = _LISTED_SHARE if separated else _TAG_SHARE
    enough = known >= share * len(line.words) and (separated or len(line.words) >= 3)
    return drop_for("tags" if enough else None)


def other_language(line: Line, context: Context) -> Keep | Drop:
    """Drop a short line below the text that is in another language and quotes nobody."""
    page = context.page
    if not page.in_tail(context.place) or line.quotes or _open_or_link(line):
        return KEEP
    if len(line.words) in _FOREIGN_WORDS:
        return drop_for("other_language_block" if page.is_foreign(line) else None)
    return KEEP


def repeated(line: Line, context: Context) -> Keep | Drop:
    """Drop the headline where it stands a second time."""
    title = context.page.title
    return drop_for("repeated" if title is not None and line.words == title.words else None)


def is_name(line: Line) -> bool:
    """Whether a line is one to three names of persons, maybe with a place, and nothing else."""
    return (
        2 <= len(line.words) <= 8
        and not line.ends_sentence
        and len(line.folded) <= MAX_CHARACTERS
        and not line.folded.isupper()
        and _NAMED.fullmatch(line.folded) is not None
    )


def is_section(line: Line) -> bool:
    """Whether a line is the name of a section or a path of names, one of them known."""
    items = [item for item in _PATH.split(line.folded.lower()) if item]
    if not items or len(line.words) > 8 or line.ends_sentence or line.text.endswith(":"):
        return False
    arrows = len(items) >= 2 and any(arrow in line.folded for arrow in ">›")
    return (arrows or any(item in load_phrases().sections for item in items)) and all(
        len(words(item)) <= 3 for item in items
    )


def _is_date(line: Line) -> bool:
    if len(line.folded) > _DATE_CHARACTERS or not _DATE.search(line.folded):
        return False
    parts = (part.strip(".:;'") for part in _DATE_PARTS.findall(line.folded.lower()))
    known = load_phrases().date_words
    return all(not part or _NUMERIC.fullmatch(part) or part in known for part in parts)


def _is_credit(line: Line) -> bool:
    return _CREDIT.fullmatch(line.folded) is not None


def _caseless_name(line: Line) -> bool:
    cased = any(letter.isupper() or letter.islower() for letter in line.text)
    return not cased and 2 <= len(line.words) <= 4 and not line.ends_sentence


def _open_or_link(line: Line) -> bool:
    """Whether a line announces the next one, or bears an address: text of its own."""
    return line.text.endswith(":") or _LINK.search(line.text) is not None
