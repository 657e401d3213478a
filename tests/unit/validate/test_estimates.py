import numpy as np
import polars as pl
import pytest

from geostance.schema import check_table
from geostance.settings.validation import ValidationSettings
from geostance.validate import doubts, estimates, populations

SETTINGS = ValidationSettings(bootstrap_samples=200, min_labels=10, min_group=5)


def estimate(stance, groups, labels, settings, seed, **unit):
    found = populations(stance, groups, labels)
    return estimates.estimate(found, settings, seed, **unit), doubts(found, labels, settings)


def make_groups(ids, **columns):
    return pl.DataFrame({"doc_id": ids, "cluster_id": ids} | columns)


def one(table, **where):
    found = table.filter(**({"grouping": "all", "quantity": "stance"} | where))
    assert found.height == 1
    return found.row(0, named=True)


@pytest.fixture
def study(make_stance, make_labels):
    """Sixty documents in two outlets; coders are kinder than the scorer in one of three."""
    draws = np.random.default_rng(2)
    predicted = draws.integers(-1, 2, 60)
    given = np.minimum(predicted + (np.arange(60) % 3 == 0), 1)
    ids = [f"d{number:02}" for number in range(60)]
    drawn = set(draws.permutation(60)[:30].tolist())
    stance = make_stance(*((ids[n], "nato", int(predicted[n])) for n in range(60)))
    labels = make_labels(
        *((ids[n], "nato", int(given[n]), "ana") for n in sorted(drawn)), chance=0.5
    )
    groups = make_groups(ids, outlet=["Courier" if n < 40 else "Herald" for n in range(60)])
    return stance, groups, labels, predicted, given


def test_the_model_alone(study):
    stance, groups, labels, predicted, _ = study
    table, notes = estimate(stance, groups, labels.clear(), SETTINGS, 1)
    check_table(table, "estimates", where="here")
    assert table["method"].unique().to_list() == ["model"]
    assert one(table)["estimate"] == pytest.approx(stance["stance"].mean())
    assert one(table, quantity="share_favourable")["estimate"] == pytest.approx(
        (predicted == 1).mean()
    )
    courier = one(table, grouping="outlet", group="Courier", quantity="share_unfavourable")
    assert courier["estimate"] == pytest.approx((predicted[:40] == -1).mean())
    assert courier["n_documents"] == 40
    assert courier["low"] < courier["estimate"] < courier["high"]
    assert notes == ["no labels: nothing is corrected"]


def test_the_model_interval_is_near_the_normal_one(study):
    stance, groups, labels, *_ = study
    found = one(estimate(stance, groups, labels.clear(), SETTINGS, 1)[0])
    reach = 1.96 * stance["stance"].std() / np.sqrt(60)
    assert (found["high"] - found["low"]) / 2 == pytest.approx(reach, rel=0.2)


def test_labels_and_correction(study):
    stance, groups, labels, _, given = study
    table, notes = estimate(stance, groups, labels, SETTINGS, 1)
    assert notes == []
    alone, both = one(table, method="labels"), one(table, method="ppi")
    assert alone["estimate"] == pytest.approx(labels["stance"].mean())
    assert alone["n_labels"] == both["n_labels"] == 30
    assert both["low"] < given.mean() < both["high"]
    assert both["high"] - both["low"] < alone["high"] - alone["low"]
    by_outlet = table.filter(grouping="outlet", method="ppi", quantity="stance")
    assert (by_outlet["n_labels"] >= 10).all()


def test_labels_without_a_chance_correct_nothing(study):
    stance, groups, labels, *_ = study
    table, notes = estimate(stance, groups, labels.drop("inclusion_probability"), SETTINGS, 1)
    assert set(table["method"]) == {"model", "labels"}
    assert notes == ["labels without inclusion_probability: nothing is corrected"]


def test_labels_added_outside_the_sample_are_left_out(study):
    stance, groups, labels, *_ = study
    chance = pl.when(pl.int_range(pl.len()) < 25).then(0.5).alias("inclusion_probability")
    table, notes = estimate(stance, groups, labels.with_columns(chance), SETTINGS, 1)
    assert one(table, method="ppi")["n_labels"] == 25
    assert notes == ["5 labels without inclusion_probability left out"]


def test_too_few_labels(study):
    stance, groups, labels, *_ = study
    table, notes = estimate(stance, groups, labels.head(9), SETTINGS, 1)
    known = table.filter(pl.col("estimate").is_not_null())
    assert set(known["method"]) == {"model"} and known["reason"].is_null().all()
    told = table.filter(grouping="all", quantity="stance", method="ppi").row(0, named=True)
    assert told["reason"] == "too few labels: 9 of 10"
    assert (told["estimate"], told["low"], told["n_labels"]) == (None, None, 9)
    assert notes[0] == "nato: 9 relevant labels with a score, min_labels 10"


def test_wrong_chances_are_doubted(study):
    stance, groups, labels, *_ = study
    labels = labels.with_columns(inclusion_probability=pl.lit(0.05))
    _, notes = estimate(stance, groups, labels, SETTINGS, 1)
    assert notes == ["nato: inclusion_probability implies 600 documents with a score, not 60"]


