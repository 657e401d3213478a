"""The nearest documents of each, exactly, in the same order on every run."""

from typing import NamedTuple

import numpy as np

# Of 5 to 15, measured on French press items: more find fewer outliers, fewer more chance votes.
NEIGHBOURS = 10
# Cells of a block of similarities held in memory at a time.
_CELLS = 1 << 26
# Cosines that differ by less are equal, so that rounding does not decide between copies.
_DIGITS = 6
# References of which the nearest alone is looked at first.
_STRETCH = 64


class Neighbours(NamedTuple):
    """``rows`` (n, k) of the references, nearest first, and their ``weights``, none negative."""

    rows: np.ndarray
    weights: np.ndarray


def nearest(queries: np.ndarray, references: np.ndarray, k: int = NEIGHBOURS) -> Neighbours:
    """Return the ``k`` references (fewer if there are fewer) nearest to each unit vector.

    Of equally near ones those that come first. A weight is the cosine; where none of a query's
    is above 0 all weigh the same.
    """
    k = min(k, len(references))
    rows = np.zeros((len(queries), k), np.int64)
    weights = np.zeros((len(queries), k))
    step = max(1, _CELLS // max(1, len(references)))
    for start in range(0, len(queries), step):
        block = slice(start, start + step)
        rows[block], weights[block] = _largest(queries[block] @ references.T, k)
    weights = np.maximum(weights, 0)
    weights[~weights.any(axis=1)] = 1
    return Neighbours(rows, weights)


def _largest(similarity: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return columns and values of the ``k`` largest of each row, rounded, the largest first.

    They stand in the ``k`` stretches with the largest maxima: one pass finds these, where
    ordering the whole row would take several times as long as the cosines themselves.
    """
    n_rows, n_columns = similarity.shape
    whole = n_columns // _STRETCH * _STRETCH
    peaks = [similarity[:, :whole].reshape(n_rows, -1, _STRETCH).max(axis=2)]
    if whole < n_columns:
        peaks.append(similarity[:, whole:].max(axis=1, keepdims=True))
    maxima = np.concatenate(peaks, axis=1)
    best = _first(_places(maxima, np.arange(maxima.shape[1])), min(k, maxima.shape[1]))
    columns = (best[:, :, None] * _STRETCH + np.arange(_STRETCH)).reshape(n_rows, -1)
    values = np.take_along_axis(similarity, np.minimum(columns, n_columns - 1), axis=1)
    # The last stretch may be shorter.
    places = np.where(columns < n_columns, _places(values, columns), np.iinfo(np.int64).max)
    found = _first(places, k)
    order = np.argsort(np.take_along_axis(places, found, axis=1), axis=1)
    found = np.take_along_axis(found, order, axis=1)
    return (
        np.take_along_axis(columns, found, axis=1),
        np.round(np.take_along_axis(values, found, axis=1), _DIGITS),
    )


def _places(values: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return whole numbers that order ``values`` by size, equal ones by their column."""
    steps = np.rint(np.round(values, _DIGITS).astype(float) * 10**_DIGITS).astype(np.int64)
    return (columns.max(initial=0) + 1) * -steps + columns


def _first(places: np.ndarray, k: int) -> np.ndarray:
    return np.argpartition(places, k - 1, axis=1)[:, :k]
