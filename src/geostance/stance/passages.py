"""What a scorer reads: a mention in its surroundings, the names of states hidden."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

Span = tuple[int, int]

# A press item (headline and summary) rarely holds more characters; longer texts are read
# through a window of whole sentences around the mention.
WINDOW = 700

# Private-use characters stand for the masked names: no text holds them, and they are one
# token each.
TARGET, OTHER = "\ue000", "\ue001"


@dataclass(frozen=True)
class Passage:
    """A mention in its surroundings.

    ``text[start:end]`` is the mention that is scored, ``same`` the further mentions of its
    target, ``others`` the names of other states and alliances and ``sentences`` the sentences in
    order, all as offsets into ``text``.
    """

    text: str
    start: int
    end: int
    language: str | None = None
    same: tuple[Span, ...] = ()
    others: tuple[Span, ...] = ()
    sentences: tuple[Span, ...] = ()


class Masked(NamedTuple):
    """A text whose names of states are marks, and where its parts come from.

    Each of ``parts`` is (start in ``text``, start in the passage): from there on both run
    side by side.
    """

    text: str
    parts: tuple[tuple[int, int], ...]

    def origins(self, offsets: np.ndarray) -> np.ndarray:
        """Return the offsets in the passage of ``offsets`` (n,) in ``text``."""
        starts, origins = np.array(self.parts, np.int64).T
        part = np.searchsorted(starts, offsets, side="right") - 1
        return origins[part] + offsets - starts[part]


def mask(passage: Passage) -> Masked:
    """Replace every name of the target and of other states by a mark.

    A scorer that never sees the names cannot hold that one state is always the villain.
    """
    own = [(passage.start, passage.end), *passage.same]
    marks = [(start, end, TARGET) for start, end in own]
    for start, end in passage.others:
        if not any(start < last and first < end for first, last in own):
            marks.append((start, end, OTHER))
    pieces: list[str] = []
    parts, length, done = [], 0, 0
    for start, end, mark in sorted(marks):
        if start < done:
            continue
        before = _without_elision(passage.text[done:start])
        for piece, origin in ((before, done), (f" {mark} ", start)):
            parts.append((length, origin))
            pieces.append(piece)
            length += len(piece)
        done = end
    parts.append((length, done))
    return Masked("".join([*pieces, passage.text[done:]]), tuple(parts))


def masked(passage: Passage) -> str:
    """Return the text of :func:`mask`."""
    return mask(passage).text


# "l'Inde" and "la Russie" must read the same, or the article tells which state it is.
_ELIDED = re.compile(r"\b([ld])['’]\s*$", re.IGNORECASE)
_FULL = {"l": "la", "d": "de"}


def _without_elision(before: str) -> str:
    return _ELIDED.sub(lambda found: _FULL[found[1].lower()], before)


def window(sentences: Sequence[Span], position: int, width: int = WINDOW) -> Span:
    """Return the span of the sentence at ``position`` with neighbours, at most ``width`` long.

    Neighbours are taken in turn, the following one first; a sentence longer than ``width``
    stands alone.
    """
    first = last = position
    grown = True
    while grown:
        grown = False
        for step_first, step_last in ((0, 1), (-1, 0)):
            low, high = first + step_first, last + step_last
            inside = low >= 0 and high < len(sentences)
            if inside and sentences[high][1] - sentences[low][0] <= width:
                first, last, grown = low, high, True
    return sentences[first][0], sentences[last][1]


def make_passage(
    text: str,
    mention: Span,
    sentences: Sequence[Span],
    *,
    language: str | None = None,
    same: Sequence[Span] = (),
    others: Sequence[Span] = (),
) -> Passage:
    """Cut the passage of ``mention`` out of ``text``; all spans are offsets into ``text``.

    ``sentences`` are the spans of the text's sentences in order; the one that holds the
    beginning of the mention is the centre.
    """
    holding = [n for n, (start, end) in enumerate(sentences) if start <= mention[0] < end]
    low, high = window(sentences, holding[0]) if holding else (0, len(text))
    high = max(high, mention[1])
    inside = [
        tuple((a - low, b - low) for a, b in spans if low <= a and b <= high)
        for spans in ([span for span in same if span != mention], others, sentences)
    ]
    return Passage(text[low:high], mention[0] - low, mention[1] - low, language, *inside)
