"""Whether a scorer's probabilities are as often right as they say."""

from collections.abc import Iterator

import numpy as np

from geostance.settings.validation import ValidationSettings
from geostance.validate.measures import ratio
from geostance.validate.portrayal import CLASSES
from geostance.validate.resampling import bounded

# Equal steps of the largest probability in which calibration is looked at.
BINS = 10
# Columns of sums in which :func:`binned` counts.
BINNED = 3 * BINS

_VALUES = np.array(list(CLASSES))


def squared_errors(known: np.ndarray, label: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Return known and squared error of each row, Σ (p_class − [label is class])²; shape (n, 2).

    Source: Brier 1950, Verification of forecasts expressed in terms of probability.
    """
    errors = ((probabilities - (label[:, None] == _VALUES)) ** 2).sum(axis=1)
    return np.stack([known, np.where(known, errors, 0)], axis=1).astype(float)


def brier(totals: np.ndarray) -> np.ndarray:
    """Return the mean of :func:`squared_errors`, in [0, 2]; less is better."""
    return ratio(totals[..., 1], totals[..., 0])


def binned(known: np.ndarray, stated: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return known, largest probability and right, each in the column of its bin; (n, 30)."""
    at = np.minimum((stated * BINS).astype(int), BINS - 1)
    inside = known[:, None] & (at[:, None] == np.arange(BINS))
    return np.hstack([inside, inside * stated[:, None], inside * right[:, None]]).astype(float)


def calibration_error(totals: np.ndarray) -> np.ndarray:
    """Return the expected calibration error from the sums of :func:`binned`.

    Source: Guo et al. 2017, arXiv:1706.04599, equation 3.
    """
    n, stated, right = np.split(totals, 3, axis=-1)
    return ratio(np.abs(stated - right).sum(axis=-1), n.sum(axis=-1))


def reliability_rows(
    sums: np.ndarray, totals: np.ndarray, settings: ValidationSettings
) -> Iterator[tuple[float | int | None, ...]]:
    """Yield ends, mean probability, share right with its interval, and labels of each bin.

    An empty bin has no row; one with fewer than ``min_group`` labels no interval.

    Args:
        sums: unweighted columns of :func:`binned`, a row per cluster.
        totals: weighted; first the labels as they are, then the resamples.
        settings: the section ``validation``.
    """
    n, stated, right = np.split(totals, 3, axis=-1)
    counts = sums[:, :BINS].sum(axis=0)
    for step in np.flatnonzero(counts):
        n_labels = round(float(counts[step]))
        yield (
            step / BINS,
            (step + 1) / BINS,
            float(stated[0, step] / n[0, step]),
            *bounded(ratio(right[:, step], n[:, step]), n_labels >= settings.min_group, settings),
            n_labels,
        )
