"""Averaged word vectors of a masked passage: the whole, and each side of the target."""

import zlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from geostance.stance.features import tokens
from geostance.stance.passages import TARGET

# Beginnings of words stand for their forms; the longer endings of Turkish, Azerbaijani and
# Russian fall away.
STEM = 7
# Words before and after the nearest mention, and close by on either side.
_SIDE, _CLOSE = 7, 3
N_MEANS = 4
# Weight of a word of frequency f: S / (S + f). Source: Arora et al. 2017, ICLR 2017.
_SMOOTH = 1e-3


class WordVectors(NamedTuple):
    """``hashes`` (n,) of stems in ascending order, their ``vectors`` (n, dim), ``weights`` (n,)."""

    hashes: np.ndarray
    vectors: np.ndarray
    weights: np.ndarray

    @classmethod
    def of(cls, hashes: np.ndarray, vectors: np.ndarray, frequencies: np.ndarray) -> "WordVectors":
        """Return vectors whose frequent words count little."""
        weights = (_SMOOTH / (_SMOOTH + frequencies)).astype(np.float32)
        return cls(hashes, vectors.astype(np.float32), weights)


def stem_hash(word: str) -> int:
    """Return the number by which a word's vector is found."""
    return zlib.crc32(word[:STEM].encode())


def mean_vectors(texts: Sequence[str], table: WordVectors) -> np.ndarray:
    """Return unit means (n, 4 · dim): all words, before, after and close to the target.

    A mean without a known word is zero.
    """
    dim = table.vectors.shape[1]
    means = np.zeros((len(texts), N_MEANS, dim), np.float32)
    for n, text in enumerate(texts):
        words = tokens(text)
        if not words:
            continue
        hashes = np.array([stem_hash(word) for word in words], np.uint32)
        found = np.searchsorted(table.hashes, hashes)
        found = np.minimum(found, len(table.hashes) - 1)
        weights = np.where(table.hashes[found] == hashes, table.weights[found], 0)
        vectors = table.vectors[found] * weights[:, None]
        for place, chosen in enumerate(_places(words)):
            total = vectors[chosen].sum(axis=0)
            means[n, place] = total / max(float(np.linalg.norm(total)), 1e-6)
    return means.reshape(len(texts), N_MEANS * dim)


def _places(words: list[str]) -> list[np.ndarray]:
    at = np.array([n for n, word in enumerate(words) if word == TARGET])
    every = np.ones(len(words), bool)
    if not len(at):
        return [every, ~every, ~every, ~every]
    gaps = np.arange(len(words))[:, None] - at[None, :]
    gap = gaps[np.arange(len(words)), np.abs(gaps).argmin(axis=1)]
    return [
        every,
        (gap < 0) & (gap >= -_SIDE),
        (gap > 0) & (gap <= _SIDE),
        (gap != 0) & (np.abs(gap) <= _CLOSE),
    ]
