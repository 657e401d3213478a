"""A page as the rules see it: its lines, where its prose begins and ends, what is dropped."""

from bisect import bisect_left
from collections.abc import Collection
from functools import cached_property

from geostance.clean.comments import comment_places
from geostance.clean.language import Detected, detect
from geostance.clean.lines import Line
from geostance.clean.phrases import Phrases, load_phrases
from geostance.clean.repeats import OutletRepeats
from geostance.clean.shapes import ends_in_credit
from geostance.clean.spoken import count_spoken, speaks

# So many first letters of a word stand for it in all its forms.
STEM = 4
# The line after which no text comes has at least this share of the prose above it.
_END_SHARE = 0.7
_RIGHTS_WORDS = 3
# A line of so many words without a mark at its end goes on in the next, if that begins small.
_WRAPPED_WORDS = 6
# So many of them, and the text is wrapped; one alone may stand above a byline.
_WRAPPED_LINES = 3

_SURE = 0.9
_VERY_SURE = 0.99
# So many lines tell which language the prose speaks.
_SPOKEN_LINES = 3
# So many in all the prose, each line speaking alike, and of any other language at most this
# share of them: detection says the same.
_CLEAR_WORDS, _CLEAR_SHARE = 6, 0.5

# Neighbours that a short line does not tell apart.
_ALIKE = (frozenset({"tr", "az"}), frozenset({"ru", "uk", "kk"}), frozenset({"fa", "ar"}))


