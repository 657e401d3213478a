import numpy as np
import polars as pl
import pytest

from geostance.settings.validation import ValidationSettings
from geostance.validate import estimates, populations
from geostance.validate.correction import Evidence
from geostance.validate.pooling import pool, shrunken, smoothed

SETTINGS = ValidationSettings(
    bootstrap_samples=100, min_labels=30, min_group=2, pooled_labels=4, pooled_groups=4
)


def test_one_variance_of_a_label_serves_all_groups():
    # n V is 2 of 2 labels and 4 of 4: (1 · 2 + 3 · 4) / 4.
    assert smoothed(np.array([1.0, 1.0]), np.array([2.0, 4.0])) == pytest.approx([1.75, 0.875])


def test_groups_that_agree_are_drawn_together_and_keep_some_doubt():
    found = shrunken(np.array([0.1, 0.1, 0.1, 0.1, 0.1]), np.full(5, 0.04))
    assert found.estimates == pytest.approx(np.full(5, 0.1))
    # (k − 3) / (k − 1) with no spread found.
    assert found.shrinkage == pytest.approx(np.full(5, 0.5))
    assert found.standard_errors == pytest.approx(np.full(5, np.sqrt(0.04 * (1 - 0.8 * 0.5))))


def test_groups_far_apart_keep_their_own():
    estimates = np.array([-3.0, -1.0, 0.0, 1.0, 3.0])
    found = shrunken(estimates, np.full(5, 1e-6))
    assert found.estimates == pytest.approx(estimates, abs=1e-4)
    assert found.standard_errors == pytest.approx(np.full(5, 1e-3), rel=0.01)


def test_the_smaller_group_is_drawn_further():
    found = shrunken(np.array([0.6, 0.6, -0.6, -0.6, 0.0]), np.array([0.3, 0.02, 0.3, 0.02, 0.1]))
    assert found.estimates[0] < found.estimates[1] < 0.6
    assert found.shrinkage[0] > found.shrinkage[1]


def test_the_spread_is_that_of_restricted_maximum_likelihood():
    # With one variance V for all, A is the variance of the estimates (k − 1) less V.
    estimates = np.array([0.2, 0.5, -0.4, 0.1, -0.9, 0.6])
    found = shrunken(estimates, np.full(6, 0.1))
    assert found.shrinkage == pytest.approx(
        np.full(6, 3 / 5 * 0.1 / estimates.var(ddof=1)), rel=1e-3
    )


def test_labels_that_all_agree_say_nothing_of_their_chance():
    ones, ids = np.ones(8), np.arange(8)
    agreed = Evidence(np.linspace(-1, 1, 8), ones, ones, 2 * ones, ids, np.zeros(8, int))
    assert pool([agreed] * 5, power=0.0) is None


def test_a_group_whose_labels_are_of_one_text_leaves_the_others_theirs():
    draws, seen, chances = np.random.default_rng(1), np.ones(8), 2 * np.ones(8)
    texts = np.arange(8)
    given = [draws.choice([-1.0, 0.0, 1.0], 8) for _ in range(5)]
    several = [Evidence(y, y, seen, chances, texts, 0 * texts) for y in given]
    copies = Evidence(given[0], given[0], seen, chances, 0 * texts, 0 * texts)
    found = pool([*several, copies], power=0.0)
    assert found is not None and np.isfinite([one.standard_error for one in found]).all()


@pytest.fixture
def study(make_stance, make_labels):
    """Six outlets of 20 documents; the scorer is too harsh; 6 labels each, the last has 2."""
    draws = np.random.default_rng(8)
    outlets = np.repeat([f"outlet {n}" for n in range(6)], 20)
    given = draws.integers(-1, 2, 120)
    predicted = np.maximum(given - (draws.random(120) < 0.3), -1)
    ids = [f"d{n:03}" for n in range(120)]
    labelled = [n for n in range(120) if n % 20 < (6 if n < 100 else 2)]
    return (
        make_stance(*((ids[n], "nato", int(predicted[n])) for n in range(120))),
        pl.DataFrame({"doc_id": ids, "cluster_id": ids, "outlet": outlets}),
        make_labels(*((ids[n], "nato", int(given[n]), "ana") for n in labelled), chance=0.3),
    )


def rows(study, settings=SETTINGS, **where):
    table = estimates.estimate(populations(*study), settings, 1)
    return table.filter(**({"quantity": "stance", "grouping": "outlet"} | where))


def test_pooled_estimates_stand_beside_the_corrected_ones(study):
    corrected, pooled = rows(study, method="ppi"), rows(study, method="pooled")
    assert corrected["group"].equals(pooled["group"])
    # Six labels are too few for an outlet of its own.
    assert corrected["estimate"].is_null().all()
    known = pooled.filter(pl.col("estimate").is_not_null())
    assert known.height == 5 and known["reason"].is_null().all()
    assert (known["low"] < known["estimate"]).all() and (known["estimate"] < known["high"]).all()


def test_a_group_with_too_few_labels_says_so(study):
    last = rows(study, method="pooled", group="outlet 5").row(0, named=True)
    assert (last["estimate"], last["low"], last["n_labels"]) == (None, None, 2)
    assert last["reason"] == "too few labels: 2 of 4"


def test_too_few_groups_are_not_pooled(study):
    settings = SETTINGS.model_copy(update={"pooled_groups": 6})
    reasons = rows(study, settings, method="pooled")["reason"].to_list()
    assert reasons == ["too few groups to pool: 5 of 6"] * 5 + ["too few labels: 2 of 4"]


def test_nothing_is_pooled_without_a_probability_sample(study):
    stance, groups, labels = study
    found = rows((stance, groups, labels.drop("inclusion_probability")))
    assert "pooled" not in found["method"].to_list()


def test_the_whole_is_no_group_of_a_family(study):
    assert rows(study, grouping="all", method="pooled").is_empty()
