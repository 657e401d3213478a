"""Who speaks: the spans of a text that stand in the voice of a source.

Rules over clauses, not a parser: quotation marks are paired, words that give the floor to a
source are found (``quotation.yml``), and each governs a part of its sentence. Text without
marks or cues is its author's.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from geostance.stance.cues import lexicon_for
from geostance.stance.marks import Quote
from geostance.stance.reading import WORD, Cue, Reading, read

Span = tuple[int, int]

QUOTATION, HEADLINE, DASH = "quotation", "headline", "dash"
SPAN_KINDS = (QUOTATION, "according", "judging", "saying", "hearsay", "earlier", HEADLINE, DASH)

_JUST_BEFORE = re.compile(r"[,»”\"“'›—–-][\s*_\])]*\Z")
_OPENS = re.compile(r"[\s*_]*[:«“„\"‘‹]|[\s*_]+'")
_COLON_HEAD = re.compile(r"[^\w\n]*([^:\n«»“”„\"!?;,]{2,60}?)[*_ ]*:[*_\s]+(?=\S)")
_STOP = re.compile(r"[,.;:!?«»“”\"]")
_NOT_LETTERS = re.compile(r"[^\w\n]*")
_LINE_DASH = re.compile(r"[\s*_]*[—–―][ \xa0]*(?=\S)")
_LAST_DASH = re.compile(r"[ *_,]+[—–][*_ ]+(?=[^—–]*\Z)")
_AFTER_DASH = re.compile(r"[,.!?…][*_ ]*[—–]")
# Words that may name a source behind its verb, before it, a headline's speaker, a thing's name.
_TAIL, _SOURCE, _SPEAKER, _NAME = 8, 8, 5, 4
# Up to so many words in marks are a name or a distance, not speech.
_SHORT = 2
# Characters between a verb of speech and what opens its complement; before a mark in words.
_REACH, _LOOK_BACK, _OWN_REACH = 70, 6, 25
# The part of the sentence within which "…, says Kyiv, …" is a parenthesis.
_EARLY = 0.45


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
    found = [
        Attribution(*quote.inner, QUOTATION, quote.start, quote.start + 1)
        for quote in reading.quotes
        if _is_speech(reading, quote)
    ]
    said = [(spoken.start, spoken.end) for spoken in found]
    for cue in reading.cues:
        if not (any(low <= cue.start < high for low, high in said) or _is_own(reading, cue)):
            found += (
                Attribution(low, high, cue.kind, cue.start, cue.end)
                for low, high in _RULES[cue.kind](reading, cue)
            )
    if reading.lexicon.complement:
        found += [*_openings(reading), *_headlines(reading)]
    trimmed = set()
    for item in found:
        start, end = reading.trimmed(item.start, item.end)
        if start < end:
            trimmed.add(Attribution(start, end, item.kind, item.cue_start, item.cue_end))
    return sorted(trimmed)


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
    text = reading.text
    words = [found[0] for found in WORD.finditer(text, *quote.inner)]
    if not words:
        return False
    capitals = all(word[0].isupper() or len(word) <= 3 for word in words) and words[0][0].isupper()
    if len(words) > (_NAME if capitals else _SHORT):
        return True
    low, high = reading.sentences[reading.sentence_at(quote.start)]
    alone = reading.words(low, high) == len(words)
    after_colon = text[max(low, quote.start - _LOOK_BACK) : quote.start].rstrip(" \xa0*_—–-")
    ended = text[quote.inner[1] - 1] in "!?…."
    return alone or after_colon.endswith(":") or (ended and len(words) > 1)


def _is_own(reading: Reading, cue: Cue) -> bool:
    """Tell "we condemn": the text's own speech is no source's."""
    own = reading.lexicon.own
    if own is None:
        return False
    for found in own.finditer(reading.folded, max(0, cue.start - _OWN_REACH), cue.start):
        between = reading.folded[found.end() : cue.start]
        if not _STOP.search(between) and reading.words(found.end(), cue.start) <= 1:
            return True
    return False


def _according(reading: Reading, cue: Cue) -> Iterator[Span]:
    yield reading.sentences[reading.sentence_at(cue.start)]


def _earlier(reading: Reading, cue: Cue) -> Iterator[Span]:
    """Take the sentence before "It was X who reported this", in the same line."""
    place = reading.sentence_at(cue.start)
    if place:
        low, high = reading.sentences[place - 1]
        if "\n" not in reading.text[low : cue.start]:
            yield low, high


def _hearsay(reading: Reading, cue: Cue) -> Iterator[Span]:
    low, high = reading.sentences[reading.sentence_at(cue.start)]
    unless = reading.lexicon.unless
    if not (unless and unless.search(reading.folded, low, high)):
        text = reading.text
        before, behind = text.rfind(",", low, cue.start), text.find(",", cue.end, high)
        yield low if before < 0 else before + 1, high if behind < 0 else behind


def _saying(reading: Reading, cue: Cue) -> Iterator[Span]:
    low, high = reading.sentences[reading.sentence_at(cue.start)]
    complement = _complement(reading, cue, high)
    if complement is not None:
        yield complement, _broken(reading, complement, high)
    elif reading.lexicon.verb_final:
        yield _after_source(reading, low, cue.start), cue.start
    elif _JUST_BEFORE.search(reading.text, max(low, cue.start - _LOOK_BACK), cue.start):
        yield _behind(reading, cue, low, high)
    elif _is_tail(reading, cue, low, high):
        yield low, reading.text.rfind(",", low, cue.start)
    elif reading.lexicon.bare and reading.lexicon.bare.search(reading.folded, cue.start, cue.end):
        yield cue.end, _broken(reading, cue.end, high)


def _judging(reading: Reading, cue: Cue) -> Iterator[Span]:
    low, high = reading.sentences[reading.sentence_at(cue.start)]
    if reading.lexicon.verb_final and _complement(reading, cue, high) is None:
        yield _after_source(reading, low, cue.start), cue.end
    elif _JUST_BEFORE.search(reading.text, max(low, cue.start - _LOOK_BACK), cue.start):
        yield low, _broken(reading, cue.end, high)
    else:
        yield cue.start, _broken(reading, cue.end, high)


_RULES = {
    "according": _according,
    "earlier": _earlier,
    "hearsay": _hearsay,
    "saying": _saying,
    "judging": _judging,
}


def _complement(reading: Reading, cue: Cue, high: int) -> int | None:
    """Return where what is said begins behind the verb, None if nothing opens it."""
    if opened := _OPENS.match(reading.folded, cue.end, high):
        return opened.end() - 1
    if reading.lexicon.complement is None:
        return None
    reach = min(high, cue.end + _REACH)
    found = reading.lexicon.complement.search(reading.folded, cue.end, reach)
    if found and not re.search(r"[.;:!?«»“”\"]|,\s*\w", reading.folded[cue.end : found.start()]):
        return found.start()
    return None


def _behind(reading: Reading, cue: Cue, low: int, high: int) -> Span:
    """Take all that precedes "…, says X"; the whole sentence where it stands in between."""
    if cue.start - low < _EARLY * (high - low) and reading.text.find(",", cue.end, high) >= 0:
        return low, high
    return low, cue.start


def _is_tail(reading: Reading, cue: Cue, low: int, high: int) -> bool:
    """Tell "…, the minister said on Monday": few words from a comma to the end."""
    comma = reading.text.rfind(",", low, cue.start)
    return (
        comma >= 0
        and reading.words(comma, cue.start) <= _SOURCE
        and reading.words(cue.end, high) <= _TAIL
    )


def _after_source(reading: Reading, low: int, cue: int) -> int:
    """Skip "The minister, …": where the verb comes last a comma often parts the source."""
    comma = reading.text.find(",", low, cue)
    if comma >= 0 and reading.words(low, comma) <= _SOURCE:
        return comma + 1
    return low


def _broken(reading: Reading, start: int, high: int) -> int:
    breaks = reading.lexicon.breaks
    found = breaks.search(reading.folded, start, high) if breaks else None
    return found.start() if found else high


def _openings(reading: Reading) -> Iterator[Attribution]:
    """Find "Pour Paris, …": a name between the word and a comma."""
    for low, high in reading.sentences if reading.lexicon.opening else ():
        for place in (low, reading.text.find(":", low, high) + 1):
            start = _NOT_LETTERS.match(reading.text, place or low, high).end()
            word = reading.lexicon.opening.match(reading.folded, start, high)
            comma = reading.text.find(",", start, high) if word else -1
            if comma > 0 and reading.words(word.end(), comma) <= _SOURCE:
                if _names_somebody(reading, word.end(), comma):
                    yield Attribution(comma + 1, high, "according", *word.span())


def _names_somebody(reading: Reading, start: int, end: int) -> bool:
    speakers = reading.lexicon.speakers
    if speakers and speakers.search(reading.folded, start, end):
        return True
    return any(found[0][0].isupper() for found in WORD.finditer(reading.text, start, end))


def _headlines(reading: Reading) -> Iterator[Attribution]:
    lexicon, text = reading.lexicon, reading.text
    for low, high in reading.sentences:
        head = _COLON_HEAD.match(text, low, high) if ":" in text[low:high] else None
        if head and _speaks(reading, *head.span(1)):
            yield Attribution(head.end(), high, HEADLINE, *head.span(1))
    for low, high in reading.sentences:
        if opened := _LINE_DASH.match(text, low, high):
            ended = _AFTER_DASH.search(text, opened.end(), high)
            stop = ended.start() + 1 if ended else high
            yield Attribution(opened.end(), stop, DASH, low, opened.end())
    for low, high in reading.sentences if lexicon.dash else ():
        last = _LAST_DASH.search(text, low, high)
        if (
            last
            and reading.words(last.end(), high) <= _SPEAKER
            and reading.words(low, last.start()) >= _NAME
        ):
            yield Attribution(low, last.start(), HEADLINE, *last.span())


def _speaks(reading: Reading, start: int, end: int) -> bool:
    lexicon = reading.lexicon
    if not reading.text[start].isupper() and reading.text[start].islower():
        return False
    if reading.words(start, end) > _SPEAKER:
        return False
    if lexicon.speakers:
        return bool(lexicon.speakers.search(reading.folded, start, end))
    return not (lexicon.themes and lexicon.themes.search(reading.folded, start, end))
