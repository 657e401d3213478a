"""Measures of agreement as functions of sums: a resample of documents is a sum of theirs."""

from collections.abc import Callable

import numpy as np

from geostance.validate.portrayal import CLASSES
from geostance.validate.reliability import alpha

# A measure by name, as a function of totals of shape (..., n_columns).
Measures = dict[str, Callable[[np.ndarray], np.ndarray]]

_VALUES = np.array(list(CLASSES))


def confusion(given: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Return each row's 3 × 3 confusion matrix (given, predicted), flattened; shape (n, 9).

    A class that is NaN (a label that is no stance) leaves its row empty.
    """
    rows, columns = given[:, None] == _VALUES, predicted[:, None] == _VALUES
    return (rows[:, :, None] & columns[:, None, :]).reshape(-1, 9).astype(float)


def detection(relevant: np.ndarray, detected: np.ndarray) -> np.ndarray:
    """Return found and relevant, found, relevant of each row; shape (n, 3)."""
    return np.stack([relevant & detected, detected, relevant], axis=1).astype(float)


def moments(known: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return n, x, y, x², y², xy of each row that is ``known``, else zeros; shape (n, 6)."""
    x, y = np.where(known, one, 0.0), np.where(known, other, 0.0)
    return np.stack([known, x, y, x**2, y**2, x * y], axis=1).astype(float)


def square(totals: np.ndarray) -> np.ndarray:
    """Return flattened matrices (..., n²) as matrices (..., n, n)."""
    size = int(np.sqrt(totals.shape[-1]))
    return totals.reshape(*totals.shape[:-1], size, size)


def ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Return the quotient, NaN where the denominator is not positive."""
    numerator, denominator = np.broadcast_arrays(
        np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    )
    empty = np.full(numerator.shape, np.nan)
    return np.divide(numerator, denominator, out=empty, where=denominator > 0)


def f1(totals: np.ndarray) -> np.ndarray:
    """Return the F1 of each class, 2 hits / (labels + predictions); shape (..., 3)."""
    matrix = square(totals)
    hits = np.diagonal(matrix, axis1=-2, axis2=-1)
    return ratio(2 * hits, matrix.sum(axis=-1) + matrix.sum(axis=-2))


def macro_f1(totals: np.ndarray) -> np.ndarray:
    """Return the mean F1 over the classes that the labels hold.

    A class in no label is left out whatever was predicted: scorers are then compared over
    the same classes, and one wrong favourable of many does not cost a third.
    """
    held = square(totals).sum(axis=-1) > 0
    return ratio(np.where(held, f1(totals), 0).sum(axis=-1), held.sum(axis=-1))


def accuracy(totals: np.ndarray) -> np.ndarray:
    """Return the share of the diagonal."""
    return ratio(np.trace(square(totals), axis1=-2, axis2=-1), totals.sum(axis=-1))


def correlation(totals: np.ndarray) -> np.ndarray:
    """Return Pearson's correlation from the sums of :func:`moments`, NaN where one is constant."""
    n, x, y, xx, yy, xy = np.moveaxis(totals, -1, 0)
    spread = np.maximum(n * xx - x**2, 0) * np.maximum(n * yy - y**2, 0)
    # A constant score leaves rounding errors, not spread.
    return ratio(n * xy - x * y, np.sqrt(np.where(spread > 1e-9 * n**4, spread, 0)))


def rank_correlation(one: np.ndarray, other: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return Spearman's correlation of two variables under each column of weights.

    Equal values share the mean of their ranks; an observation of weight w counts as w of them, so
    that the weights of a resample give the ranks within it.

    Args:
        one: values, shape (n,).
        other: values, shape (n,).
        weights: shape (n, n_columns).

    Returns:
        Correlations, shape (n_columns,), NaN where a variable is constant.
    """
    ranks = [_midranks(values, weights) for values in (one, other)]
    total = weights.sum(axis=0)
    x, y = (rank - ratio((weights * rank).sum(axis=0), total) for rank in ranks)
    spread = (weights * x**2).sum(axis=0) * (weights * y**2).sum(axis=0)
    return ratio(
        (weights * x * y).sum(axis=0), np.sqrt(np.where(spread > 1e-9 * total**6, spread, 0))
    )


def _midranks(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    distinct, codes = np.unique(values, return_inverse=True)
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(len(distinct)))
    held = np.add.reduceat(weights[order], starts, axis=0)
    return (np.cumsum(held, axis=0) - held / 2)[codes]


def alpha_of_confusion(totals: np.ndarray) -> np.ndarray:
    """Return Krippendorff's ordinal alpha of two coders whose values are the rows and columns."""
    matrix = square(totals)
    return alpha(matrix + np.swapaxes(matrix, -2, -1), "ordinal")


OF_CONFUSION: Measures = {
    "macro_f1": macro_f1,
    **{
        f"f1_{name}": lambda totals, column=column: f1(totals)[..., column]
        for column, name in enumerate(CLASSES.values())
    },
    "accuracy": accuracy,
    "alpha_ordinal": alpha_of_confusion,
}
