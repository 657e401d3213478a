"""One line as the rules see it, with what its wording alone says of it."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from geostance.clean.folding import fold, words
from geostance.clean.phrases import MAX_CHARACTERS, Verdict, load_phrases

T = TypeVar("T")

# A sentence of so many words is prose; without a full stop it takes more of them.
_SENTENCE_WORDS = 12
_EXCLAIMED_WORDS = 20
_HEADING_WORDS = 3
_STATEMENT_WORDS = 15
_LONG_WORDS = 25

FULL_STOPS = (".", "։", "।", "۔")
_ENDS = (*FULL_STOPS, "!", "?", "…", "»", "«", "”", '"', "“", "’", "؟")
_FURNITURE = frozenset({"anywhere", "edges", "opener"})
# A sentence of the text may begin with the words of these.
_TOPICS = frozenset({"newsletter", "share", "copyright", "login", "comment_widget"})
# What may stand behind the full stop of a quotation.
_CLOSING = '»”“"’ \u00a0\u202f'
_QUOTES = frozenset('«»“”„"‹›‟')

# Furniture is short and comes again on page after page; prose does not.
_REMEMBERED_CHARACTERS = 100
_REMEMBERED_LINES = 16384


class Line:
    """One line: its text, folded for comparison, and its words in small letters.

    ``verdicts`` says by zone why its wording is furniture; ``ends_sentence`` whether it
    closes with the mark of a sentence's end; ``is_prose`` whether it is long enough, ends as
    sentences do and is no furniture. ``weak`` is what a long line's wording says that may be
    a sentence all the same.
    """

    __slots__ = (
        "_facts",
        "_words",
        "ends_sentence",
        "folded",
        "is_prose",
        "text",
        "verdicts",
        "weak",
    )

    def __init__(self, text: str) -> None:
        self.text = text
        self.folded = fold(text)
        self._words: list[str] | None = None
        self._facts: dict[Any, Any] = {}
        self.ends_sentence = text.endswith(_ENDS)
        self.verdicts: dict[str, Verdict] = {}
        self.weak: Verdict | None = None
        if len(self.folded) <= MAX_CHARACTERS:
            self.verdicts = load_phrases().verdicts(self.folded, self.words)
        self.is_prose = reads_as_prose(self)
        if self.verdicts:
            self._weigh()

    def _weigh(self) -> None:
        if self.text.endswith(FULL_STOPS) and len(self.words) > _HEADING_WORDS:
            self.verdicts.pop("opener", None)
        if len(self.words) >= _SENTENCE_WORDS:
            # Any words and then "cookies" may be a sentence of the text.
            for zone in ("anywhere", "edges", "opener"):
                found = self.verdicts.get(zone)
                loose = found and (
                    (not found.anchored and (self.is_prose or found.reason != "caption"))
                    or (found.reason in _TOPICS and reads_as_statement(self))
                )
                if found and loose:
                    self.weak = self.weak or found
                    del self.verdicts[zone]
        self.is_prose = self.is_prose and _FURNITURE.isdisjoint(self.verdicts)

    @property
    def words(self) -> list[str]:
        """The words of the folded line in small letters."""
        if self._words is None:
            self._words = words(self.folded)
        return self._words

    @property
    def ends_statement(self) -> bool:
        """Whether the line closes with a full stop, be it within quotation marks."""
        return self.text.rstrip(_CLOSING).endswith(FULL_STOPS)

    @property
    def quotes(self) -> bool:
        """Whether the line holds a quotation mark."""
        return not _QUOTES.isdisjoint(self.text)

    def verdict(self, zone: str) -> Verdict | None:
        """Return why the whole line is furniture in ``zone``, or None."""
        return self.verdicts.get(zone)

    def reason(self, zone: str) -> str | None:
        """Return the reason for which the whole line is furniture in ``zone``, or None."""
        found = self.verdicts.get(zone)
        return found.reason if found else None

    def fact(self, find: "Callable[[Line], T]") -> T:
        """Return ``find(self)``, found once: it hangs on the line alone."""
        try:
            return self._facts[find]
        except KeyError:
            return self._facts.setdefault(find, find(self))


def make_line(text: str) -> Line:
    """Return the line of a repaired text."""
    return _remembered(text) if len(text) <= _REMEMBERED_CHARACTERS else Line(text)


@lru_cache(_REMEMBERED_LINES)
def _remembered(text: str) -> Line:
    return Line(text)


def reads_as_statement(line: Line) -> bool:
    """Whether a line closes with a full stop and says so much that it may be body text."""
    return line.text.endswith(FULL_STOPS) and len(line.words) >= _STATEMENT_WORDS


def reads_as_prose(line: Line) -> bool:
    """Whether a line is long enough and ends as sentences do, whatever it says."""
    if len(line.folded) > MAX_CHARACTERS:
        return line.folded.count(" ") >= _LONG_WORDS - 1
    n_words = len(line.words)
    if n_words >= _LONG_WORDS:
        return True
    if line.text.endswith(FULL_STOPS):
        return n_words >= _SENTENCE_WORDS
    return n_words >= _EXCLAIMED_WORDS and line.ends_sentence