def test_a_label_that_is_not_relevant_is_not_a_zero(make_stance, make_labels):
    ids = [f"d{number:02}" for number in range(20)]
    stance = make_stance(*((doc_id, "nato", 1) for doc_id in ids))
    labels = make_labels(
        *((doc_id, "nato", 1 if number < 10 else None, "ana") for number, doc_id in enumerate(ids)),
        chance=1.0,
    )
    table, _ = estimate(stance, make_groups(ids), labels, SETTINGS, 1)
    assert one(table, method="ppi")["estimate"] == 1
    assert one(table, method="labels")["n_labels"] == 10


def test_a_relevant_label_without_a_score_is_outside_and_said_so(study, make_labels):
    stance, groups, labels, *_ = study
    missed = make_labels(("x1", "nato", -1, "ana"), ("x2", "nato", -1, "ana"), chance=0.5)
    table, notes = estimate(stance, groups, pl.concat([labels, missed]), SETTINGS, 1)
    assert table.equals(estimate(stance, groups, labels, SETTINGS, 1)[0])
    assert notes[0] == "nato: 2 of 32 relevant documents without a score left out"


def test_two_coders_count_as_their_mean(study):
    stance, groups, labels, *_ = study
    second = labels.with_columns(coder=pl.lit("ben"), stance=pl.lit(0, dtype=pl.Int64))
    table, _ = estimate(stance, groups, pl.concat([labels, second]), SETTINGS, 1)
    found = one(table, method="labels")
    assert found["estimate"] == pytest.approx(labels["stance"].mean() / 2)
    assert found["n_labels"] == 30


def test_a_small_group_has_no_interval(study):
    stance, groups, labels, *_ = study
    small = groups.with_columns(period=pl.when(pl.int_range(pl.len()) < 4).then(pl.lit("2024-01")))
    table, _ = estimate(stance, small, labels, SETTINGS, 1)
    found = one(table, grouping="period", group="2024-01", method="model")
    assert (found["n_documents"], found["low"], found["high"]) == (4, None, None)
    assert set(table.filter(grouping="period")["group"]) == {"2024-01"}


def test_copies_of_one_text_are_no_group(make_stance, make_labels):
    ids = [f"d{number}" for number in range(8)]
    stance = make_stance(*((doc_id, "nato", number % 2) for number, doc_id in enumerate(ids)))
    groups = pl.DataFrame({"doc_id": ids, "cluster_id": ["a", "b"] * 4})
    found = one(estimate(stance, groups, make_labels(), SETTINGS, 1)[0])
    assert (found["n_documents"], found["low"]) == (8, None)


def test_an_interval_without_width_is_not_given(make_stance, make_labels):
    ids = [f"d{number}" for number in range(8)]
    stance = make_stance(*((doc_id, "nato", 0) for doc_id in ids))
    table, _ = estimate(stance, make_groups(ids), make_labels(), SETTINGS, 1)
    found = one(table, quantity="share_favourable")
    assert (found["estimate"], found["low"], found["high"]) == (0, None, None)


def test_printed_copies_count_as_often_as_they_were_printed(make_stance, make_labels):
    stance = make_stance(("a", "nato", 1), ("b", "nato", -1))
    groups = pl.DataFrame(
        {
            "doc_id": ["a", "b", "b", "b"],
            "cluster_id": ["a", "b", "b", "b"],
            "outlet": ["x", "x", "y", "z"],
        }
    )
    table, _ = estimate(stance, groups, make_labels(), SETTINGS, 1, unit="printed")
    assert one(table)["unit"] == "printed"
    assert one(table)["n_documents"] == 4
    assert one(table)["estimate"] == pytest.approx((0.7 - 3 * 0.7) / 4)
    assert one(table, grouping="outlet", group="x")["estimate"] == pytest.approx(0)


def test_a_tie_of_probabilities_is_neutral(make_stance, make_labels):
    stance = make_stance(("a", "nato", 1)).with_columns(
        p_unfavourable=pl.lit(0.4), p_neutral=pl.lit(0.2), p_favourable=pl.lit(0.4)
    )
    table, _ = estimate(stance, make_groups(["a"]), make_labels(), SETTINGS, 1)
    assert one(table, quantity="share_favourable")["estimate"] == 0
    assert one(table, quantity="share_unfavourable")["estimate"] == 0


def test_the_order_of_rows_changes_nothing(study):
    stance, groups, labels, *_ = study
    table, _ = estimate(stance, groups, labels, SETTINGS, 1)
    again, _ = estimate(stance.reverse(), groups.reverse(), labels.reverse(), SETTINGS, 1)
    assert again.equals(table)


def test_nothing_scored_gives_an_empty_table(study):
    stance, groups, labels, *_ = study
    assert estimate(stance.clear(), groups, labels, SETTINGS, 1)[0].is_empty()
    assert estimate(stance, groups.clear(), labels, SETTINGS, 1)[0].is_empty()
