"""How far the topics of two fits hold the same documents, and which belong together."""

import numpy as np


def jaccard(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the Jaccard overlap of each topic of ``first`` with each of ``second``.

    Only documents that both fits saw count: those a subsample left out are no sign of
    disagreement.

    Args:
        first: topics of n documents, numbered from 0; negative outside any topic. −2 where
            the fit did not see the document.
        second: the same of another fit.

    Returns:
        Shares in [0, 1], shape (topics of first, topics of second).
    """
    # The highest numbers of all, though the documents that bear them may be unseen by the other.
    shape = (first.max(initial=-1) + 1, second.max(initial=-1) + 1)
    both = (first != -2) & (second != -2)
    one, other = first[both], second[both]
    inside = (one >= 0) & (other >= 0)
    cells = np.bincount(one[inside] * shape[1] + other[inside], minlength=shape[0] * shape[1])
    common = cells.reshape(shape)
    sizes = [
        np.bincount(part[part >= 0], minlength=n)
        for part, n in zip((one, other), shape, strict=True)
    ]
    union = sizes[0][:, None] + sizes[1][None, :] - common
    return common / np.maximum(union, 1)


def matched(overlap: np.ndarray, level: float, alike: np.ndarray | None = None) -> np.ndarray:
    """Return for each row the column that belongs to it, or −1; each column is taken once.

    As many rows as possible find a counterpart at ``level`` or above; then the sum of the
    overlaps is greatest. ``alike`` (the same shape, in [0, 1]) decides between equals.

    Source: Kuhn 1955 (assignment problem); Hennig 2007, Computational Statistics & Data
    Analysis 52(1) (Jaccard overlap of clusters under resampling).
    """
    from scipy.optimize import linear_sum_assignment

    found = np.full(len(overlap), -1)
    if not overlap.size:
        return found
    worth = overlap + (overlap >= level) * min(overlap.shape)
    if alike is not None:
        worth = worth + 1e-6 * alike
    rows, columns = linear_sum_assignment(-worth)
    real = overlap[rows, columns] > 0
    found[rows[real]] = columns[real]
    return found


def word_overlap(first: list[set[str]], second: list[set[str]]) -> np.ndarray:
    """Return the Jaccard overlap of each set of ``first`` with each of ``second``."""
    return np.array(
        [[len(a & b) / max(1, len(a | b)) for b in second] for a in first], dtype=float
    ).reshape(len(first), len(second))
