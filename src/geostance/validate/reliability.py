"""Krippendorff's alpha from coincidence matrices."""

from typing import Literal

import numpy as np

Metric = Literal["nominal", "ordinal"]


def coincidences(counts: np.ndarray) -> np.ndarray:
    """Return the coincidence matrix of each unit.

    A unit with m values holds m (m − 1) ordered pairs, each of weight 1 / (m − 1); a unit
    with fewer than two values has none. Matrices of units add up, so that a resample of
    units is a sum of theirs.

    Args:
        counts: how often each value was given, shape (n_units, n_values).

    Returns:
        Coincidences, shape (n_units, n_values, n_values).

    Source: Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, section C.
    """
    pairs = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(counts.shape[1])
    others = counts.sum(axis=1) - 1
    return np.where(others > 0, 1 / np.where(others > 0, others, 1), 0)[:, None, None] * pairs


def alpha(coincidence: np.ndarray, metric: Metric) -> np.ndarray:
    """Return Krippendorff's alpha, 1 − observed / expected disagreement.

    NaN where all values are the same or there is no pair: nothing could have been
    disagreed upon.

    Args:
        coincidence: summed coincidences, values in their order, shape (..., n_values, n_values).
        metric: ``nominal`` (different or not) or ``ordinal`` (how many values lie between).

    Source: Krippendorff 2011, sections C and D; ordinal difference
    δ²(c, k) = (n_c / 2 + Σ_{c<g<k} n_g + n_k / 2)².
    """
    marginal = coincidence.sum(axis=-1)
    if metric == "nominal":
        difference = 1 - np.eye(coincidence.shape[-1])
    else:
        # The mean rank of a value is what lies below it plus half of its own.
        rank = np.cumsum(marginal, axis=-1) - marginal / 2
        difference = (rank[..., :, None] - rank[..., None, :]) ** 2
    observed = (coincidence * difference).sum(axis=(-2, -1))
    chance = (marginal[..., :, None] * marginal[..., None, :] * difference).sum(axis=(-2, -1))
    expected = chance / np.maximum(marginal.sum(axis=-1) - 1, 1)
    return 1 - np.divide(observed, expected, out=np.full_like(expected, np.nan), where=expected > 0)
