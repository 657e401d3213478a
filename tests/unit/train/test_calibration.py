import numpy as np
import pytest
from scipy.special import expit, softmax

from geostance.train.calibration import platt, temperature


def test_temperature_undoes_overconfidence():
    random = np.random.default_rng(0)
    true = random.normal(size=(20_000, 3))
    labels = np.array([random.choice(3, p=row) for row in softmax(true, axis=1)])
    assert temperature(4 * true, labels, np.ones(len(labels))) == pytest.approx(0.25, abs=0.02)


def test_platt_finds_slope_and_shift():
    random = np.random.default_rng(0)
    values = random.normal(size=20_000)
    labels = random.random(20_000) < expit(2 * values - 1)
    slope, shift = platt(values, labels)
    assert slope == pytest.approx(2, abs=0.15)
    assert shift == pytest.approx(-1, abs=0.1)
