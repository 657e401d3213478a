"""The shapes of headlines and lists that name their source: "X: …", "… — X", "For X, …"."""

import re
from collections.abc import Iterator

from geostance.stance.reading import WORD, Reading

# A span and the cue that gives it to a source.
Found = tuple[int, int, int, int]

_COLON = re.compile(r"[^\w\n]*+([^:\n«»“”„\"!?;,]{2,60}?)[*_ ]*:[*_\s]+(?=\S)")
_DASH = re.compile(r"[\s*_]*[—–―][ \xa0]*(?=\S)")
_INNER_DASH = re.compile(r"[—–][*_ ]*")
_LAST_DASH = re.compile(r"(?<![ *_,])[ *_,]++[—–][*_ ]++(?=[^—–]*\Z)")
_OPENS_LIST = re.compile(r":[\s*_]*(?:[—–―]|\Z)")
_NO_LETTERS = re.compile(r"[^\w\n]*")
# Words of a source's name before a comma, of a headline's speaker, of the least to be said.
_SOURCE, _SPEAKER, _SAID = 8, 5, 4


def openings(reading: Reading) -> Iterator[Found]:
    """Find "Pour Paris, …": a name between the opening word and a comma."""
    opening = reading.lexicon.opening
    for low, high in reading.sentences if opening else ():
        colon = reading.text.find(":", low, high)
        for place in (low, colon + 1) if colon >= 0 else (low,):
            start = _NO_LETTERS.match(reading.text, place, high).end()
            word = opening.match(reading.folded, start, high)
            comma = reading.text.find(",", start, high) if word else -1
            if (
                comma >= 0
                and reading.words(word.end(), comma) <= _SOURCE
                and _is_noun(reading, word.end() + 1, high)
                and _names_somebody(reading, word.end(), comma)
            ):
                yield comma + 1, high, *word.span()


def colons(reading: Reading) -> Iterator[Found]:
    """Find "Putin: …"."""
    for low, high in reading.sentences:
        head = _COLON.match(reading.text, low, high) if ":" in reading.text[low:high] else None
        if head and _speaks(reading, *head.span(1)):
            yield head.end(), high, *head.span(1)


def last_dashes(reading: Reading) -> Iterator[Found]:
    """Find "… — Putin", where the language's headlines have it."""
    for low, high in reading.sentences if reading.lexicon.dash else ():
        last = _LAST_DASH.search(reading.text, low, high)
        if (
            last
            and reading.words(last.end(), high) <= _SPEAKER
            and reading.words(low, last.start()) >= _SAID
        ):
            yield low, last.start(), *last.span()


def dialogue(reading: Reading) -> Iterator[Found]:
    """Find "— …, — said X", and the items that follow "X: — …"; other dashes are bullets."""
    speakers = {cue.start for cue in reading.cues if cue.kind == "saying"}
    spoken = False
    for low, high in reading.sentences:
        opened = _DASH.match(reading.text, low, high)
        if not opened:
            spoken = bool(_OPENS_LIST.search(reading.text, low, high))
            continue
        inner = _INNER_DASH.finditer(reading.text, opened.end(), high)
        stop = next((dash.start() for dash in inner if dash.end() in speakers), None)
        spoken = spoken or stop is not None
        if spoken:
            yield opened.end(), high if stop is None else stop, low, opened.end()


def _speaks(reading: Reading, start: int, end: int) -> bool:
    lexicon, first = reading.lexicon, reading.text[start]
    # Letters without case may begin a name.
    if first.islower() or reading.words(start, end) > _SPEAKER:
        return False
    if lexicon.speakers:
        return bool(lexicon.speakers.search(reading.folded, start, end))
    return not (lexicon.themes and lexicon.themes.search(reading.folded, start, end))


def _is_noun(reading: Reading, start: int, high: int) -> bool:
    """Tell "pour la Russie" from "pour avoir résisté": a capital or an article comes first."""
    articles = reading.lexicon.articles
    if articles is None or (start < high and reading.text[start].isupper()):
        return True
    return bool(articles.match(reading.folded, start, high))


def _names_somebody(reading: Reading, start: int, end: int) -> bool:
    speakers = reading.lexicon.speakers
    if speakers and speakers.search(reading.folded, start, end):
        return True
    return any(found[0][0].isupper() for found in WORD.finditer(reading.text, start, end))
