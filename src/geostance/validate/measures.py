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
