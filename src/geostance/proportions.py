"""The interval of a share that was counted."""

from statistics import NormalDist
from typing import TypeVar

# A number, an array or a column of a table: the formula is the same.
T = TypeVar("T")


def normal_quantile(confidence: float) -> float:
    """Return how many standard errors to each side hold a normal figure with ``confidence``."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


def wilson(share: T, n: T, z: float) -> tuple[T, T]:
    """Return the low and high end of Wilson's interval of a share of ``n`` observations.

    Source: Wilson 1927, JASA 22(158).
    """
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * (share * (1 - share) / n + z**2 / (4 * n**2)) ** 0.5 / (1 + z**2 / n)
    return middle - half, middle + half
