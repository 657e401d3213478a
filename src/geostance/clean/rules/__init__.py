"""The rules of cleaning: ``(line, context) -> Keep | Drop(reason)``, and their registry.

Body text is sacred: a rule drops a line for its wording as a whole, or for its form at
a place where no body text stands, never for being short. Phrases are data, in the
``<language>.yml`` files beside this one.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from geostance.clean.page import Line, Page
from geostance.clean.phrases import MAX_CHARACTERS, NAME, words

__all__ = ["RULES", "Context", "Drop", "Keep", "Rule", "apply_rules"]


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

# A line above a photo credit is its caption from so many words on; shorter it may be a heading.
_CAPTION_WORDS = range(8, 31)
_CREDIT_WORDS = 9
_TEASER_WORDS = 20
_FOREIGN_WORDS = range(4, 26)
_TAG_WORDS = range(2, 15)
_TAG_SHARE = 0.6
_STEM = 4

_NUMERIC = re.compile(r"\d{1,4}(?:[./:h-]\d{0,4}){0,3}(?:st|nd|rd|th|er|h|г)?", re.IGNORECASE)
_DATE = re.compile(r"(?:19|20)\d\d|\d{1,2}[./-]\d{1,2}|\d{1,2} ?[:h.] ?\d{2}")
_DATE_PARTS = re.compile(r"[^\s,|·•()–—/-][^\s,|·•()–—]*")
_SEPARATED = re.compile(r"\s*[|·•,/;#]\s*|\s+[–—-]\s+|\s{2,}")
_NAMED = re.compile(rf"{NAME}(?: ?[,/|–—-] ?{NAME})?")


def whole_line(line: Line, context: Context) -> Keep | Drop:
    """Drop a line whose wording is furniture wherever it stands."""
    return _drop(context.page.phrases.reason(line.folded, "anywhere"))


def edge_line(line: Line, context: Context) -> Keep | Drop:
    """Drop a line whose wording is furniture at the edges of the text."""
    if not context.page.at_edge(context.place):
        return KEEP
    return _drop(context.page.phrases.reason(line.folded, "edges"))


def tail_line(line: Line, context: Context) -> Keep | Drop:
    """Drop a source or the like below the text, unless it is a clause of its own."""
    page = context.page
    if not page.in_tail(context.place) or not page.phrases.clause_words.isdisjoint(line.words):
        return KEEP
    return _drop(page.phrases.reason(line.folded, "tail"))


def section(line: Line, context: Context) -> Keep | Drop:
    """Drop the heading of a section of furniture, and below the text what follows it."""
    page, place = context.page, context.place
    opened = page.phrases.reason(line.folded, "opener")
    if page.in_tail(place):
        if opened:
            return Drop(opened)
        above = range(page.prose[-1] + 1, place)
        openers = (page.phrases.reason(page.lines[n].folded, "opener") for n in above)
        return _drop(next((reason for reason in openers if reason), None))
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


def date_line(line: Line, context: Context) -> Keep | Drop:
    """Drop a line of nothing but a date at the edges of the text."""
    page = context.page
    if len(line.folded) > 90 or not page.at_edge(context.place) or not _DATE.search(line.folded):
        return KEEP
    for part in _DATE_PARTS.findall(line.folded.lower()):
        bare = part.strip(".:;'")
        if bare and not _NUMERIC.fullmatch(bare) and bare not in page.phrases.date_words:
            return KEEP
    return Drop("date")


def caption(line: Line, context: Context) -> Keep | Drop:
    """Drop the line above a photo credit: the photo's caption."""
    page, below = context.page, context.place + 1
    if (
        below < len(page.lines)
        and page.reasons[below] == "caption"
        and len(page.lines[below].words) <= _CREDIT_WORDS
        and len(line.words) in _CAPTION_WORDS
        and not line.ends_sentence
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
    if is_name(line) or (
        page.in_head(place) and page.beside_dropped(place) and _caseless_name(line)
    ):
        return Drop("byline")
    return KEEP


def banner(line: Line, context: Context) -> Keep | Drop:
    """Drop the name of a section, or a path of them, above the text."""
    return _drop(
        "banner" if context.page.in_head(context.place) and is_section(line, context.page) else None
    )


def tag_list(line: Line, context: Context) -> Keep | Drop:
    """Drop a list of key words below the text: short items, no sentence, words of the text."""
    page = context.page
    if not page.in_tail(context.place) or line.ends_sentence or line.quotes:
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
    if known >= _TAG_SHARE * len(line.words) and (separated or len(line.words) >= 3):
        return Drop("tags")
    return KEEP


def other_language(line: Line, context: Context) -> Keep | Drop:
    """Drop a short line below the text that is in another language and quotes nobody."""
    page = context.page
    if page.in_tail(context.place) and len(line.words) in _FOREIGN_WORDS and not line.quotes:
        return _drop("other_language_block" if page.is_foreign(line) else None)
    return KEEP


def repeated(line: Line, context: Context) -> Keep | Drop:
    """Drop the headline where it stands a second time."""
    title = context.page.title
    return _drop("repeated" if title is not None and line.words == title.words else None)


# A new rule is one function and one line here; the first that drops a line names the reason.
RULES: tuple[Rule, ...] = (
    repeated,
    whole_line,
    edge_line,
    tail_line,
    date_line,
    other_language,
    section,
    amid_widgets,
    caption,
    byline,
    banner,
    tag_list,
)


def apply_rules(page: Page) -> None:
    """Fill ``page.reasons``, until no rule drops another line: neighbours count."""
    while True:
        before = page.reasons.count(None)
        for rule in RULES:
            for place, line in enumerate(page.lines):
                if page.reasons[place] is None:
                    verdict = rule(line, Context(page, place))
                    if isinstance(verdict, Drop):
                        page.reasons[place] = verdict.reason
        if page.reasons.count(None) == before:
            return


def is_name(line: Line) -> bool:
    """Whether a line is one to three names of persons, maybe with a place, and nothing else."""
    return (
        2 <= len(line.words) <= 8
        and len(line.folded) <= MAX_CHARACTERS
        and not line.folded.isupper()
        and _NAMED.fullmatch(line.folded) is not None
    )


def is_section(line: Line, page: Page) -> bool:
    """Whether a line is the name of a section or a path of names, one of them known."""
    items = [item for item in re.split(r"\s*[>|/›»·•:—–]\s*|\s+-\s+", line.folded.lower()) if item]
    if not items or len(line.words) > 8 or line.ends_sentence:
        return False
    return any(item in page.phrases.sections for item in items) and all(
        len(words(item)) <= 3 for item in items
    )


def _caseless_name(line: Line) -> bool:
    cased = any(letter.isupper() or letter.islower() for letter in line.text)
    return not cased and 2 <= len(line.words) <= 4 and not line.ends_sentence


def _teaser(line: Line) -> bool:
    return len(line.words) <= _TEASER_WORDS and not line.ends_sentence


def _drop(reason: str | None) -> Keep | Drop:
    return Drop(reason) if reason else KEEP
