"""Intervals and tests from an estimate, its standard error and its degrees of freedom."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from geostance.proportions import wilson
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

    Source: Dean & Pagano 2015 (Survey Methodology 41) for effective sizes.
    """
    t = _quantile((1 + confidence) / 2, found.degrees)
    middle, error = found.estimate, found.standard_error
    if bounds == (0.0, 1.0) and 0 < middle < 1 and error > 0:
        return within(*wilson(middle, middle * (1 - middle) / error**2, t), bounds)
    return within(middle - t * error, middle + t * error, bounds)


def within(
    low: float, high: float, bounds: Bounds | None = None
) -> tuple[float | None, float | None]:
    """Return the ends cut to ``bounds``, none where nothing is left between them, or NaN."""
    low, high = np.clip((low, high), *(bounds or (-np.inf, np.inf)))
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


class Tested(NamedTuple):
    """A comparison by itself, and as one of a family of ``n_compared`` that could be tested."""

    low: float | None
    high: float | None
    # Ends of intervals that hold all comparisons of the family at once (Bonferroni).
    low_all: float | None
    high_all: float | None
    p_value: float | None
    p_adjusted: float | None
    n_compared: int


def family(found: Sequence[Corrected], confidence: float) -> list[Tested]:
    """Return what can be said of each comparison of one family.

    Source: Dunn 1961, JASA 56, for intervals that hold at once, whatever hangs together;
    :func:`holm`.
    """
    tests = [p_value(one) for one in found]
    n_compared = sum(test is not None for test in tests)
    at_once = 1 - (1 - confidence) / max(n_compared, 1)
    return [
        Tested(*interval(one, confidence), *interval(one, at_once), test, adjusted, n_compared)
        for one, test, adjusted in zip(found, tests, holm(tests), strict=True)
    ]


def _quantile(share: float, degrees: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(degrees, share))
