"""Where a quoted piece of evidence stands in its passage, and which sentences carry it."""

from collections.abc import Iterator

import numpy as np

from geostance.stance.passages import Passage, Span

# Models copy these in another form than the text has them.
_MARKS = frozenset("\"'`´«»‹›“”„‟‘’‚‛′″「」『』＂＇")


def locate(quote: str, passage: Passage) -> Span | None:
    """Return where ``quote`` stands in the passage, the place nearest to the mention first.

    It is looked for as it is, then without regard to white space and quotation marks; None
    when it is not there.
    """
    plain = quote.strip()
    found = [(start, start + len(plain)) for start in _occurrences(plain, passage.text)]
    if not found:
        text, places = _squeezed(passage.text)
        wanted, _ = _squeezed(quote)
        found = [
            (places[start], places[start + len(wanted) - 1] + 1)
            for start in _occurrences(wanted, text)
        ]
    return min(found, key=lambda span: (_distance(span, passage), span), default=None)


def sentence_shares(passage: Passage, span: Span | None) -> np.ndarray:
    """Return the share (n_sentences,) of the evaluation that each sentence carries.

    The characters of ``span`` in each; without a span, or when it lies between sentences, the
    sentences that mention the target in equal parts, and all of them where none does.
    """
    if not passage.sentences:
        return np.zeros(0)
    if span is not None:
        shares = np.array([_overlap(span, sentence) for sentence in passage.sentences], float)
        if shares.any():
            return shares / shares.sum()
    names = [(passage.start, passage.end), *passage.same]
    naming = np.array(
        [any(_overlap(name, sentence) for name in names) for sentence in passage.sentences], float
    )
    shares = naming if naming.any() else np.ones(len(passage.sentences))
    return shares / shares.sum()


def _squeezed(text: str) -> tuple[str, list[int]]:
    """Return ``text`` without white space and quotation marks, and where each letter stood."""
    places = [n for n, letter in enumerate(text) if not letter.isspace() and letter not in _MARKS]
    return "".join(text[n] for n in places), places


def _occurrences(wanted: str, text: str) -> Iterator[int]:
    start = text.find(wanted) if wanted else -1
    while start >= 0:
        yield start
        start = text.find(wanted, start + 1)


def _overlap(one: Span, other: Span) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def _distance(span: Span, passage: Passage) -> int:
    return max(0, span[0] - passage.end, passage.start - span[1])
