"""Who speaks: the spans of a text that stand in the voice of a source.

Rules over clauses, not a parser: quotation marks are paired, words that give the floor to a
source are found (``quotation.yml``), and each governs a part of its sentence. Text without
marks or cues is its author's.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from geostance.stance import headlines
from geostance.stance.clauses import governed
from geostance.stance.cues import lexicon_for
from geostance.stance.marks import Quote
from geostance.stance.reading import WORD, Reading, read

Span = tuple[int, int]

QUOTATION, ACCORDING, HEADLINE, DASH = "quotation", "according", "headline", "dash"
SPAN_KINDS = (QUOTATION, ACCORDING, "judging", "saying", "hearsay", "earlier", HEADLINE, DASH)

_SHAPES = (
    (ACCORDING, headlines.openings),
    (HEADLINE, headlines.colons),
    (HEADLINE, headlines.last_dashes),
    (DASH, headlines.dialogue),
)
# "Attributed to" judges as "attributes to" does.
_KIND = {"judged": "judging"}
# Up to so many words in marks are a name or a distance, not speech; the words of a name in
# capitals; those of a work or a ship that a noun announces.
_SHORT, _NAME, _NAMED = 2, 4, 9
# Characters before a mark in which a colon or such a noun stands; around a quotation that is
# a sentence by itself.
_COLON_REACH, _NOUN_REACH, _FRAME = 6, 25, 12


@dataclass(frozen=True, order=True)
class Attribution:
    """``text[start:end]`` stands in a source's voice, by the cue ``text[cue_start:cue_end]``.

    ``kind`` is one of ``SPAN_KINDS``; the cue of a quotation is its opening mark.
    """

    start: int
    end: int
    kind: str
    cue_start: int
    cue_end: int


def attributed_spans(text: str, language: str | None = None) -> list[Attribution]:
    """Return the spans of ``text`` in a source's voice, ordered; they may overlap.

    ``language`` is a BCP 47 tag. Without one, or for one without rules, only quotation marks
    count. Lines are read apart: what follows a line break never changes what precedes it.
    """
    reading = read(text, lexicon_for(language))
    reading.speech = [quote for quote in reading.quotes if _is_speech(reading, quote)]
    found = [(*quote.inner, QUOTATION, quote.start, quote.start + 1) for quote in reading.speech]
    for cue in reading.cues:
        spoken = reading.speech_at(cue.start)
        if spoken is None or cue.start >= spoken.end:
            kind = _KIND.get(cue.kind, cue.kind)
            found += ((*span, kind, cue.start, cue.end) for span in governed(reading, cue))
    if reading.lexicon.complement:
        for kind, shape in _SHAPES:
            found += ((low, high, kind, *cue) for low, high, *cue in shape(reading))
    spans = {Attribution(*reading.trimmed(low, high), *rest) for low, high, *rest in found}
    return sorted(item for item in spans if item.start < item.end)


def quoted_share(text: str, span: Span, attributions: Iterable[Attribution]) -> float:
    """Return the share of the letters and digits of ``text[span]`` in a source's voice."""
    start, end = span
    letters = sum(map(str.isalnum, text[start:end]))
    if not letters:
        return 0.0
    covered, done = 0, start
    for low, high in sorted((item.start, item.end) for item in attributions):
        low, high = max(low, done), min(high, end)
        if low < high:
            covered += sum(map(str.isalnum, text[low:high]))
            done = high
    return covered / letters


def _is_speech(reading: Reading, quote: Quote) -> bool:
    """Tell speech from names («Monde») and single words held at a distance."""
    text, named = reading.text, reading.lexicon.named
    words = [found[0] for found in WORD.finditer(text, *quote.inner)]
    if not words:
        return False
    before = reading.folded[max(0, quote.start - _NOUN_REACH) : quote.start].rstrip(" *_")
    if named and len(words) <= _NAMED and named.search(before):
        return False
    capitals = words[0][0].isupper() and all(len(w) <= 3 or w[0].isupper() for w in words)
    if len(words) > (_NAME if capitals else _SHORT):
        return True
    low, high = reading.sentences[reading.sentence_at(quote.start)]
    near = high - low <= quote.end - quote.start + _FRAME
    alone = near and reading.words(low, high) == len(words)
    ended = len(words) > 1 and text[quote.inner[1] - 1] in "!?…."
    return alone or ended or before[-_COLON_REACH:].rstrip(" —–-").endswith(":")
