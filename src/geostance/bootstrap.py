"""Percentile bootstrap of statistics that are functions of sums over clusters."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# Replicates drawn at once: bounds the memory at this many weights per cluster.
_CHUNK = 64


def generator(seed: int, name: str) -> np.random.Generator:
    """Return the generator of ``name``: its draws do not hang on what else is studied."""
    return np.random.default_rng([seed, *name.encode()])


def resampled_counts(
    n_clusters: int, samples: int, generator: np.random.Generator
) -> Iterator[np.ndarray]:
    """Yield how often each cluster was drawn, some replicates at a time; (n_clusters, n_drawn)."""
    for start in range(0, samples, _CHUNK):
        drawn = [
            np.bincount(generator.integers(n_clusters, size=n_clusters), minlength=n_clusters)
            for _ in range(start, min(start + _CHUNK, samples))
        ]
        yield np.stack(drawn, axis=1).astype(np.float64)


def resampled_sums(
    sums: "np.ndarray | csr_array", samples: int, generator: np.random.Generator
) -> np.ndarray:
    """Return the column totals of ``samples`` resamples of the rows, drawn with replacement.

    A statistic that is a function of totals (a mean, a confusion matrix, a correlation)
    needs no resampled data: multinomial counts times the clusters' sums give it.

    Args:
        sums: one row per cluster, dense or sparse, shape (n_clusters, n_columns).
        samples: number of replicates.
        generator: source of the draws.

    Returns:
        Totals, shape (samples, n_columns).

    Source: Efron & Tibshirani 1993, An Introduction to the Bootstrap, ch. 6 and 13;
    whole clusters are drawn, so that copies of one text stay together (Field & Welsh 2007).
    """
    from scipy.sparse import csr_array

    # Sparse even for dense sums: one thread, so the same bits on every machine.
    columns = csr_array(sums.T)
    totals = np.empty((samples, sums.shape[1]))
    done = 0
    for counts in resampled_counts(sums.shape[0], samples, generator):
        totals[done : (done := done + counts.shape[1])] = (columns @ counts).T
    return totals


def percentile_interval(replicates: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the lower and upper ends of each column.

    Replicates in which a statistic does not exist (an empty group, a constant score)
    are NaN and are left out. Both ends are NaN where no replicate is left, and where
    all are the same: an interval without width would claim certainty.
    """
    bounds = np.full((2, replicates.shape[1]), np.nan)
    known = ~np.isnan(replicates).all(axis=0)
    tail = (1 - confidence) / 2
    bounds[:, known] = np.nanquantile(replicates[:, known], [tail, 1 - tail], axis=0)
    # Sums in another order leave a hair of width.
    bounds[:, bounds[1] - bounds[0] < 1e-9] = np.nan
    return bounds[0], bounds[1]
