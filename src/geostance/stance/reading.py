"""A text cut at lines, sentences, quotation marks and cues, in one pass."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from geostance.stance.cues import KINDS, LETTER, Lexicon
from geostance.stance.marks import Quote, paired

WORD = re.compile(rf"{LETTER}+(?:[-'’.]{LETTER}+)*")
_LAST_WORD = re.compile(rf"({LETTER}+)\Z")
_CLOSERS = re.compile(r"[»”\"“'’)\]*_ ]*")
_NEXT = re.compile(r"[\s*_\[(]*(.?)", re.DOTALL)
_PADDING = " \t\n\xa0\u202f*_"
# The longest abbreviation that is looked up; the longest sentence.
_LONGEST, _ENDLESS = 8, 1_500


@dataclass(frozen=True)
class Cue:
    """A cue of ``kind`` at ``start:end``."""

    kind: str
    start: int
    end: int


@dataclass
class Reading:
    """What the rules look at; spans are offsets into ``text`` and ``folded`` alike.

    ``speech`` are those of the ``quotes`` that are neither names nor single words.
    """

    text: str
    folded: str
    lexicon: Lexicon
    lines: list[tuple[int, int]] = field(default_factory=list)
    sentences: list[tuple[int, int]] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)
    speech: list[Quote] = field(default_factory=list)
    cues: list[Cue] = field(default_factory=list)

    def sentence_at(self, place: int) -> int:
        """Return the index of the sentence that holds ``place``."""
        return max(0, bisect_right(self.sentences, place, key=lambda span: span[0]) - 1)

    def speech_at(self, place: int) -> Quote | None:
        """Return the last quotation that is speech and begins at or before ``place``."""
        turn = bisect_right(self.speech, place, key=lambda quote: quote.start)
        return self.speech[turn - 1] if turn else None

    def trimmed(self, start: int, end: int) -> tuple[int, int]:
        """Return the span without spaces and marks of emphasis around it."""
        while start < end and _is_padding(self.text[start]):
            start += 1
        while start < end and _is_padding(self.text[end - 1]):
            end -= 1
        return start, end

    def words(self, start: int, end: int) -> int:
        """Return the number of words in ``text[start:end]``."""
        return sum(1 for _ in WORD.finditer(self.text, start, end))


def _is_padding(letter: str) -> bool:
    return letter.isspace() or letter in "*_"


def read(text: str, lexicon: Lexicon) -> Reading:
    """Cut ``text``; its lines are read apart."""
    reading = Reading(text, _folded(text), lexicon)
    marks: list[int] = []
    ends: list[tuple[int, bool]] = []
    start = 0
    for found in lexicon.scan.finditer(reading.folded):
        kind, place = found.lastgroup, found.start()
        if kind == "mark":
            marks.append(place)
        elif kind == "end" or kind == "gap":
            ends.append((found.end(), kind == "gap"))
        elif kind == "line":
            _close_line(reading, start, place, marks, ends)
            marks, ends, start = [], [], place + 1
        elif kind in KINDS:
            reading.cues.append(Cue(kind, place, found.end()))
    _close_line(reading, start, len(text), marks, ends)
    return reading


def _folded(text: str) -> str:
    """Return the text in small letters, as long as before: its offsets stay."""
    lowered = text.lower()
    if len(lowered) != len(text):
        # "İ" alone becomes two characters.
        lowered = "".join(letter.lower()[0] for letter in text)
    return lowered.replace("’", "'").replace("\xa0", " ").replace("\u202f", " ")


def _close_line(
    reading: Reading, start: int, end: int, marks: list[int], ends: list[tuple[int, bool]]
) -> None:
    if start >= end:
        return
    reading.lines.append((start, end))
    quotes = paired(reading.text, marks, start, end) if marks else []
    reading.quotes += quotes
    low, turn = start, 0
    for place, gap in ends:
        while turn < len(quotes) and quotes[turn].end <= place:
            turn += 1
        quote = quotes[turn] if turn < len(quotes) else None
        stop = place if gap else _sentence_end(reading, place, end, quote)
        if stop is not None and low < stop < end and reading.text[low:stop].strip(_PADDING):
            low = _add_sentence(reading, low, stop)
    _add_sentence(reading, low, end)


def _add_sentence(reading: Reading, low: int, stop: int) -> int:
    """Add the sentence, an endless one in pieces: what a cue costs depends on its length."""
    while stop - low > _ENDLESS:
        space = reading.folded.rfind(" ", low + 1, low + _ENDLESS)
        cut = space if space > low else low + _ENDLESS
        reading.sentences.append((low, cut))
        low = cut
    reading.sentences.append((low, stop))
    return stop


def _sentence_end(reading: Reading, place: int, line_end: int, quote: Quote | None) -> int | None:
    """Return where the sentence ends whose point is before ``place``, None if it goes on.

    ``quote`` is the first one that ends behind the point.
    """
    text = reading.text
    behind = _CLOSERS.match(text, place, line_end).end()
    if quote and quote.start < place:
        if not quote.closed or quote.end > behind:
            return None
    if text[place - 1] == ";":
        return place
    if behind == place and place < line_end and text[place] not in " \xa0\u202f":
        return None
    following = _NEXT.match(text, behind, line_end)[1]
    if following.islower() or following in "»”,;:—–-":
        # "« Non ! » — dit-il"; a letter without case may begin a sentence.
        return None
    if text[place - 1] == ".":
        word = _LAST_WORD.search(reading.folded, max(0, place - 1 - _LONGEST), place - 1)
        if word and (word[1] in reading.lexicon.abbreviations or _initial(text, word.start())):
            return None
    return behind


def _initial(text: str, place: int) -> bool:
    """A single capital before a point: J. Biden."""
    return text[place].isupper() and not text[place + 1].isalnum()
