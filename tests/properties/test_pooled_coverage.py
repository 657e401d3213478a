"""Pooled intervals hold the truth over all groups, and are nearer to it than the groups' own."""

import numpy as np
import pytest

from geostance.validate.correction import Evidence, corrected_mean
from geostance.validate.intervals import interval
from geostance.validate.pooling import pool

STUDIES, GROUPS = 60, 12


def groups_of(draws, spread):
    """Draw groups of 30 to 90 texts, 6 to 18 of them labelled, and their true means."""
    means = draws.normal(-0.1, spread, GROUPS).clip(-0.7, 0.7)
    evidence = []
    for mean in means:
        size = int(draws.integers(30, 91))
        truth = draws.choice([-1.0, 0.0, 1.0], size, p=[0.35 - mean / 2, 0.3, 0.35 + mean / 2])
        score = 0.5 * truth + 0.2 + draws.normal(scale=0.4, size=size)
        seen = np.arange(size) < size // 5
        columns = score, truth * seen, seen * 1.0, seen * size / seen.sum()
        evidence.append(Evidence(*columns, np.arange(size), np.zeros(size, int)))
    return means, evidence


@pytest.mark.parametrize("spread", [0.0, 0.1, 0.3])
def test_pooled_means_hold_the_truth_and_are_nearer_to_it(spread):
    held, squares, own = [], [], []
    for seed in range(STUDIES):
        means, evidence = groups_of(np.random.default_rng(seed), spread)
        found = pool(evidence, power=1.0)
        for aim, one, group in zip(means, found, evidence, strict=True):
            low, high = interval(one, 0.95, (-1.0, 1.0))
            held.append(low <= aim <= high)
            squares.append((one.estimate - aim) ** 2)
            own.append((corrected_mean(group, 1.0).estimate - aim) ** 2)
    assert np.mean(held) >= 0.93
    assert np.mean(squares) < np.mean(own)
