"""A page as the rules see it: its lines, where its prose begins and ends, what is dropped."""

from dataclasses import dataclass, field
from functools import cached_property

from geostance.clean.language import detect
from geostance.clean.phrases import Phrases, fold, words

# A sentence of so many words is prose; without a full stop it takes more of them.
_SENTENCE_WORDS = 12
_EXCLAIMED_WORDS = 20
_LONG_WORDS = 25

_FULL_STOPS = (".", "։", "।", "۔")
_OTHER_ENDS = ("!", "?", "…", "»", "«", "”", '"', "“", "’", "؟")

# A run of comment widget lines: so many of them, with at most so many lines between two.
_RUN_LINES = 3
_RUN_GAP = 3

_QUOTES = frozenset('«»“”„"‹›‟')
_SURE = 0.9
_VERY_SURE = 0.99


@dataclass(frozen=True)
class Line:
    """One line: its text, folded for comparison, and its words in small letters."""

    text: str
    folded: str
    words: tuple[str, ...]

    @property
    def ends_sentence(self) -> bool:
        """Whether the line closes with the mark of a sentence's end."""
        return self.text.endswith(_FULL_STOPS + _OTHER_ENDS)

    @property
    def quotes(self) -> bool:
        """Whether the line holds a quotation mark."""
        return not _QUOTES.isdisjoint(self.text)


def make_line(text: str) -> Line:
    """Return the line of a repaired text."""
    folded = fold(text)
    return Line(text, folded, tuple(words(folded)))


@dataclass
class Page:
    """The lines of one text without its headline, and the reasons found so far.

    ``reasons[i]`` is None while line i is kept. ``language`` is the text's, when the
    caller knows it. The head stands before the first line of prose, the tail after
    the last; a page without prose has neither.
    """

    lines: list[Line]
    phrases: Phrases
    title: Line | None = None
    given_language: str | None = None
    reasons: list[str | None] = field(init=False)

    def __post_init__(self) -> None:
        self.reasons = [None] * len(self.lines)

    @cached_property
    def widgets(self) -> list[bool]:
        """Which lines belong, by their wording, to a comment form."""
        return [
            "comment_widget"
            in (
                self.phrases.reason(line.folded, "edges"),
                self.phrases.reason(line.folded, "opener"),
            )
            for line in self.lines
        ]

    @cached_property
    def prose(self) -> list[int]:
        """Places of the lines that are certainly body text, in order."""
        inside = self.comment_runs
        found = [
            place
            for place, line in enumerate(self.lines)
            if place not in inside and is_prose(line) and not self._furniture(line)
        ]
        while len(found) > 1 and self._foreign(self.lines[found[-1]], found[:-1]):
            found.pop()
        return found

    @cached_property
    def language(self) -> str:
        """The language given, else that of the headline and the prose."""
        return self.given_language or self._language_of(self.prose)

    def in_head(self, place: int) -> bool:
        """Whether line ``place`` stands before all prose."""
        return bool(self.prose) and place < self.prose[0]

    def in_tail(self, place: int) -> bool:
        """Whether line ``place`` stands after all prose."""
        return bool(self.prose) and place > self.prose[-1]

    def beside_dropped(self, place: int) -> bool:
        """Whether the line before or after ``place`` is dropped."""
        neighbours = (place - 1, place + 1)
        return any(0 <= n < len(self.lines) and self.reasons[n] is not None for n in neighbours)

    def at_edge(self, place: int) -> bool:
        """Whether furniture may stand at ``place``: head, tail or beside a dropped line."""
        return self.in_head(place) or self.in_tail(place) or self.beside_dropped(place)

    def is_foreign(self, line: Line) -> bool:
        """Whether the line is surely in another language than the page."""
        return _differs(line, self.language, _SURE)

    def _furniture(self, line: Line) -> bool:
        return any(
            self.phrases.reason(line.folded, zone) for zone in ("anywhere", "edges", "opener")
        )

    @cached_property
    def comment_runs(self) -> set[int]:
        """Places of the lines from the first to the last widget of a comment form."""
        runs: list[list[int]] = []
        for place in (n for n, widget in enumerate(self.widgets) if widget):
            if runs and place - runs[-1][-1] <= _RUN_GAP:
                runs[-1].append(place)
            else:
                runs.append([place])
        return {
            place for run in runs if len(run) >= _RUN_LINES for place in range(run[0], run[-1] + 1)
        }

    def _foreign(self, line: Line, others: list[int]) -> bool:
        if line.quotes:
            return False
        return _differs(line, self.given_language or self._language_of(others), _VERY_SURE)

    def _language_of(self, places: list[int]) -> str:
        texts = [self.lines[place].text for place in places]
        return detect("\n".join(([self.title.text] if self.title else []) + texts)).language


# Neighbours that a short line does not tell apart.
_ALIKE = (frozenset({"tr", "az"}), frozenset({"ru", "uk", "kk"}), frozenset({"fa", "ar"}))


def _differs(line: Line, language: str, sure: float) -> bool:
    if language == "und":
        return False
    found = detect(line.text)
    if found.language in ("und", language) or found.confidence < sure:
        return False
    return not any({found.language, language} <= pair for pair in _ALIKE)


def is_prose(line: Line) -> bool:
    """Whether a line is long enough and ends as sentences do."""
    n_words = len(line.words)
    if n_words >= _LONG_WORDS:
        return True
    if line.text.endswith(_FULL_STOPS):
        return n_words >= _SENTENCE_WORDS
    return n_words >= _EXCLAIMED_WORDS and line.ends_sentence
