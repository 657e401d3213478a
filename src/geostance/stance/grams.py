"""Hashed n-grams of a masked passage's tokens: words, triples, what stands near the mention.

Weighted by how rare they are, each view of a row scaled to length one.
"""

import numpy as np
from scipy import sparse

# Bits of the hash space of each view.
VIEWS = {"words": 16, "triples": 16, "places": 16}

# Tokens of the surroundings of a mention, and those close to it.
_NEAR, _CLOSE = 8, 2
_SALT = np.uint64(0x9E3779B97F4A7C15)
_STEP = np.uint64(0xC2B2AE3D27D4EB4F)


def gram_matrix(ids: np.ndarray, target: int) -> sparse.csr_matrix:
    """Return 1 + log of counts (n, sum of the views' sizes) of padded token numbers (n, length).

    0 is padding and ``target`` the token of the mention. Columns stand in the order of
    ``VIEWS``; a row does not depend on the others.
    """
    n = len(ids)
    real = ids != 0
    single = _mix((ids.astype(np.uint64) + np.uint64(1)) * _SALT)
    pair = _join(single[:, :-1], single[:, 1:])
    triple = _join(pair[:, :-1], single[:, 2:])
    gap = _gaps(ids == target)
    near = (np.abs(gap) <= _NEAR) & (gap != 0) & real
    close = (np.abs(gap) <= _CLOSE) & near
    side = np.where(gap < 0, 1, 2).astype(np.uint64)
    views = {
        "words": [(single, real), (pair, real[:, 1:])],
        "triples": [(triple, real[:, 2:])],
        "places": [
            (_join(single, side), near),
            (_join(single, (gap + 20).astype(np.uint64)), close),
            (_join(pair, side[:, :-1] + np.uint64(40)), near[:, :-1] & near[:, 1:]),
            (_join(single, np.full(ids.shape, 60, np.uint64)), ~near & real),
        ],
    }
    rows = np.arange(n, dtype=np.int64)[:, None]
    width, keys = sum(1 << bits for bits in VIEWS.values()), []
    for (name, bits), first in zip(VIEWS.items(), _starts(), strict=True):
        for hashes, kept in views[name]:
            columns = (_mix(hashes) >> np.uint64(64 - bits)).astype(np.int64) + first
            keys.append((rows * width + columns)[kept])
    found, counts = np.unique(np.concatenate(keys), return_counts=True)
    ends = np.searchsorted(found, np.arange(n + 1) * width)
    values = (1 + np.log(counts)).astype(np.float32)
    return sparse.csr_matrix((values, found % width, ends), shape=(n, width))


def weighted(grams: sparse.csr_matrix, rarity: np.ndarray) -> sparse.csr_matrix:
    """Weigh columns by ``rarity`` and scale each view of each row to length one."""
    row = np.repeat(np.arange(grams.shape[0]), np.diff(grams.indptr))
    view = np.searchsorted(_starts(), grams.indices, side="right") - 1
    values = grams.data * rarity[grams.indices]
    group = row * len(VIEWS) + view
    squares = np.bincount(group, weights=values**2, minlength=grams.shape[0] * len(VIEWS))
    values = values / np.sqrt(np.maximum(squares, 1e-12))[group]
    return sparse.csr_matrix((values, grams.indices, grams.indptr), shape=grams.shape)


def _gaps(marks: np.ndarray) -> np.ndarray:
    """Return each token's signed distance to the nearest mark; far where a row has none."""
    n, length = marks.shape
    place = np.broadcast_to(np.arange(length), (n, length))
    far = 4 * length
    before = place - np.maximum.accumulate(np.where(marks, place, -far), axis=1)
    after = np.minimum.accumulate(np.where(marks, place, far)[:, ::-1], axis=1)[:, ::-1] - place
    return np.where(before <= after, before, -after)


def _starts() -> np.ndarray:
    return np.cumsum([0, *(1 << bits for bits in VIEWS.values())])[:-1]


def _join(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return _mix(left * _SALT + right)


def _mix(hashes: np.ndarray) -> np.ndarray:
    hashes = (hashes ^ (hashes >> np.uint64(29))) * _STEP
    return hashes ^ (hashes >> np.uint64(32))
