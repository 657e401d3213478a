import numpy as np
import polars as pl
import pytest
from sklearn.metrics import accuracy_score, f1_score

from geostance.schema import check_table
from geostance.settings.validation import ValidationSettings
from geostance.validate.agreement import agreement

SETTINGS = ValidationSettings(bootstrap_samples=200, min_labels=10)


def figures(table, target="all"):
    part = table.filter(pl.col("target") == target)
    return dict(zip(part["measure"], part["estimate"], strict=True))


@pytest.fixture
def judged(make_stance, make_labels):
    """Eighty documents of two targets; the scorer is right about two times in three."""
    draws = np.random.default_rng(4)
    given = draws.integers(-1, 2, 80)
    predicted = np.where(draws.random(80) < 0.65, given, draws.integers(-1, 2, 80))
    target = ["russia" if number % 2 else "nato" for number in range(80)]
    ids = [f"d{number:02}" for number in range(80)]
    stance = make_stance(*zip(ids, target, predicted.tolist(), strict=True))
    labels = make_labels(*zip(ids, target, given.tolist(), ["ana"] * 80, strict=True))
    return labels, stance, given, predicted


def test_f1_and_accuracy_are_those_of_sklearn(judged):
    labels, stance, given, predicted = judged
    found = figures(agreement(labels, stance, SETTINGS, 1)[1])
    each = f1_score(given, predicted, average=None)
    assert found["macro_f1"] == pytest.approx(f1_score(given, predicted, average="macro"))
    assert [found[f"f1_{name}"] for name in ("unfavourable", "neutral", "favourable")] == (
        pytest.approx(each.tolist())
    )
    assert found["accuracy"] == pytest.approx(accuracy_score(given, predicted))


def test_correlation_is_that_of_numpy(judged):
    labels, stance, given, _ = judged
    expected = np.corrcoef(given, stance["stance"])[0, 1]
    assert figures(agreement(labels, stance, SETTINGS, 1)[1])["correlation"] == pytest.approx(
        expected
    )


def test_tables_fit_their_schemas_and_intervals_hold_the_estimate(judged):
    labels, stance, *_ = judged
    labelled, table = agreement(labels, stance, SETTINGS, 1)
    check_table(labelled, "labelled", where="here")
    check_table(table, "agreement", where="here")
    assert table["target"].unique(maintain_order=True).to_list() == ["all", "nato", "russia"]
    bounded = table.drop_nulls("low")
    assert bounded.height > 0
    assert (bounded["low"] <= bounded["estimate"]).all()
    assert (bounded["estimate"] <= bounded["high"]).all()


def test_the_order_of_rows_and_other_targets_change_nothing(judged):
    labels, stance, *_ = judged
    _, table = agreement(labels, stance, SETTINGS, 1)
    _, shuffled = agreement(
        labels.reverse(), stance.sample(fraction=1, shuffle=True, seed=3), SETTINGS, 1
    )
    assert shuffled.equals(table)
    _, alone = agreement(labels.filter(pl.col("target") == "nato"), stance, SETTINGS, 1)
    nato = pl.col("target") == "nato"
    assert alone.filter(nato).equals(table.filter(nato))


def test_a_missed_target_is_neutral_and_lowers_recall(make_stance, make_labels):
    stance = make_stance(("a", "nato", 1), ("b", "nato", -1), ("d", "nato", 0))
    labels = make_labels(
        ("a", "nato", 1, "ana"),
        ("b", "nato", None, "ana"),
        ("c", "nato", -1, "ana"),
        ("e", "nato", None, "ana"),
    )
    labelled, table = agreement(labels, stance, SETTINGS, 1)
    assert labelled.select("doc_id", "label", "predicted", "stance").rows() == [
        ("a", 1, 1, pytest.approx(0.7)),
        ("c", -1, 0, None),
    ]
    found = figures(table)
    assert found["accuracy"] == 0.5
    assert found["detection_precision"] == 0.5
    assert found["detection_recall"] == 0.5
    assert found["f1_unfavourable"] == 0


def test_few_labels_have_no_interval(make_stance, make_labels):
    stance = make_stance(("a", "nato", 1), ("b", "nato", -1))
    labels = make_labels(("a", "nato", 1, "ana"), ("b", "nato", 0, "ana"))
    _, table = agreement(labels, stance, SETTINGS, 1)
    assert table["low"].null_count() == table.height
    assert table.filter(measure="accuracy")["n_labels"].to_list() == [2, 2]


def test_what_cannot_be_measured_is_null(make_stance, make_labels):
    labels = make_labels(("a", "nato", 0, "ana"), ("b", "nato", 0, "ana"))
    found = figures(
        agreement(labels, make_stance(("a", "nato", 0), ("b", "nato", 0)), SETTINGS, 1)[1]
    )
    assert found["macro_f1"] == 1  # the mean over the one class there is
    assert found["f1_favourable"] is None
    assert found["alpha_ordinal"] is None
    assert found["correlation"] is None


def test_coders_are_compared_only_where_a_document_has_two(make_stance, make_labels):
    stance = make_stance(("a", "nato", 1))
    alone = make_labels(("a", "nato", 1, "ana"), ("b", "nato", 0, "ben"))
    assert "coder_alpha_ordinal" not in figures(agreement(alone, stance, SETTINGS, 1)[1])
    both = make_labels(
        ("a", "nato", 1, "ana"), ("a", "nato", 1, "ben"), ("b", "nato", -1, "ana"),
        ("b", "nato", -1, "ben"), ("c", "nato", None, "ana"), ("c", "nato", 0, "ben"),
    )  # fmt: skip
    _, table = agreement(both, stance, SETTINGS, 1)
    found = figures(table)
    assert found["coder_alpha_ordinal"] == 1
    assert found["coder_alpha_relevance"] == pytest.approx(0)
    assert table.filter(measure="coder_alpha_ordinal")["n_labels"][0] == 4


def test_no_labels_give_empty_tables(make_stance, make_labels):
    labelled, table = agreement(make_labels(), make_stance(("a", "nato", 1)), SETTINGS, 1)
    assert labelled.is_empty()
    assert table.is_empty()
