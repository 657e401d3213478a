"""Intervals hold the truth as often as they say, over 400 simulated studies each."""

import numpy as np
import pytest

from geostance.bootstrap import generator, percentile_interval, resampled_sums
from geostance.validate.correction import Evidence, corrected_mean
from geostance.validate.intervals import interval

STUDIES = 400
DOCUMENTS = 500


def study(draws):
    """Draw documents: stance, a biased score, and whether the target is truly relevant."""
    truth = draws.choice([-1.0, 0.0, 1.0], DOCUMENTS, p=[0.35, 0.45, 0.2])
    predictions = np.clip(0.7 * truth + 0.2 + draws.normal(scale=0.4, size=DOCUMENTS), -1, 1)
    relevant = draws.random(DOCUMENTS) < np.where(truth < 0, 0.95, 0.8)
    return truth, predictions, relevant.astype(float)


# E[R Y] / E[R] of the studies above.
MEAN_OF_RELEVANT = (-0.35 * 0.95 + 0.2 * 0.8) / (0.35 * 0.95 + 0.65 * 0.8)
MEAN = -0.15


def share_covered(chance_of, *, only_relevant=False, power=None, copies=1):
    aim = MEAN_OF_RELEVANT if only_relevant else MEAN
    covered = 0
    for seed in range(STUDIES):
        draws = np.random.default_rng(seed)
        truth, predictions, relevant = study(draws)
        if not only_relevant:
            relevant = np.ones(DOCUMENTS)
        chance = chance_of(predictions)
        seen = draws.random(DOCUMENTS) < chance
        parts = (predictions, truth * relevant * seen, relevant * seen, seen / chance)
        known = Evidence(
            *(np.repeat(part, copies) for part in parts),
            np.repeat(np.arange(DOCUMENTS), copies),
            np.zeros(DOCUMENTS * copies, int),
        )
        low, high = interval(corrected_mean(known, power), 0.95, (-1.0, 1.0))
        covered += low <= aim <= high
    return covered / STUDIES


def equal(predictions):
    return np.full(len(predictions), 0.25)


def steep(predictions):
    return 0.1 + 0.4 * np.abs(predictions)


@pytest.mark.parametrize("chance_of", [equal, steep])
@pytest.mark.parametrize("only_relevant", [False, True])
def test_corrected_intervals(chance_of, only_relevant):
    assert 0.92 <= share_covered(chance_of, only_relevant=only_relevant) <= 0.98


@pytest.mark.parametrize("chance_of", [equal, steep])
def test_intervals_from_labels_alone(chance_of):
    assert 0.92 <= share_covered(chance_of, only_relevant=True, power=0.0) <= 0.98


def test_corrected_intervals_with_copies():
    assert 0.92 <= share_covered(equal, copies=3) <= 0.98


def test_bootstrap_intervals_over_clusters():
    covered = 0
    for seed in range(STUDIES):
        draws = np.random.default_rng(seed)
        values, copies = draws.choice([-1.0, 0.0, 1.0], 150), draws.integers(1, 4, 150)
        sums = np.stack([values * copies, copies], axis=1)
        totals = resampled_sums(sums, 300, generator(seed, "coverage"))
        low, high = percentile_interval(totals[:, :1] / totals[:, 1:], 0.95)
        covered += low[0] <= 0 <= high[0]
    assert 0.92 <= covered / STUDIES <= 0.98
