"""Texts as sets of word shingles: arrays of 32-bit fingerprints, a batch of texts at a time.

Source: Broder, "On the resemblance and containment of documents", 1997. A set too large to keep
whole is sampled by the value of its fingerprints (his MOD sketch), so that two samples hold the
same shingles of what two texts share.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from geostance.clean.folding import words
from geostance.compute import map_batches
from geostance.settings.compute import LOCAL, ComputeSettings

Whole = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint64]
Prints = npt.NDArray[np.uint32]

# Sets of up to so many shingles are kept whole, and what is said of them is exact. Of larger
# ones a half, a quarter … is kept: at least 256 shingles, which puts the standard error of a
# share at .03 or less, and bounds the memory of a text at 2 kB however long it is.
_SKETCH = 512

# Characters read in one go: their arrays stay near the processor.
_BATCH = 1 << 18
# Values by which an array grows.
_BLOCK = 1 << 22

# Marks within a word that print nothing: soft hyphen, zero-width space, word joiner, BOM.
_UNSEEN = ("\u00ad", "\u200b", "\u2060", "\ufeff")

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_INVERSE = np.uint64(pow(int(_GOLDEN), -1, 1 << 64))


@dataclass(frozen=True)
class Sketches:
    """The sampled shingle sets of texts 0 … n−1.

    Attributes:
        prints: fingerprints of all texts, rising within a text; shape (total,).
        starts: where each text begins in ``prints``; shape (n,).
        sizes: how many fingerprints each has there; shape (n,).
        levels: a text keeps the fingerprints below 2^(32 − level); shape (n,).
    """

    prints: Prints
    starts: Whole
    sizes: Whole
    levels: npt.NDArray[np.uint8]

    def take(self, texts: Whole) -> "Sketches":
        """Return those of ``texts``, in that order; the fingerprints are not copied."""
        return Sketches(self.prints, self.starts[texts], self.sizes[texts], self.levels[texts])

    def of(self, texts: Whole) -> tuple[Prints, Whole]:
        """Return the fingerprints of ``texts`` one after the other, and each one's place there."""
        sizes = self.sizes[texts]
        ends = sizes.cumsum()
        at = np.repeat(self.starts[texts] - ends + sizes, sizes) + np.arange(sizes.sum())
        return self.prints[at], np.repeat(np.arange(len(texts)), sizes)


@dataclass(frozen=True)
class Corpus:
    """Documents 0 … n−1 in the order read, and their distinct bodies.

    Attributes:
        doc_ids: the documents; shape (n,).
        titles: hash of each document's headline; shape (n,).
        bodies: number of each document's body among the distinct ones; shape (n,).
        n_words: words of each distinct body; shape (bodies,).
        sketches: shingles of each distinct body.
    """

    doc_ids: list[str]
    titles: Codes
    bodies: Whole
    n_words: Whole
    sketches: Sketches


class _Read(NamedTuple):
    """What is kept of the documents of one frame, a value or a row of fingerprints for each.

    ``bodies`` are hashes of whole texts; a text has ``sizes`` of the ``prints``, which stand one
    after the other.
    """

    doc_ids: list[str]
    titles: Codes
    bodies: Codes
    n_words: Whole
    prints: Prints
    sizes: Whole
    levels: npt.NDArray[np.uint8]


def read_corpus(
    frames: Iterable[pl.DataFrame], shingle_words: int, engine: ComputeSettings = LOCAL
) -> Corpus:
    """Read frames of doc_id, title and text once; no text is kept.

    Words are compared without case, punctuation, kind of space, or marks that print nothing;
    accents count, however they are encoded.
    """
    doc_ids: list[str] = []
    numbers: dict[int, int] = {}
    titles, bodies, n_words, sizes, levels = [], [], [], [], []
    prints = Growing(np.uint32)
    columns = (frame.select("doc_id", "title", "text") for frame in frames)
    for read in map_batches(partial(_read, shingle_words=shingle_words), columns, engine=engine):
        doc_ids += read.doc_ids
        titles.append(read.titles)
        known = len(numbers)
        keys = read.bodies.tolist()
        mine = np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.int64)
        bodies.append(mine)
        new, at = np.unique(mine, return_index=True)
        wanted = np.zeros(len(mine), bool)
        wanted[at[new >= known]] = True
        n_words.append(read.n_words[wanted])
        prints.add(read.prints[np.repeat(wanted, read.sizes)])
        sizes.append(read.sizes[wanted])
        levels.append(read.levels[wanted])
    counts = _array(sizes)
    sketches = Sketches(prints.whole(), counts.cumsum() - counts, counts, _array(levels, np.uint8))
    return Corpus(doc_ids, _array(titles, np.uint64), _array(bodies), _array(n_words), sketches)


def _read(frame: pl.DataFrame, shingle_words: int) -> _Read:
    titles, bodies, n_words, prints, sizes, levels = [], [], [], [], [], []
    for part in _batches(frame):
        titles.append(_wholes(*_word_codes(part["title"].fill_null("").to_list())))
        codes, starts = _word_codes(part["text"].fill_null("").to_list())
        bodies.append(_wholes(codes, starts))
        n_words.append(np.diff(starts))
        kept, size, level = _sampled(*_shingles(codes, starts, shingle_words), len(part))
        prints.append(kept)
        sizes.append(size)
        levels.append(level)
    return _Read(
        frame["doc_id"].to_list(),
        _array(titles, np.uint64),
        _array(bodies, np.uint64),
        _array(n_words),
        _array(prints, np.uint32),
        _array(sizes),
        _array(levels, np.uint8),
    )


