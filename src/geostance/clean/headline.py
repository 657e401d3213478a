"""Find the headline among the lines above the text, and the banners above the headline."""

from dataclasses import dataclass

from geostance.clean.lines import Line
from geostance.clean.page import STEM, Page
from geostance.clean.shapes import ends_in_credit, is_name, is_section

_HEADLINE_WORDS = range(1, 31)
# Above a headline of at least so many words, a line of at most so many is a banner.
_SURE_WORDS = 5
_BANNER_WORDS = 4
# A shorter line yet is a kicker above any longer headline.
_KICKER_WORDS = 2
# A headline says what the text says: of so many candidates, one that shares so many words
# with it stands before those above that share none.
_CANDIDATES = 30
_SHARED_WORDS = 2
_TAGLINE_WORDS = 8


@dataclass(frozen=True)
class Headline:
    """Place of the headline among a page's lines, and the places of the banners above it."""

    place: int
    banners: tuple[int, ...]


def find_headline(page: Page, given: Line | None) -> Headline | None:
    """Return where the headline stands, or None.

    ``given`` is the headline that the source gave: then only a line that says the
    same will do. Else it is the first line of the head that is no furniture, does not
    end as a sentence does with a full stop, and shares words with the text.
    """
    if given is not None:
        same = (n for n, line in enumerate(page.lines) if line.words == given.words)
        place = next(same, None)
        if place is None or not page.in_head(place):
            return None
        return Headline(place, _banners(page, range(place)))
    if not page.prose:
        return None
    candidates = [n for n in range(page.prose[0]) if _may_be_headline(page, n)]
    if len(candidates) > 1 and page.lines[candidates[0]].fact(is_name):
        candidates = candidates[1:]
    if not candidates:
        return None
    chosen = _telling(page, candidates[:_CANDIDATES]) or candidates[0]
    if chosen != candidates[0]:
        return Headline(chosen, tuple(n for n in candidates if n < chosen))
    first = candidates[0]
    sure = _SURE_WORDS if len(page.lines[first].words) > _KICKER_WORDS else _KICKER_WORDS + 1
    longer = [
        n
        for n in candidates[1:3]
        if len(page.lines[n].words) >= sure and not page.lines[n].fact(is_name)
    ]
    if longer and _may_be_banner(page.lines[first]):
        return Headline(longer[0], tuple(n for n in candidates if n < longer[0]))
    return Headline(first, ())


def _telling(page: Page, candidates: list[int]) -> int | None:
    """Return the first candidate that shares words with the text, if none above shares any."""
    for place in candidates:
        # A byline stands below the headline.
        if "byline" in page.reasons[candidates[0] : place]:
            return None
        shared = {
            word[:STEM]
            for word in page.lines[place].words
            if len(word) >= STEM and word not in page.phrases.function_words
        } & page.told
        if len(shared) >= _SHARED_WORDS:
            return place
        if shared or len(page.lines[place].words) > _TAGLINE_WORDS:
            return None
    return None


def _may_be_headline(page: Page, place: int) -> bool:
    line = page.lines[place]
    return (
        page.reasons[place] is None
        and len(line.words) in _HEADLINE_WORDS
        and not line.text.endswith((".", "։", "।"))
        and not line.fact(is_section)
        and line.reason("anywhere") not in ("caption", "copyright")
        and not line.fact(ends_in_credit)
    )


def _banners(page: Page, above: range) -> tuple[int, ...]:
    return tuple(n for n in above if page.reasons[n] is None and _may_be_banner(page.lines[n]))


def _may_be_banner(line: Line) -> bool:
    return (
        len(line.words) <= _BANNER_WORDS and not line.ends_sentence and not line.text.endswith(":")
    )
