"""Which texts are copies of one another, from their shingle sketches alone.

Source: Broder 1997 (resemblance and containment); Schleimer, Wilkerson and Aiken,
"Winnowing: local algorithms for document fingerprinting", 2003 (an index of sampled
fingerprints finds what two texts share, wherever it stands).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from geostance.clean.shingles import Growing, Prints, Sketches, Whole, once
from geostance.settings.corpus import DuplicateSettings

Shares = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Keys = npt.NDArray[np.uint64]

# Fingerprints of a text in the index, at least (all, if it has fewer). Two copies share half of
# the shingles of the longer or more (with the settings as they come), and so are expected to
# meet 16 times or more.
_INDEXED = 32
# A fingerprint met in so many texts proposes all their pairs; met in more, it proposes each
# with the first and with its neighbour. So pairs grow with texts, never with their square.
_ALL_PAIRS = 4
# Share of the shorter text that a member has in common with its representative, at least.
_HELD = 0.5

# What is sorted or compared in one go: bounds the memory beside the sketches.
_SLICE = 1 << 22
# The same where the work allows it: arrays that stay near the processor are several times faster.
_NEARBY = 1 << 19
_HALF, _LOWER, _ONE = np.uint64(32), np.uint64(0xFFFFFFFF), np.uint64(1)


@dataclass(frozen=True)
class Likeness:
    """How like the two texts of each pair are; every array has one value a pair.

    Attributes:
        similarity: share of the shingles of both that both have (Jaccard), in [0, 1].
        containment: share of the smaller's shingles that the larger has, in [0, 1].
        cover: share of the larger's shingles that the smaller has, in [0, 1].
        growth: size of the second in shingles over that of the first.
    """

    similarity: Shares
    containment: Shares
    cover: Shares
    growth: Shares

    def copies(self, settings: DuplicateSettings) -> Flags:
        """Tell which pairs are copies."""
        return (self.similarity >= settings.threshold) | (
            (self.containment >= settings.containment) & (self.cover >= settings.cover)
        )


def standing(sketches: Sketches, texts: Whole, outlets: Whole, days: Whole, limit: int) -> Prints:
    """Return the shingles that one outlet prints on more than ``limit`` days, rising.

    An agency's text may be printed a thousand times, but by each outlet for a few days; what
    stands for weeks is furniture or formula. ``texts``, ``outlets`` and ``days`` give every
    printing whose day is known.
    """
    if not len(texts):
        return np.empty(0, np.uint32)
    span = int(np.ptp(days)) + 1
    occasions, codes = np.unique(outlets * span + days - days.min(), return_inverse=True)
    outlet_of = (occasions // span).astype(np.int32)
    printings = once(_keys(texts, codes))
    codes = (printings & _LOWER).astype(np.uint32)
    counts = np.bincount((printings >> _HALF).astype(np.int64), minlength=len(sketches.sizes))
    first = counts.cumsum() - counts
    found = [np.empty(0, np.uint32)]
    for prints, owners in _slices(sketches):
        n = counts[owners]
        ends = n.cumsum()
        at = np.repeat(first[owners] - ends + n, n) + np.arange(n.sum())
        keys = once(_keys(np.repeat(prints, n), codes[at]))
        shingle, outlet = keys >> _HALF, outlet_of[(keys & _LOWER).astype(np.int64)]
        # The days of one outlet lie together: the next but ``limit`` is still of the same.
        far = (shingle[limit:] == shingle[:-limit]) & (outlet[limit:] == outlet[:-limit])
        found.append(once(shingle[limit:][far]).astype(np.uint32))
    return np.concatenate(found)


def without(sketches: Sketches, dropped: Prints) -> Sketches:
    """Return the sketches without the fingerprints ``dropped``, which are rising.

    Works in place, and so spoils ``sketches``: there may be no room for both.
    """
    # Most are told apart by their upper bits alone, which is several times faster.
    upper = np.zeros(1 << 24, bool)
    upper[dropped >> 8] = True
    sizes, prints, at = np.empty_like(sketches.sizes), sketches.prints, 0
    for first, last in _parts(sketches.sizes):
        start = sketches.starts[first]
        part = prints[start : start + sketches.sizes[first:last].sum()]
        hit = np.flatnonzero(upper[part >> 8])
        keep = np.ones(len(part), bool)
        keep[hit[_among(part[hit], dropped)]] = False
        kept = np.concatenate([[0], keep.cumsum()])
        inner = sketches.starts[first:last] - start
        sizes[first:last] = kept[inner + sketches.sizes[first:last]] - kept[inner]
        prints[at : at + kept[-1]] = part[keep]
        at += kept[-1]
    return Sketches(prints[:at], sizes.cumsum() - sizes, sizes, sketches.levels)


def candidates(sketches: Sketches) -> Whole:
    """Return pairs of texts that may be copies, the lower first; shape (pairs, 2).

    The texts are in the order in which they were printed.
    """
    rates = np.ceil(np.log2(np.maximum(sketches.sizes / (2 * _INDEXED), 1))).astype(np.int64)
    masks = ((1 << rates) - 1).astype(np.uint32)
    index, proposed = Growing(np.uint64), Growing(np.uint64)
    for first, last in _parts(sketches.sizes, _NEARBY):
        prints, owners = sketches.of(np.arange(first, last))
        kept = prints & masks[first:last][owners] == 0
        index.add(_keys(prints[kept], owners[kept] + first))
    keys = index.whole()
    keys.sort()
    for bucket in _buckets(keys):
        proposed.add(_proposals(bucket))
    del index, keys
    meetings = proposed.whole()
    meetings.sort()
    # One fingerprint in common is met by chance, two are not.
    pairs = once(meetings[1:][meetings[1:] == meetings[:-1]])
    return np.stack([pairs >> _HALF, pairs & _LOWER], axis=1).astype(np.int64)


def _buckets(keys: Keys) -> Iterator[Keys]:
    """Cut the index, sorted, into stretches that hold all texts of each fingerprint."""
    start = 0
    while start < len(keys):
        last = keys[min(start + _NEARBY, len(keys)) - 1] | _LOWER
        end = int(np.searchsorted(keys, last, "right"))
        yield keys[start:end]
        start = end


def _proposals(keys: Keys) -> Keys:
    """Return pairs of texts that have a fingerprint in common, one for each meeting."""
    prints, texts = keys >> _HALF, keys & _LOWER
    first = np.flatnonzero(np.diff(prints, prepend=_LOWER + _ONE) != 0)
    counts = np.diff(first, append=len(keys))
    large = np.repeat(counts > _ALL_PAIRS, counts)
    lead = np.repeat(first, counts)
    place = np.arange(len(keys)) - lead
    proposed = []
    for back in range(1, _ALL_PAIRS):
        later = np.flatnonzero((place >= back) & (~large | (back == 1)))
        proposed.append(_keys(texts[later - back], texts[later]))
    star = np.flatnonzero(large & (place > 1))
    return np.concatenate([*proposed, _keys(texts[lead[star]], texts[star])])


def compare(sketches: Sketches, pairs: Whole) -> Likeness:
    """Measure every pair: exactly, or on the sample of the larger where a text was sampled."""
    counted = [np.empty((0, 3))]
    for first, last in _parts(sketches.sizes[pairs].sum(axis=1), _NEARBY):
        counted.append(_counted(sketches, pairs[first:last]))
    shared, one, other = np.concatenate(counted).T
    small, large = np.minimum(one, other), np.maximum(one, other)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = shared / (one + other - shared), shared / small, shared / large, other / one
    return Likeness(*(np.nan_to_num(ratio) for ratio in ratios))


def _counted(sketches: Sketches, pairs: Whole) -> Whole:
    """Return for each pair the shingles that both have, and those of each; shape (pairs, 3)."""
    level = sketches.levels[pairs].max(axis=1).astype(np.uint64)
    sides = []
    for texts in pairs.T:
        prints, pair = sketches.of(texts)
        inside = prints.astype(np.uint64) >> (_HALF - level[pair]) == 0
        sides.append(_keys(pair[inside], prints[inside]))
    # Two rising runs: the stable sort merges them, several times faster than a search.
    merged = np.sort(np.concatenate(sides), kind="stable")
    both = merged[1:][merged[1:] == merged[:-1]]
    counts = [
        np.bincount((keys >> _HALF).astype(np.int64), minlength=len(pairs))
        for keys in (both, *sides)
    ]
    return np.stack(counts, axis=1)


def clusters(sketches: Sketches, pairs: Whole) -> Whole:
    """Return the representative of each text, itself where it has no other.

    ``pairs`` are copies. Texts joined by a chain of them form a cluster under the one printed
    first, but for those that have less than half of the shorter text in common with it: what
    a chain has led away from the first is clustered anew among itself.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    heads = np.arange(len(sketches.sizes))
    while len(pairs):
        texts, ends = np.unique(pairs, return_inverse=True)
        ends = ends.reshape(pairs.shape)
        graph = coo_array((np.ones(len(ends), bool), tuple(ends.T)), (len(texts), len(texts)))
        component = connected_components(graph, directed=False)[1]
        # Texts rise, so that the first place of a component is that of its first text.
        first = texts[np.unique(component, return_index=True)[1]][component]
        likeness = compare(sketches, np.stack([first, texts], axis=1))
        held = likeness.containment >= _HELD
        heads[texts[held]] = first[held]
        pairs = pairs[~held[ends].any(axis=1)]
    return heads


