"""Hashed features of a masked passage: words, letters and what stands near the target."""

import re
import zlib
from collections.abc import Sequence

import numpy as np
from scipy import sparse

from geostance.stance.passages import OTHER, TARGET

# Bits of the hash space of each view: words and their pairs, letter n-grams, words by place.
VIEWS = {"words": 17, "letters": 17, "places": 17}

# Vowel signs and combining accents are no \w, yet part of a word.
_SIGNS = "\u0300-\u036f\u064b-\u0655\u0900-\u0963"
_TOKEN = re.compile(rf"[{TARGET}{OTHER}]|(?:[^\W_]|[{_SIGNS}])+|[^\w\s]")
# What lower-casing leaves of the Turkish capital İ.
_DOT = "\u0307"
_STEM, _NEAR, _GRAMS = 5, 6, (3, 4, 5)
# Past this many different words the cache starts anew; it bounds memory, not results.
_CACHED_WORDS = 200_000

_SALT = np.uint64(0x9E3779B97F4A7C15)
_STEP = np.uint64(0xC2B2AE3D27D4EB4F)


def tokens(text: str) -> list[str]:
    """Split lower-cased text into words, signs and the marks of masked names."""
    return _TOKEN.findall(text.lower().replace(_DOT, ""))


def feature_matrix(texts: Sequence[str]) -> sparse.csr_matrix:
    """Return the features of masked ``texts``, unweighted: 1 + log of counts.

    The shape is (n, sum of the views' sizes); columns stand in the order of ``VIEWS``.
    """
    cache: dict[str, tuple[np.uint64, np.uint64, np.ndarray]] = {}
    columns, ends, values = [], [0], []
    for text in texts:
        if len(cache) > _CACHED_WORDS:
            cache.clear()
        row, counts = np.unique(_row(tokens(text), cache), return_counts=True)
        columns.append(row)
        values.append(1.0 + np.log(counts))
        ends.append(ends[-1] + len(row))
    width = sum(1 << bits for bits in VIEWS.values())
    if not columns:
        return sparse.csr_matrix((0, width), dtype=np.float32)
    data = np.concatenate(values).astype(np.float32)
    indices = np.concatenate(columns).astype(np.int32)
    return sparse.csr_matrix((data, indices, np.array(ends)), shape=(len(texts), width))


def view_slices() -> dict[str, slice]:
    """Return the columns of each view."""
    slices, start = {}, 0
    for view, bits in VIEWS.items():
        slices[view] = slice(start, start + (1 << bits))
        start += 1 << bits
    return slices


def _row(words: list[str], cache: dict[str, tuple[np.uint64, np.uint64, np.ndarray]]) -> np.ndarray:
    entries = [cache.get(word) or cache.setdefault(word, _entry(word)) for word in words]
    if not entries:
        return np.empty(0, np.int64)
    whole = np.array([entry[0] for entry in entries], np.uint64)
    stems = np.array([entry[1] for entry in entries], np.uint64)
    pairs = _join(whole[:-1], whole[1:])
    letters = np.concatenate([entry[2] for entry in entries])
    views = (np.concatenate([whole, pairs]), letters, _places(words, whole, stems))
    starts = [part.start for part in view_slices().values()]
    buckets = [
        (_mix(hashes) >> np.uint64(64 - bits)).astype(np.int64) + start
        for hashes, bits, start in zip(views, VIEWS.values(), starts, strict=True)
    ]
    return np.concatenate(buckets)


def _places(words: list[str], whole: np.ndarray, stems: np.ndarray) -> np.ndarray:
    """Words and stems with their side of the nearest mention, and pairs beside it."""
    at = np.array([n for n, word in enumerate(words) if word == TARGET])
    if not len(at):
        return np.empty(0, np.uint64)
    gaps = np.arange(len(words))[:, None] - at[None, :]
    gap = gaps[np.arange(len(words)), np.abs(gaps).argmin(axis=1)]
    near = (np.abs(gap) <= _NEAR) & (gap != 0)
    side = np.where(gap < 0, 1, 2).astype(np.uint64)
    close = (np.abs(gap) <= 2) & (gap != 0)
    together = near[:-1] & near[1:] & (side[:-1] == side[1:])
    return np.concatenate(
        [
            _join(stems[near], side[near]),
            _join(whole[close], (gap[close] + 10).astype(np.uint64)),
            _join(_join(stems[:-1], stems[1:])[together], side[:-1][together] + np.uint64(20)),
            _join(stems[~near], np.full((~near).sum(), 30, np.uint64)),
        ]
    )


def _entry(word: str) -> tuple[np.uint64, np.uint64, np.ndarray]:
    whole = _hash(word)
    if word in (TARGET, OTHER) or not word[0].isalnum():
        return whole, whole, np.empty(0, np.uint64)
    framed = f"<{word}>"
    grams = [framed[n : n + size] for size in _GRAMS for n in range(len(framed) - size + 1)]
    return whole, _hash("^" + word[:_STEM]), np.array([_hash(gram) for gram in grams], np.uint64)


def _hash(word: str) -> np.uint64:
    return np.uint64(zlib.crc32(word.encode()))


def _join(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return _mix(left * _SALT + right)


def _mix(hashes: np.ndarray) -> np.ndarray:
    hashes = (hashes ^ (hashes >> np.uint64(29))) * _STEP
    return hashes ^ (hashes >> np.uint64(32))
