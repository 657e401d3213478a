"""Corrected coefficients against design-based supervised learning, written out as in its paper."""

import numpy as np
import pytest

from geostance.validate.correction import Evidence, corrected_contrast


def dsl(predictions, labels, chance, seen, design):
    """Return coefficients and standard errors of Egami et al. 2023, eq. 3, for linear regression.

    The outcome is the pseudo-outcome f + R/π (Y − f); its errors are those of the sandwich.
    """
    pseudo = predictions + seen / chance * (labels - predictions)
    bread = np.linalg.inv(design.T @ design)
    coefficients = bread @ design.T @ pseudo
    scores = design * (pseudo - design @ coefficients)[:, None]
    return coefficients, np.sqrt(np.diag(bread @ scores.T @ scores @ bread))


def study(n, chance, seed=5):
    draws = np.random.default_rng(seed)
    design = np.column_stack([np.ones(n), np.arange(n) % 2, draws.normal(size=n)])
    labels = design @ [-0.2, 0.3, 0.1] + draws.normal(scale=0.6, size=n)
    # The scorer's error hangs on the covariates.
    predictions = 0.5 * labels - 0.2 * design[:, 2] + draws.normal(scale=0.3, size=n)
    seen = draws.random(n) < chance
    return predictions, labels, seen, design


def ours(predictions, labels, chance, seen, design, power):
    weights = np.where(seen, 1 / chance, 0.0)
    known = Evidence(
        predictions, labels * seen, seen * 1.0, weights, np.arange(len(labels)),
        np.zeros(len(labels), int),
    )  # fmt: skip
    return [corrected_contrast(known, design, c, power) for c in np.eye(design.shape[1])]


def test_where_the_labelled_are_laid_out_as_all_are_the_coefficients_are_the_same():
    predictions, labels, _, design = study(400, 0.5)
    # Each row of the design stands once among the labelled and once among the others.
    design = np.tile(design[:200], (2, 1))
    seen = np.arange(400) < 200
    theirs, _ = dsl(predictions, labels, 0.5, seen, design)
    found = ours(predictions, labels, 0.5, seen, design, power=1.0)
    assert [one.estimate for one in found] == pytest.approx(theirs, abs=1e-8)


def test_in_a_large_sample_coefficients_are_theirs_and_no_less_sure():
    predictions, labels, seen, design = study(20_000, 0.2)
    theirs, errors = dsl(predictions, labels, 0.2, seen, design)
    for one, mean, error in zip(
        ours(predictions, labels, 0.2, seen, design, power=1.0), theirs, errors, strict=True
    ):
        assert abs(one.estimate - mean) < 2 * error
        # Weights are scaled by those drawn: a scorer's constant error adds no chance of its own.
        assert 0.7 * error < one.standard_error < 1.02 * error


def test_errors_are_theirs_where_the_scorer_errs_as_much_everywhere():
    predictions, labels, seen, design = study(20_000, 0.2)
    error = predictions - labels
    fair = predictions - design @ np.linalg.lstsq(design, error, rcond=None)[0]
    _, errors = dsl(fair, labels, 0.2, seen, design)
    found = ours(fair, labels, 0.2, seen, design, power=1.0)
    assert [one.standard_error for one in found] == pytest.approx(errors, rel=0.05)


def test_tuning_the_power_narrows_them():
    predictions, labels, seen, design = study(20_000, 0.2)
    whole = ours(predictions, labels, 0.2, seen, design, power=1.0)
    tuned = ours(predictions, labels, 0.2, seen, design, power=None)
    assert all(
        one.standard_error <= other.standard_error * 1.001
        for one, other in zip(tuned, whole, strict=True)
    )