class Page:
    """The lines of one text without its headline, and what was found of each so far.

    ``gaps[i]`` says whether a blank line stands above line i. ``reasons[i]`` is None while
    line i is kept, and ``rules[i]`` names the rule that dropped it. ``given_language`` is the
    text's, when the caller knows it. The head stands before the first line of prose, the tail
    after the last; a page without prose has neither. ``repeats`` is what was learned of the
    outlet.
    """

    def __init__(
        self,
        lines: list[Line],
        gaps: list[bool],
        title: Line | None = None,
        given_language: str | None = None,
        repeats: OutletRepeats | None = None,
    ) -> None:
        self.lines = lines
        self.gaps = gaps
        self.title = title
        self.given_language = given_language
        self.repeats = repeats
        self.repeated = self._repeated()
        self._spoken_by_places: dict[tuple[int, ...], str] = {}
        self.phrases: Phrases = load_phrases()
        self.reasons: list[str | None] = [None] * len(lines)
        self.rules: list[str] = [""] * len(lines)
        # Where the first line below the headline is, when the headline stood among these.
        self.below_title: int | None = None
        self.first, self.last = 0, len(lines)
        self.prose_places = frozenset(self.prose)
        if self.prose:
            self.first, self.last = self.prose[0], self.prose[-1]

    @cached_property
    def prose(self) -> list[int]:
        """Places of the lines that are certainly body text, in order."""
        inside, flowing = self.comments, self._flowing()
        found = [
            place
            for place, line in enumerate(self.lines)
            if place in flowing
            or (line.is_prose and place not in inside and not line.fact(ends_in_credit))
        ]
        found = self._without_offers(self._up_to_end(found))
        while len(found) > 1 and self._foreign(self.lines[found[-1]], found[:-1]):
            found.pop()
        while len(found) > 1 and self._foreign(self.lines[found[0]], found[1:]):
            del found[0]
        return [place for place in found if place not in self.repeated] or found

    def _repeated(self) -> set[int]:
        """Return the places of the lines that the outlet prints again and again."""
        if self.repeats is None:
            return set()
        n_lines = len(self.lines)
        return {
            place
            for place, line in enumerate(self.lines)
            if self.repeats.share(line.text, place, n_lines) is not None
        }

    def _without_offers(self, found: list[int]) -> list[int]:
        """Return the places of prose without offers at its ends that furniture stands by."""
        while len(found) > 1 and self._offers(found[-1], found[-1] - 1):
            found = found[:-1]
        while len(found) > 1 and (
            self._offers(found[0], found[0] - 1) or self._offers(found[0], found[0] + 1)
        ):
            found = found[1:]
        return found

    def _offers(self, place: int, beside: int) -> bool:
        return (
            self.lines[place].weak is not None
            and 0 <= beside < len(self.lines)
            and "anywhere" in self.lines[beside].verdicts
        )

    def _up_to_end(self, found: list[int]) -> list[int]:
        """Return the places of prose above the first line that no text comes after.

        It has to stand below most of the prose: else it belongs to a box.
        """
        for place, line in enumerate(self.lines):
            above = bisect_left(found, place)
            if line.verdicts and above > _END_SHARE * len(found) and line.fact(_ends_text):
                return found[:above]
        return found

    def _flowing(self) -> set[int]:
        """Return the places of lines that were broken within a sentence, as in wrapped text."""
        places: set[int] = set()
        breaks = 0
        for place in range(1, len(self.lines)):
            before, line = self.lines[place - 1], self.lines[place]
            if line.text[:1].islower() and not self.gaps[place] and before.fact(_breaks_off):
                places |= {place - 1, place}
                breaks += 1
        return places if breaks >= _WRAPPED_LINES else set()

    @cached_property
    def comments(self) -> set[int]:
        """Places of the lines of comment sections."""
        return comment_places(self.lines)

    @cached_property
    def titles(self) -> frozenset[int]:
        """Places of the lines that say what the headline says."""
        if self.title is None:
            return frozenset()
        own = self.title.words
        return frozenset(place for place, line in enumerate(self.lines) if line.words == own)

    @cached_property
    def marked(self) -> frozenset[int]:
        """Places that are furniture for where they are or for being repeated, by any wording."""
        return self.titles | self.comments | self.repeated

    @cached_property
    def language(self) -> str:
        """The language given, else that of the headline and the prose."""
        if self.given_language:
            return self.given_language
        lines = [self.lines[place] for place in self.prose]
        if self._spoken and all(speaks(line, self._spoken) for line in lines):
            said = count_spoken(lines)
            second, most = sorted([0, *said.values()])[-2:]
            if most >= _CLEAR_WORDS and second <= _CLEAR_SHARE * most:
                return self._spoken
        return self._language_of(self.prose)

    @cached_property
    def told(self) -> set[str]:
        """How the words of the prose begin."""
        return {word[:STEM] for place in self.prose for word in self.lines[place].words}

    def stems(self) -> set[str]:
        """Return how the words of the headline and the prose begin."""
        return self.told | {word[:STEM] for word in (self.title.words if self.title else ())}

    def is_told(self, line: Line | None, n_words: int = 2) -> bool:
        """Whether the prose uses so many words of a line, as those of a headline."""
        if line is None:
            return False
        own = {word[:STEM] for word in line.words if len(word) >= STEM}
        return len((own - self.phrases.function_words) & self.told) >= n_words

    def zone(self, place: int) -> str:
        """Return "head", "tail" or "within"."""
        return "head" if place < self.first else "tail" if place > self.last else "within"

    def in_head(self, place: int) -> bool:
        """Whether line ``place`` stands before all prose."""
        return place < self.first

    def in_tail(self, place: int) -> bool:
        """Whether line ``place`` stands after all prose."""
        return place > self.last

    def beside_dropped(self, place: int) -> bool:
        """Whether the line before or after ``place`` is dropped."""
        return self.dropped(place - 1) or self.dropped(place + 1)

    def dropped(self, place: int) -> bool:
        """Whether there is a line ``place`` and it is dropped."""
        return 0 <= place < len(self.reasons) and self.reasons[place] is not None

    def beside(self, place: int) -> list[Line]:
        """Return the line before and the line after ``place``, where there are any."""
        return [self.lines[n] for n in (place - 1, place + 1) if 0 <= n < len(self.lines)]

    def is_announced(self, place: int) -> bool:
        """Whether ``place`` is in a list under a kept line that ends with a colon."""
        for n in range(place - 1, -1, -1):
            if self.reasons[n] is not None or self.gaps[n + 1]:
                return False
            if self.lines[n].text.endswith(":"):
                return True
        return False

    def at_edge(self, place: int) -> bool:
        """Whether furniture may stand at ``place``: head, tail or beside a dropped line."""
        return place < self.first or place > self.last or self.beside_dropped(place)

    def without(self, places: Collection[int], title: Line, language: str | None) -> "Page":
        """Return the page without the lines of its headline; what is dropped stays so."""
        kept = [place for place in range(len(self.lines)) if place not in places]
        # A gap above a line that goes is one above the next.
        gaps = [
            any(self.gaps[last + 1 : place + 1])
            for last, place in zip([-1, *kept], kept, strict=False)
        ]
        lines = [self.lines[place] for place in kept]
        page = Page(lines, gaps, title, language, self.repeats)
        page.reasons = [self.reasons[place] for place in kept]
        page.rules = [self.rules[place] for place in kept]
        page.below_title = sum(place < max(places) for place in kept)
        return page

    def drop(self, place: int, reason: str, rule: str) -> None:
        """Drop line ``place``."""
        self.reasons[place] = reason
        self.rules[place] = rule

    def is_foreign(self, line: Line) -> bool:
        """Whether the line is surely in another language than the page."""
        if speaks(line, self._spoken) or line.fact(_detected).confidence < _SURE:
            return False
        return _differs(line, self.language, _SURE)

    @cached_property
    def _spoken(self) -> str:
        return self._spoken_of(self.prose)

    def _spoken_of(self, places: list[int]) -> str:
        """Return the language of most function words at the beginning of these lines."""
        first = tuple(places[:_SPOKEN_LINES])
        if first not in self._spoken_by_places:
            said = count_spoken(self.lines[place] for place in first)
            self._spoken_by_places[first] = max(said, key=said.__getitem__, default="")
        return self._spoken_by_places[first]

    def _foreign(self, line: Line, others: list[int]) -> bool:
        if line.quotes or speaks(line, self._spoken_of(others)):
            return False
        return _differs(line, self.given_language or self._language_of(others), _VERY_SURE)

    def _language_of(self, places: list[int]) -> str:
        texts = [self.lines[place].text for place in places]
        return detect("\n".join(([self.title.text] if self.title else []) + texts)).language


def _ends_text(line: Line) -> bool:
    """Whether a line reserves rights, lists key words or names the feed: the text is over."""
    if line.reason("anywhere") == "copyright":
        return len(line.words) >= _RIGHTS_WORDS
    return line.reason("anywhere") == "rss_footer" or (
        line.reason("edges") == "tags" and len(line.words) >= _RIGHTS_WORDS
    )


def _breaks_off(line: Line) -> bool:
    return len(line.words) >= _WRAPPED_WORDS and not line.text.endswith(
        (".", "!", "?", ":", "…", "»")
    )


def _detected(line: Line) -> Detected:
    return detect(line.text)


def _differs(line: Line, language: str, sure: float) -> bool:
    if language == "und":
        return False
    found = line.fact(_detected)
    if found.language in ("und", language) or found.confidence < sure:
        return False
    return not any({found.language, language} <= pair for pair in _ALIKE)
