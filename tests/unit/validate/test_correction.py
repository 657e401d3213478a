import numpy as np
import pytest

from geostance.validate.correction import Evidence, corrected_contrast, corrected_mean


def population(seed=0, n=200, labelled=60, shift=0.3):
    draws = np.random.default_rng(seed)
    truth = draws.integers(-1, 2, n).astype(float)
    predictions = truth + shift + draws.normal(scale=0.3, size=n)
    weights = np.zeros(n)
    weights[draws.permutation(n)[:labelled]] = n / labelled
    return predictions, truth, weights


def evidence(predictions, truth, weights, relevant=None, clusters=None, strata=None):
    relevant = np.ones(len(truth)) if relevant is None else relevant
    seen = (weights > 0) * relevant
    clusters = np.arange(len(truth)) if clusters is None else clusters
    strata = np.zeros(len(truth), int) if strata is None else strata
    return Evidence(predictions, truth * seen, seen, weights, clusters, strata)


def corrected(*columns, power=None, **more):
    return corrected_mean(evidence(*columns, **more), power)


def test_power_zero_is_the_labels_mean_and_its_usual_standard_error():
    predictions, truth, weights = population()
    labelled = truth[weights > 0]
    mean = corrected(predictions, truth, weights, power=0)
    assert mean.estimate == pytest.approx(labelled.mean())
    assert mean.standard_error == pytest.approx(labelled.std(ddof=1) / np.sqrt(60), rel=0.01)


def test_power_one_is_predictions_plus_the_mean_error():
    predictions, truth, weights = population()
    labelled = weights > 0
    expected = predictions.mean() + (truth - predictions)[labelled].mean()
    assert corrected(predictions, truth, weights, power=1).estimate == pytest.approx(expected)


def test_a_biased_scorer_is_put_right_and_a_good_one_narrows_the_interval():
    predictions, truth, weights = population(shift=0.3)
    tuned = corrected(predictions, truth, weights)
    alone = corrected(predictions, truth, weights, power=0)
    assert abs(tuned.estimate - truth.mean()) < 0.1 < abs(predictions.mean() - truth.mean())
    assert tuned.standard_error < 0.75 * alone.standard_error


def test_useless_predictions_are_hardly_used():
    _, truth, weights = population(n=2000, labelled=600)
    noise = np.random.default_rng(9).normal(size=2000)
    tuned = corrected(noise, truth, weights)
    assert tuned.power < 0.1
    assert tuned.standard_error < 1.01 * corrected(noise, truth, weights, power=0).standard_error


def test_when_all_are_labelled_predictions_do_not_matter():
    predictions, truth, _ = population()
    tuned = corrected(predictions, truth, np.ones(200))
    assert tuned.estimate == pytest.approx(truth.mean())
    assert tuned.power == 0


def test_what_is_not_relevant_leaves_the_mean():
    truth = np.array([1.0, 1.0, 0.0, 0.0])
    relevant = np.array([1.0, 1.0, 1.0, 0.0])
    mean = corrected(np.zeros(4), truth, np.ones(4), relevant=relevant)
    assert mean.estimate == pytest.approx(2 / 3)


def test_rarer_chances_weigh_more():
    truth = np.array([1.0, -1.0, 0.0, 0.0])
    mean = corrected(np.zeros(4), truth, np.array([3.0, 1.0, 0.0, 0.0]))
    assert mean.estimate == pytest.approx(0.5)


def test_copies_add_no_certainty():
    predictions, truth, weights = population()
    once = corrected(predictions, truth, weights, power=0.5)
    twice = corrected(
        *(np.repeat(part, 2) for part in (predictions, truth, weights)),
        power=0.5,
        clusters=np.repeat(np.arange(200), 2),
    )
    assert twice.estimate == pytest.approx(once.estimate)
    assert twice.standard_error == pytest.approx(once.standard_error)


def test_one_labelled_cluster_has_no_standard_error():
    mean = corrected(np.zeros(3), np.array([1.0, 0, 0]), np.array([1.0, 0, 0]))
    assert mean.estimate == 1
    assert np.isnan(mean.standard_error)


def test_strata_take_what_lies_between_them_out_of_the_error():
    draws = np.random.default_rng(3)
    strata = np.repeat([0, 1], 500)
    truth = np.where(strata == 0, -1.0, 1.0)
    truth[draws.permutation(1000)[:100]] = 0
    weights = np.zeros(1000)
    for stratum in (0, 1):
        rows = np.flatnonzero(strata == stratum)
        weights[draws.permutation(rows)[:30]] = 500 / 30
    noise = draws.normal(size=1000)
    blind = corrected(noise, truth, weights, power=0)
    told = corrected(noise, truth, weights, power=0, strata=strata)
    assert told.estimate == blind.estimate
    assert told.standard_error < 0.6 * blind.standard_error


def test_lone_strata_count_as_one():
    predictions, truth, weights = population()
    lone = corrected(predictions, truth, weights, strata=np.arange(200))
    assert lone == corrected(predictions, truth, weights)


def test_a_difference_of_groups_is_the_difference_of_their_means():
    predictions, truth, weights = population(n=2000, labelled=300)
    first = np.arange(2000) % 3 == 0
    known = evidence(predictions, truth, weights)
    both = corrected_contrast(
        known, np.column_stack([first, ~first]).astype(float), np.array([1.0, -1.0]), power=0.7
    )
    sides = [corrected_mean(known.at(np.flatnonzero(rows)), power=0.7) for rows in (first, ~first)]
    assert both.estimate == pytest.approx(sides[0].estimate - sides[1].estimate)
    together = np.hypot(sides[0].standard_error, sides[1].standard_error)
    assert both.standard_error == pytest.approx(together, rel=0.01)


def test_a_regression_on_every_label_is_least_squares():
    draws = np.random.default_rng(1)
    x = draws.normal(size=300)
    truth = 0.5 * x + draws.normal(size=300)
    design = np.column_stack([np.ones(300), x])
    slope = corrected_contrast(
        evidence(draws.normal(size=300), truth, np.ones(300)), design, np.array([0.0, 1.0])
    )
    expected = np.linalg.lstsq(design, truth, rcond=None)[0][1]
    assert slope.estimate == pytest.approx(expected)
    assert slope.standard_error == pytest.approx(1 / np.sqrt(300), rel=0.15)


def test_labels_of_one_group_say_nothing_of_another():
    predictions, truth, weights = population()
    unseen = weights == 0
    design = np.column_stack([np.ones(200), unseen]).astype(float)
    found = corrected_contrast(evidence(predictions, truth, weights), design, np.array([0.0, 1.0]))
    assert np.isnan(found.estimate)
