"""Intervals and tests from an estimate, its standard error and its degrees of freedom."""

import numpy as np

from geostance.validate.correction import Corrected

# Rounding leaves a hair of width.
_NO_WIDTH = 1e-9

Bounds = tuple[float, float]


def interval(
    found: Corrected, confidence: float, bounds: Bounds | None = None
) -> tuple[float | None, float | None]:
    """Return low and high end, none where there is no width: it would claim certainty.

    Inside ``bounds`` [0, 1] the figure is a share, and its interval Wilson's at the effective
    size p (1 − p) / SE²: a rare class seen a few times has no symmetric interval. Elsewhere it
    is Student's t, cut to the bounds.

    Source: Wilson 1927; Dean & Pagano 2015 (Survey Methodology 41) for effective sizes.
    """
    t = _quantile((1 + confidence) / 2, found.degrees)
    middle, reach = found.estimate, t * found.standard_error
    if bounds == (0.0, 1.0) and 0 < middle < 1 and reach > 0:
        ratio = reach**2 / (middle * (1 - middle))  # t² / effective size
        centre = (middle + ratio / 2) / (1 + ratio)
        reach = np.sqrt(ratio * middle * (1 - middle) + ratio**2 / 4) / (1 + ratio)
        middle = centre
    low, high = np.clip((middle - reach, middle + reach), *(bounds or (-np.inf, np.inf)))
    # Written so that NaN, too, gives none.
    return (float(low), float(high)) if high - low > _NO_WIDTH else (None, None)


def p_value(found: Corrected) -> float | None:
    """Return the two-sided p-value of "it is 0" by Student's t; none without a standard error."""
    from scipy.special import stdtr

    if not found.standard_error > 0:
        return None
    return float(2 * stdtr(found.degrees, -abs(found.estimate) / found.standard_error))


def holm(values: list[float | None]) -> list[float | None]:
    """Return the p-values of one family of comparisons, adjusted; none stays none.

    Source: Holm 1979, A simple sequentially rejective multiple test procedure.
    """
    known = sorted((value, place) for place, value in enumerate(values) if value is not None)
    adjusted: list[float | None] = [None] * len(values)
    highest = 0.0
    for rank, (value, place) in enumerate(known):
        highest = max(highest, min(1.0, value * (len(known) - rank)))
        adjusted[place] = highest
    return adjusted


def _quantile(share: float, degrees: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(degrees, share))
