import numpy as np
import pytest

from geostance.bootstrap import generator, percentile_interval, resampled_sums


def test_replicates_spread_as_the_mean_does():
    values = np.random.default_rng(1).normal(size=400)
    sums = resampled_sums(np.stack([values, np.ones(400)], axis=1), 2000, generator(1, "x"))
    assert (sums[:, 1] == 400).all()
    assert (sums[:, 0] / 400).std() == pytest.approx(values.std() / 20, rel=0.05)


def test_the_same_seed_and_name_give_the_same_draws():
    assert generator(1, "nato").random() == generator(1, "nato").random()
    assert generator(1, "nato").random() != generator(1, "russia").random()
    assert generator(1, "nato").random() != generator(2, "nato").random()


def test_the_interval_leaves_out_what_does_not_exist():
    replicates = np.column_stack(
        [
            np.linspace(0, 1, 101),
            np.full(101, np.nan),
            np.ones(101),
            [np.nan, *np.linspace(0, 1, 100)],
        ]
    )
    low, high = percentile_interval(replicates, 0.9)
    assert low == pytest.approx([0.05, np.nan, np.nan, 0.05], nan_ok=True)
    assert high == pytest.approx([0.95, np.nan, np.nan, 0.95], nan_ok=True)
