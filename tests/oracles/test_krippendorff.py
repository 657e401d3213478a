import numpy as np
import pytest

from geostance.validate.reliability import alpha, coincidences

krippendorff = pytest.importorskip("krippendorff")


@pytest.mark.parametrize("metric", ["nominal", "ordinal"])
@pytest.mark.parametrize("seed", range(10))
def test_alpha_is_that_of_the_package(metric, seed):
    draws = np.random.default_rng(seed)
    truth = draws.integers(0, 4, 60)
    coders = np.where(draws.random((3, 60)) < 0.7, truth, draws.integers(0, 4, (3, 60)))
    given = draws.random((3, 60)) < 0.8
    counts = ((coders.T[:, :, None] == np.arange(4)) & given.T[:, :, None]).sum(axis=1)
    expected = krippendorff.alpha(value_counts=counts, level_of_measurement=metric)
    found = alpha(coincidences(counts).sum(axis=0), metric)
    assert found == pytest.approx(expected, rel=0, abs=1e-8)
