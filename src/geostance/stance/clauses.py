"""What each kind of cue governs: the part of its sentence that is a source's."""

import re
from collections.abc import Iterator

from geostance.stance.reading import Cue, Reading

Span = tuple[int, int]

_JUST_BEFORE = re.compile(r"([,»”\"“'›—–-])[\s*_\])]*\Z")
_OPENS = re.compile(r"[\s*_]*[:«“„\"‘‹]|[\s*_]+'")
_STOP = re.compile(r"[.;:!?«»“”\"]|,\s*\w")
# Words a source's name may have behind its verb of speech, and before it.
_TAIL, _SOURCE = 8, 8
# Characters between a verb of speech and what opens its complement; before a verb, where a
# mark may stand; where "we" may; where a quotation it speaks may end.
_REACH, _LOOK_BACK, _OWN_REACH, _SPOKEN = 70, 6, 25, 40
# The part of the sentence within which "…, says Kyiv, …" is a parenthesis.
_EARLY = 0.45


def governed(reading: Reading, cue: Cue) -> Iterator[Span]:
    """Yield the spans that ``cue`` gives to a source; none for the text's own "we condemn"."""
    if not _is_own(reading, cue):
        low, high = reading.sentences[reading.sentence_at(cue.start)]
        yield from _RULES[cue.kind](reading, cue, low, high)


def _is_own(reading: Reading, cue: Cue) -> bool:
    own = reading.lexicon.own
    if own is None:
        return False
    for found in own.finditer(reading.folded, max(0, cue.start - _OWN_REACH), cue.start):
        between = reading.folded[found.end() : cue.start]
        if not _STOP.search(between) and reading.words(found.end(), cue.start) <= 1:
            return True
    return False


def _according(reading: Reading, cue: Cue, low: int, high: int) -> Iterator[Span]:
    yield low, high


def _earlier(reading: Reading, cue: Cue, low: int, high: int) -> Iterator[Span]:
    """Take the sentence before "It was X who reported this", in the same line."""
    place = reading.sentence_at(cue.start)
    if place and "\n" not in reading.text[reading.sentences[place - 1][1] - 1 : low + 1]:
        yield reading.sentences[place - 1]


def _hearsay(reading: Reading, cue: Cue, low: int, high: int) -> Iterator[Span]:
    unless = reading.lexicon.unless
    if not (unless and unless.search(reading.folded, low, high)):
        before = reading.text.rfind(",", low, cue.start)
        behind = reading.text.find(",", cue.end, high)
        yield low if before < 0 else before + 1, high if behind < 0 else behind


def _saying(reading: Reading, cue: Cue, low: int, high: int) -> Iterator[Span]:
    complement = _complement(reading, cue, high)
    if complement is not None:
        yield complement, _broken(reading, complement, high)
    elif reading.lexicon.verb_final:
        # What a quotation just before the verb says needs no second span.
        spoken = reading.speech_at(cue.start)
        if spoken is None or spoken.start < low or cue.start - spoken.end > _SPOKEN:
            yield _after_source(reading, low, cue.start), cue.start
    elif _is_behind(reading, cue, low):
        yield _before(reading, cue, low, high)
    elif _is_tail(reading, cue, low, high):
        yield low, reading.text.rfind(",", low, cue.start)
    elif reading.lexicon.bare and reading.lexicon.bare.search(reading.folded, cue.start, cue.end):
        yield cue.end, _broken(reading, cue.end, high)


def _judging(reading: Reading, cue: Cue, low: int, high: int) -> Iterator[Span]:
    if reading.lexicon.verb_final and _complement(reading, cue, high) is None:
        yield _after_source(reading, low, cue.start), cue.end
    else:
        start = low if _is_behind(reading, cue, low) else cue.start
        yield start, _broken(reading, cue.end, high)


def _judged(reading: Reading, cue: Cue, low: int, high: int) -> Iterator[Span]:
    comma = reading.text.rfind(",", low, cue.start)
    close = reading.text.find(",", cue.end, high) if comma >= 0 else -1
    yield max(low, comma + 1), _broken(reading, cue.end, close if close >= 0 else high)


_RULES = {
    "according": _according,
    "earlier": _earlier,
    "hearsay": _hearsay,
    "saying": _saying,
    "judged": _judged,
    "judging": _judging,
}


def _complement(reading: Reading, cue: Cue, high: int) -> int | None:
    """Return where what is said begins behind the verb, None if nothing opens it."""
    opened = _OPENS.match(reading.folded, cue.end, high)
    if opened:
        place = opened.end() - 1
        spoken = reading.speech_at(place)
        if opened[0].endswith(":") or (spoken and spoken.start == place):
            return place
    complement, articles = reading.lexicon.complement, reading.lexicon.articles
    if complement is None or (articles and articles.match(reading.folded, cue.end + 1, high)):
        return None
    found = complement.search(reading.folded, cue.end, min(high, cue.end + _REACH))
    if found and not _STOP.search(reading.folded[cue.end : found.start()]):
        return found.start()
    return None


def _is_behind(reading: Reading, cue: Cue, low: int) -> bool:
    """Tell "…, says X" and "“…” says X": a comma, a dash or speech stand just before."""
    found = _JUST_BEFORE.search(reading.text, max(low, cue.start - _LOOK_BACK), cue.start)
    if found is None or found[1] in ",—–-":
        return found is not None
    spoken = reading.speech_at(found.start())
    return spoken is not None and spoken.end == found.start() + 1


def _before(reading: Reading, cue: Cue, low: int, high: int) -> Span:
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
