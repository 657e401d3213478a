"""Partial pooling: estimates of small groups drawn toward the mean of their family."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np

from geostance.settings.validation import ValidationSettings
from geostance.validate.correction import Corrected, Evidence, corrected_mean
from geostance.validate.population import QUANTITIES, Population


class Pooled(NamedTuple):
    """Shrunken estimates, their standard errors, and B, in arrays of one entry per group."""

    estimates: np.ndarray
    standard_errors: np.ndarray
    shrinkage: np.ndarray


def pooled(
    population: Population, settings: ValidationSettings
) -> Iterator[tuple[int, int, Corrected | None, str | None]]:
    """Yield the pooled estimate of each group and quantity, or the reason why there is none.

    A family are the groups of one grouping. Those with ``pooled_labels`` labels are pooled where
    they are ``pooled_groups`` at least; the others have too few. The share of the scores that is
    used is that of all documents together: a few labels cannot say it.

    Yields:
        Number of the cell, column of the quantity, estimate, reason.
    """
    powers = [
        corrected_mean(population.evidence(column, population.members[0])).power
        for column in range(len(QUANTITIES))
    ]
    numbered = enumerate(grouping for grouping, _ in population.cells)
    for grouping, family in groupby(numbered, key=lambda cell: cell[1]):
        if grouping == "all":
            continue
        counts = {cell: population.n_labels(population.members[cell]) for cell, _ in family}
        able = [cell for cell, n_labels in counts.items() if n_labels >= settings.pooled_labels]
        enough = len(able) >= settings.pooled_groups
        for column, power in enumerate(powers):
            reason = f"too few groups to pool: {len(able)} of {settings.pooled_groups}"
            found: list[Corrected] | None = None
            if enough:
                reason = "all labels agree: nothing says how sure they are"
                found = pool(
                    [population.evidence(column, population.members[c]) for c in able], power
                )
            of_cell = dict(zip(able, found or [None] * len(able), strict=True))
            for cell, n_labels in counts.items():
                if cell not in of_cell:
                    lacking = f"too few labels: {n_labels} of {settings.pooled_labels}"
                    yield cell, column, None, lacking
                else:
                    yield cell, column, of_cell[cell], None if of_cell[cell] else reason


def pool(evidence: Sequence[Evidence], power: float) -> list[Corrected] | None:
    """Return the pooled means of the groups of a family; None where their labels do not vary.

    Args:
        evidence: of each group, at least 4.
        power: λ of :func:`corrected_mean`, the same for all.
    """
    own = [corrected_mean(one, power) for one in evidence]
    sizes = np.array([_effective_size(one) for one in evidence])
    variances = smoothed(np.array([one.standard_error**2 for one in own]), sizes)
    if not (variances > 0).all():
        return None
    found = shrunken(np.array([one.estimate for one in own]), variances)
    degrees = float(np.maximum(sizes - 1, 0).sum())
    return [
        Corrected(float(estimate), float(error), degrees, power)
        for estimate, error in zip(found.estimates, found.standard_errors, strict=True)
    ]


def _effective_size(evidence: Evidence) -> float:
    """Return the effective number of relevant labels, copies of one text together (Kish 1965)."""
    codes = np.unique(evidence.clusters, return_inverse=True)[1]
    weights = np.bincount(codes, evidence.weights * evidence.relevant)
    return float(weights.sum() ** 2 / (weights**2).sum())


def smoothed(variances: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return sampling variances that share one variance of a single label.

    The variance of a mean of a few labels is hardly known itself, and 0 where they agree. So that
    of one label, n V, is averaged over the family, weighted by n − 1, and divided by n.

    Args:
        variances: V, of each group's own estimate.
        sizes: n, its effective number of labels.

    Source: Wolter 2007, Introduction to Variance Estimation, ch. 7 (generalised variance
    functions): the usual way to the variances that :func:`shrunken` takes for known.
    """
    left = np.maximum(sizes - 1, 0)
    # That of a single label is not known, and counts for nothing.
    known = np.where(left > 0, variances, 0)
    return float(left @ (sizes * known)) / left.sum() / sizes


def shrunken(estimates: np.ndarray, variances: np.ndarray) -> Pooled:
    """Return the empirical-Bayes means of groups that are alike but for chance and a spread A.

    The area-level model of Fay and Herriot without covariates: y_i is drawn about θ_i with the
    known variance V_i, and θ_i about μ with A, found by restricted maximum likelihood. With
    w_i = 1 / (V_i + A), k groups and μ̂ the mean of y weighted by w,

        B_i = (k − 3)/(k − 1) · V_i w_i,
        θ̂_i = (1 − B_i) y_i + B_i μ̂,
        s_i² = V_i (1 − (1 − w_i / Σw) B_i) + 2/(k − 3) · B_i² (V̄ + A) w_i (y_i − μ̂)²,

    V̄ the mean of V weighted by w. The factor of B_i and the last part are Morris's: A is not
    known, and without them intervals are too short, the more so where A is found to be 0.

    Args:
        estimates: y, of at least 4 groups.
        variances: V, above 0.

    Source: Fay & Herriot 1979, JASA 74; Morris 1983, JASA 78; Rao & Molina 2015, Small Area
    Estimation, ch. 6 and 9.
    """
    k = len(estimates)
    spread = _spread(estimates, variances)
    weights = 1 / (variances + spread)
    mean = float(weights @ estimates) / weights.sum()
    shrinkage = (k - 3) / (k - 1) * variances * weights
    away = estimates - mean
    level = float(weights @ variances) / weights.sum() + spread
    unknown = 2 / (k - 3) * shrinkage**2 * level * weights * away**2
    known = variances * (1 - (1 - weights / weights.sum()) * shrinkage)
    return Pooled(mean + (1 - shrinkage) * away, np.sqrt(known + unknown), shrinkage)


def _spread(estimates: np.ndarray, variances: np.ndarray) -> float:
    """Return A by restricted maximum likelihood, at least 0."""
    from scipy.optimize import minimize_scalar

    def deviance(spread: float) -> float:
        weights = 1 / (variances + spread)
        mean = float(weights @ estimates) / weights.sum()
        squares = float(weights @ (estimates - mean) ** 2)
        return squares - float(np.log(weights).sum()) + float(np.log(weights.sum()))

    most = float(np.ptp(estimates)) ** 2
    if most == 0:
        return 0.0
    found = minimize_scalar(
        deviance, bounds=(0, most), method="bounded", options={"xatol": most * 1e-6}
    )
    return float(found.x) if found.fun < deviance(0.0) else 0.0
