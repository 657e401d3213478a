import warnings

import numpy as np
import pytest

from geostance.validate.correction import Evidence, corrected_mean


@pytest.fixture(scope="module")
def ppi():
    # ppi_py silences every warning when it is imported.
    with warnings.catch_warnings():
        return pytest.importorskip("ppi_py")


def sample(seed, n=2000, labelled=400):
    draws = np.random.default_rng(seed)
    truth = draws.choice([-1.0, 0.0, 1.0], n, p=[0.3, 0.5, 0.2])
    predictions = np.clip(0.6 * truth + 0.1 + draws.normal(scale=0.3, size=n), -1, 1)
    seen = np.zeros(n, dtype=bool)
    seen[draws.permutation(n)[:labelled]] = True
    return truth, predictions, seen, draws.uniform(1, 4, n)


def ours(truth, predictions, seen, weights, power):
    columns = predictions, truth * seen, seen.astype(float), weights * seen
    known = Evidence(*columns, np.arange(len(truth)), np.zeros(len(truth), int))
    return corrected_mean(known, power)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
def test_point_and_interval_at_a_given_power(ppi, seed, power):
    truth, predictions, seen, _ = sample(seed)
    parts = truth[seen], predictions[seen], predictions[~seen]
    # PPI++ averages the other documents, ours all of them: the same with λ (1 − n/N).
    theirs = power * (1 - seen.mean())
    mean = ours(truth, predictions, seen, np.full(len(truth), 1 / seen.mean()), power)
    low, high = ppi.ppi_mean_ci(*parts, alpha=0.05, lam=theirs)
    assert mean.estimate == pytest.approx(
        ppi.ppi_mean_pointestimate(*parts, lam=theirs).item(), abs=1e-8
    )
    assert 2 * 1.959964 * mean.standard_error == pytest.approx((high - low).item(), rel=0.01)


@pytest.mark.parametrize("seed", range(5))
def test_tuned(ppi, seed):
    truth, predictions, seen, _ = sample(seed)
    parts = truth[seen], predictions[seen], predictions[~seen]
    mean = ours(truth, predictions, seen, np.full(len(truth), 1 / seen.mean()), None)
    low, high = ppi.ppi_mean_ci(*parts, alpha=0.05)
    assert mean.estimate == pytest.approx(ppi.ppi_mean_pointestimate(*parts).item(), abs=0.002)
    assert 2 * 1.959964 * mean.standard_error == pytest.approx((high - low).item(), rel=0.02)


@pytest.mark.parametrize("seed", range(5))
def test_unequal_weights(ppi, seed):
    truth, predictions, seen, weights = sample(seed)
    # Given all documents as the unlabelled ones, ppi_py's mean of them is ours.
    theirs = ppi.ppi_mean_pointestimate(
        truth[seen], predictions[seen], predictions, lam=0.7, w=weights[seen]
    )
    assert ours(truth, predictions, seen, weights, 0.7).estimate == pytest.approx(
        theirs.item(), abs=1e-8
    )
