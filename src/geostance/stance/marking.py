"""What a transformer reads: a masked passage as token numbers that know their place."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from geostance.stance.passages import OTHER, TARGET, Passage, Span, mask

# The tokens that stand for hidden names, added to the vocabulary of the encoder.
TOKENS = {TARGET: "[TARGET]", OTHER: "[OTHER]"}


@dataclass(frozen=True)
class Marked:
    """A passage as ``ids``, with the special tokens of the encoder around it.

    ``starts`` and ``ends`` (n_tokens,) are offsets into the passage's own text, both −1 for
    tokens that are not of the text. ``cut`` says that the passage was too long: tokens far
    from the mention were left out.
    """

    ids: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    cut: bool


def aligned(passage: Passage) -> tuple[str, np.ndarray, int]:
    """Return the masked text, where each of its characters comes from, and where the mention is.

    A mark counts as the character at which its name began.
    """
    found = mask(passage)
    places = found.origins(np.arange(len(found.text)))
    marks = [n for n, letter in enumerate(found.text) if letter in TOKENS]
    # A mark stands between two spaces, of which the first is where the name was.
    places[marks] -= 1
    own = [n for n in marks if found.text[n] == TARGET and places[n] <= passage.start]
    return found.text, places, own[-1] if own else 0


def around(at: int, n_tokens: int, room: int) -> slice:
    """Return the ``room`` tokens of ``n_tokens`` nearest to the one at ``at``."""
    first = min(max(0, at - room // 2), max(0, n_tokens - room))
    return slice(first, min(n_tokens, first + room))


class Marker:
    """Turns passages into token numbers with the tokenizer of a trained model.

    ``tokenizer`` is a fast one of transformers that knows the values of ``TOKENS``;
    ``length`` is the number of tokens a passage may have, special ones included.
    """

    def __init__(self, tokenizer: Any, length: int) -> None:
        self._tokenizer = tokenizer
        self._marks = dict(
            zip(TOKENS, tokenizer.convert_tokens_to_ids(list(TOKENS.values())), strict=True)
        )
        self.target: int = self._marks[TARGET]
        self.padding: int = tokenizer.pad_token_id or 0
        wrapped = tokenizer("a", return_special_tokens_mask=True)
        special = np.array(wrapped["special_tokens_mask"], bool)
        text = np.flatnonzero(~special)
        self._before = np.array(wrapped["input_ids"][: text[0]], np.int64)
        self._after = np.array(wrapped["input_ids"][text[-1] + 1 :], np.int64)
        self._room = length - len(self._before) - len(self._after)

    def mark(self, passages: Sequence[Passage]) -> list[Marked]:
        """Return ``passages`` as token numbers, cut around their mention where too long."""
        texts = [aligned(passage) for passage in passages]
        pieces = [_pieces(text) for text, _, _ in texts]
        between = [
            text[first:last]
            for (text, _, _), spans in zip(texts, pieces, strict=True)
            for first, last in spans
            if text[first] not in self._marks
        ]
        tokens = iter(self._tokens(between))
        return [
            self._joined(*text, spans, tokens) for text, spans in zip(texts, pieces, strict=True)
        ]

    def _tokens(self, texts: list[str]) -> Iterable[tuple[list[int], list[Span]]]:
        if not texts:
            return []
        found = self._tokenizer(
            texts,
            add_special_tokens=False,
            # What looks like a mark in the text itself stays plain letters.
            split_special_tokens=True,
            return_offsets_mapping=True,
            truncation=False,
            verbose=False,
        )
        return zip(found["input_ids"], found["offset_mapping"], strict=True)

    def _joined(
        self,
        text: str,
        origins: np.ndarray,
        mention: int,
        pieces: Sequence[Span],
        tokens: Iterator[tuple[list[int], list[Span]]],
    ) -> Marked:
        """Put a passage together: marks become their numbers, other pieces take their tokens."""
        ids: list[int] = []
        # Offsets into the masked text: first and last letter of each token.
        ends: list[Span] = []
        centre = 0
        for first, _ in pieces:
            if text[first] in self._marks:
                centre = len(ids) if first == mention else centre
                ids.append(self._marks[text[first]])
                ends.append((first, first))
                continue
            numbers, spans = next(tokens)
            ids += numbers
            ends += [(first + a, first + max(a, b - 1)) for a, b in spans]
        kept = around(centre, len(ids), self._room)
        places = origins[np.array(ends[kept], np.int64).reshape(-1, 2)] + [0, 1]
        outside = [np.full((len(side), 2), -1) for side in (self._before, self._after)]
        places = np.concatenate([outside[0], places, outside[1]])
        return Marked(
            np.concatenate([self._before, np.array(ids[kept], np.int64), self._after]),
            places[:, 0],
            places[:, 1],
            cut=len(ids) > self._room,
        )


def _pieces(text: str) -> list[Span]:
    """Return the spans of the marks, each alone, and of what stands between them."""
    marks = [n for n, letter in enumerate(text) if letter in TOKENS]
    pieces, done = [], 0
    for mark in marks:
        pieces += [(done, mark), (mark, mark + 1)]
        done = mark + 1
    return [(first, last) for first, last in [*pieces, (done, len(text))] if first < last]


def evidence_shares(
    starts: np.ndarray, weights: np.ndarray, sentences: Sequence[Span]
) -> np.ndarray:
    """Return per sentence the share of ``weights`` (n_tokens,) that its tokens carry.

    A sentence that the model did not read carries nothing; if it read none of them, all
    carry the same.
    """
    first = np.array([start for start, _ in sentences], np.int64)
    last = np.array([end for _, end in sentences], np.int64)
    inside = (first[:, None] <= starts) & (starts < last[:, None])
    sums = inside @ weights.astype(np.float64)
    if not sentences or sums.sum() <= 0:
        return np.full(len(sentences), 1 / max(1, len(sentences)))
    return sums / sums.sum()