def _keys(upper: npt.NDArray, lower: npt.NDArray) -> Keys:
    return (upper.astype(np.uint64) << _HALF) | lower.astype(np.uint64)


def _among(values: npt.NDArray, rising: npt.NDArray) -> Flags:
    """Tell which ``values`` are among those ``rising``."""
    if not len(rising):
        return np.zeros(len(values), bool)
    at = np.minimum(np.searchsorted(rising, values), len(rising) - 1)
    return rising[at] == values


def _parts(sizes: Whole, slice_: int = _SLICE) -> Iterator[tuple[int, int]]:
    """Give runs, first and beyond the last, of about ``slice_`` of what is counted."""
    ends = sizes.cumsum()
    cuts = np.unique(np.searchsorted(ends, np.arange(0, ends[-1:].sum() + 1, slice_)))
    for first, last in pairwise([*cuts.tolist(), len(sizes)]):
        if first < last:
            yield first, last


def _slices(sketches: Sketches) -> Iterator[tuple[Prints, Whole]]:
    """Give all fingerprints of a range of values with their texts, range by range."""
    n = 1 << (len(sketches.prints) // _SLICE).bit_length()
    first, ends = sketches.starts, sketches.starts + sketches.sizes
    for value in range(n):
        high = ((value + 1) << 32) // n
        # Fingerprints rise within a text: a step in all texts at a time, while below ``high``.
        last, below = first.copy(), np.flatnonzero(first < ends)
        while len(below):
            below = below[sketches.prints[last[below]] < high]
            last[below] += 1
            below = below[last[below] < ends[below]]
        yield Sketches(sketches.prints, first, last - first, sketches.levels).of(
            np.arange(len(first))
        )
        first = last
