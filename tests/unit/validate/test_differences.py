import numpy as np
import polars as pl
import pytest

from geostance.schema import check_table
from geostance.settings.validation import ValidationSettings
from geostance.validate import differences, estimate, populations, regression

SETTINGS = ValidationSettings(bootstrap_samples=100, min_labels=10, min_group=5)


def coefficients(stance, covariates, labels):
    names = covariates.drop("doc_id", "cluster_id").columns
    return regression("press", names, populations(stance, covariates, labels), SETTINGS)


def one(table, **where):
    found = table.filter(quantity="stance", **where)
    assert found.height == 1
    return found.row(0, named=True)


@pytest.fixture
def study(make_stance, make_labels):
    """240 documents of three outlets and two years; the Herald is kinder, the scorer too harsh."""
    draws = np.random.default_rng(4)
    outlets = np.array(["Courier", "Herald", "Mail"])[np.arange(240) % 3]
    kind = np.where(outlets == "Herald", 0.7, 0.3)
    given = np.where(draws.random(240) < kind, 1, draws.integers(-1, 1, 240))
    predicted = np.maximum(given - (draws.random(240) < 0.3), -1)
    ids = [f"d{n:03}" for n in range(240)]
    stance = make_stance(*((ids[n], "nato", int(predicted[n])) for n in range(240)))
    labels = make_labels(
        *((ids[n], "nato", int(given[n]), "ana") for n in sorted(draws.permutation(240)[:120])),
        chance=0.5,
    )
    groups = pl.DataFrame(
        {
            "doc_id": ids,
            "cluster_id": ids,
            "outlet": outlets,
            "year": ["2023" if n < 120 else "2024" for n in range(240)],
        }
    )
    return stance, groups, labels, given


def test_an_outlet_against_the_rest(study):
    stance, groups, labels, given = study
    table = differences(populations(stance, groups, labels), SETTINGS)
    check_table(table, "differences", where="here")
    found = one(table, method="ppi", group="Herald")
    kinder = np.arange(240) % 3 == 1
    truth = given[kinder].mean() - given[~kinder].mean()
    assert found["against"] == "rest" and found["n_compared"] == 3
    assert found["low"] < truth < found["high"]
    assert found["low"] > 0 and found["p_value"] < found["p_adjusted"] < 0.05
    assert found["n_documents"] == 240 and found["n_labels"] == 120


def test_the_difference_is_that_of_the_estimates(study):
    stance, groups, labels, _ = study
    means = estimate(populations(stance, groups, labels), SETTINGS, 1).filter(
        method="model", quantity="stance", grouping="year"
    )
    found = one(
        differences(populations(stance, groups, labels), SETTINGS), method="model", grouping="year"
    )
    assert (found["group"], found["against"]) == ("2024", "2023")
    by_year = dict(means.select("group", "estimate").iter_rows())
    assert found["estimate"] == pytest.approx(by_year["2024"] - by_year["2023"])


def test_a_period_is_held_against_the_one_before(study):
    stance, groups, labels, _ = study
    months = groups.select(
        "doc_id", "cluster_id", month=pl.format("2024-0{}", pl.int_range(pl.len()) % 4 + 1)
    )
    table = differences(populations(stance, months, labels), SETTINGS).filter(
        method="model", quantity="stance"
    )
    assert table.select("group", "against").rows() == [
        ("2024-02", "2024-01"),
        ("2024-03", "2024-02"),
        ("2024-04", "2024-03"),
    ]


def test_without_labels_only_the_model_compares(study):
    stance, groups, labels, _ = study
    assert set(differences(populations(stance, groups, labels.clear()), SETTINGS)["method"]) == {
        "model"
    }


def test_a_small_group_is_not_compared(study):
    stance, groups, labels, _ = study
    lone = groups.with_columns(
        outlet=pl.when(pl.int_range(pl.len()) < 4).then(pl.lit("Gazette")).otherwise("outlet")
    )
    table = differences(populations(stance, lone, labels), SETTINGS)
    assert "Gazette" not in table["group"].to_list()


def test_copies_in_two_groups_are_no_evidence_of_a_difference(make_stance, make_labels):
    ids = [f"d{n:02}" for n in range(40)]
    stance = make_stance(*((doc_id, "nato", n % 3 - 1) for n, doc_id in enumerate(ids)))
    groups = pl.DataFrame(
        {"doc_id": ids * 2, "cluster_id": ids * 2, "outlet": ["x"] * 40 + ["y"] * 40}
    )
    table = differences(populations(stance, groups, make_labels()), SETTINGS, unit="printed")
    found = one(table, method="model")
    assert found["estimate"] == pytest.approx(0)
    assert found["low"] is None and found["p_value"] is None


def test_coefficients_of_a_regression(study):
    stance, groups, labels, _ = study
    covariates = groups.with_columns(time=pl.int_range(pl.len()) / 100)
    table = coefficients(stance, covariates.drop("year"), labels)
    check_table(table, "coefficients", where="here")
    herald = one(table, method="ppi", level="Herald")
    assert herald["against"] == "Mail" and herald["low"] > 0 and herald["n_compared"] == 3
    slope = one(table, method="ppi", covariate="time")
    assert slope["level"] is None and slope["low"] < 0 < slope["high"]
    assert one(table, method="ppi", covariate="constant")["p_adjusted"] is None


def test_rare_levels_are_taken_together(study):
    stance, groups, labels, _ = study
    rare = groups.with_columns(
        outlet=pl.when(pl.int_range(pl.len()) < 8)
        .then(pl.format("rare {}", pl.int_range(pl.len()) // 2))
        .otherwise("outlet")
    ).drop("year")
    table = coefficients(stance, rare, labels.clear())
    levels = table.filter(quantity="stance", covariate="outlet")["level"].to_list()
    assert levels == ["Courier", "Herald", "other"]


def test_documents_that_lack_a_covariate_are_left_out(study):
    stance, groups, labels, _ = study
    holes = groups.with_columns(
        words=pl.when(pl.int_range(pl.len()) >= 40).then(pl.int_range(pl.len()))
    )
    table = coefficients(stance, holes, labels.clear())
    assert table["n_documents"].unique().to_list() == [200]


def test_a_covariate_that_does_not_vary_explains_nothing(study):
    stance, groups, labels, _ = study
    same = groups.select("doc_id", "cluster_id", outlet=pl.lit("x"))
    assert coefficients(stance, same, labels).is_empty()


def test_covariates_that_determine_one_another_give_the_reason(study):
    stance, groups, labels, _ = study
    twice = groups.select("doc_id", "cluster_id", "outlet", again="outlet")
    table = coefficients(stance, twice, labels)
    assert table["estimate"].is_null().all() and len(table) > 0
    assert set(table["reason"]) == {"the covariates determine one another"}