def _batches(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    lengths = frame["text"].str.len_chars().fill_null(0).cum_sum().to_numpy()
    cuts = np.unique(np.searchsorted(lengths, np.arange(0, lengths[-1:].sum() + 1, _BATCH)))
    for start, end in pairwise([*cuts, len(frame)]):
        if start < end:
            yield frame[int(start) : int(end)]


def _word_codes(texts: Sequence[str]) -> tuple[Codes, Whole]:
    """Return a hash for every word, and where each text begins among them, (len(texts) + 1,)."""
    joined = "\0".join(text.replace("\0", " ") for text in texts)
    for mark in _UNSEEN:
        joined = joined.replace(mark, "")
    joined = unicodedata.normalize("NFC", joined)
    units = np.frombuffer(joined.encode("utf-16-le", "surrogatepass"), "<u2")
    values = _alphabet()[units]
    edges = np.flatnonzero(np.diff(values != 0, prepend=False, append=False))
    first, last = edges[::2], edges[1::2]
    codes = _polynomials(values, first, last)
    starts = np.searchsorted(first, np.flatnonzero(units == 0))
    return codes, np.concatenate([[0], starts, [len(codes)]]).astype(np.int64)


@cache
def _alphabet() -> Codes:
    """Return a value for every UTF-16 unit: that of its small letter, or 0 outside words.

    Letters beyond the basic plane are taken for marks: no newspaper is set in them.
    """
    small = [words(chr(unit)) for unit in range(1 << 16)]
    plain = np.array([ord(found[0][0]) if found else 0 for found in small], np.uint64)
    return np.where(plain > 0, _mixed(plain), np.uint64(0))


def _wholes(codes: Codes, starts: Whole) -> Codes:
    """Return one hash for the words of each text, in their order."""
    return _polynomials(codes, starts[:-1], starts[1:])


def _polynomials(values: Codes, first: Whole, last: Whole) -> Codes:
    """Return a hash of ``values[first:last]`` for every pair, as polynomials modulo 2^64."""
    powers, inverses = _powers(1 << len(values).bit_length())
    sums = np.zeros(len(values) + 1, np.uint64)
    np.cumsum(values * powers[: len(values)], out=sums[1:])
    return _mixed((sums[last] - sums[first]) * inverses[first])


# Of few sizes, so that a book among the articles does not stay in memory.
@lru_cache(maxsize=6)
def _powers(n: int) -> tuple[Codes, Codes]:
    return (
        np.multiply.accumulate(np.full(n, _GOLDEN)),
        np.multiply.accumulate(np.full(n, _INVERSE)),
    )


def _shingles(codes: Codes, starts: Whole, n_words: int) -> tuple[Prints, Whole]:
    """Return the distinct shingles of each text, rising within a text, and their texts."""
    n = max(0, len(codes) - n_words + 1)
    runs = np.zeros(n, np.uint64)
    for k in range(n_words):
        runs = runs * _GOLDEN + codes[k : k + n]
    texts = np.repeat(np.arange(len(starts) - 1, dtype=np.uint64), np.diff(starts))
    inside = texts[:n] == texts[n_words - 1 : n_words - 1 + n]
    keys = (texts[:n][inside] << np.uint64(32)) | (_mixed(runs[inside]) >> np.uint64(32))
    keys = once(keys)
    return keys.astype(np.uint32), (keys >> np.uint64(32)).astype(np.int64)


def once(keys: Codes) -> Codes:
    """Return ``keys`` rising and without repeats; several times faster than numpy's unique."""
    rising = np.sort(keys)
    return rising[np.concatenate([rising[:1] == rising[:1], rising[1:] != rising[:-1]])]


def _sampled(found: Prints, texts: Whole, n: int) -> tuple[Prints, Whole, npt.NDArray[np.uint8]]:
    """Return the sketches of ``n`` texts in their order, their sizes and levels."""
    counted = np.bincount(texts, minlength=n)
    levels = np.ceil(np.log2(np.maximum(counted, _SKETCH) / _SKETCH)).astype(np.uint8)
    kept = found.astype(np.uint64) >> (32 - levels[texts].astype(np.uint64)) == 0
    return found[kept], np.bincount(texts[kept], minlength=n), levels


def _mixed(values: Codes) -> Codes:
    """Scatter 64-bit values. Source: Steele et al. 2014, the finalizer of SplitMix64."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


class Growing:
    """An array that grows where it stands: its parts and the whole never lie side by side."""

    def __init__(self, dtype: npt.DTypeLike) -> None:
        self._values = np.empty(0, dtype)
        self._used = 0

    def add(self, part: npt.NDArray) -> None:
        """Put ``part`` at the end."""
        end = self._used + len(part)
        if end > len(self._values):
            self._values.resize(end + _BLOCK, refcheck=False)
        self._values[self._used : end] = part
        self._used = end

    def whole(self) -> npt.NDArray:
        """Return the array; nothing is added after that."""
        self._values.resize(self._used, refcheck=False)
        return self._values


def _array(parts: list, dtype: npt.DTypeLike = np.int64) -> npt.NDArray:
    return np.concatenate([np.empty(0, dtype), *parts]).astype(dtype, copy=False)
