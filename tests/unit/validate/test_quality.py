import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import accuracy_score, brier_score_loss, f1_score

from geostance.schema import check_table
from geostance.settings.validation import ValidationSettings
from geostance.validate.quality import scorer_quality

SETTINGS = ValidationSettings(bootstrap_samples=200, min_labels=10)


def value(table, measure, grouping="all", group="all", column="estimate"):
    return table.filter(measure=measure, grouping=grouping, group=group)[column].item()


def groups_of(stance, **columns):
    ids = stance.select(pl.col("doc_id").unique().sort())
    return ids.with_columns(**{name: pl.Series(values) for name, values in columns.items()})


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


@pytest.fixture
def measure(judged):
    """Measure the scorer with changed labels."""
    labels, stance, *_ = judged

    def run(labels=labels, stance=stance, **columns):
        groups = groups_of(stance, **columns)
        return scorer_quality(labels, stance, groups, SETTINGS, 1)

    return run


def test_f1_and_accuracy_are_those_of_sklearn(judged, measure):
    _, _, given, predicted = judged
    table = measure().measures
    each = f1_score(given, predicted, average=None)
    assert value(table, "macro_f1") == pytest.approx(each.mean())
    assert [value(table, f"f1_{name}") for name in ("unfavourable", "neutral", "favourable")] == (
        pytest.approx(each.tolist())
    )
    assert value(table, "accuracy") == pytest.approx(accuracy_score(given, predicted))


def test_correlations_are_those_of_numpy_and_scipy(judged, measure):
    _, stance, given, _ = judged
    score = stance["p_favourable"] - stance["p_unfavourable"]
    table = measure().measures
    assert value(table, "correlation") == pytest.approx(np.corrcoef(given, score)[0, 1])
    assert value(table, "rank_correlation") == pytest.approx(spearmanr(given, score).statistic)


def test_brier_is_that_of_sklearn(judged, measure):
    _, stance, given, _ = judged
    stated = stance.select("p_unfavourable", "p_neutral", "p_favourable").to_numpy()
    expected = brier_score_loss(given, stated, labels=[-1, 0, 1], scale_by_half=False)
    assert value(measure().measures, "brier") == pytest.approx(expected)


def test_tables_fit_their_schemas_and_intervals_hold_the_estimate(measure):
    found = measure(language=["fr", "ru"] * 40)
    for name, table in zip(("scorer_quality", "reliability", "labelled"), found, strict=True):
        check_table(table, name, where="here")
    bounded = found.measures.filter(pl.col("measure") != "calibration_error").drop_nulls("low")
    assert bounded.height > 0
    assert (bounded["low"] <= bounded["estimate"]).all()
    assert (bounded["estimate"] <= bounded["high"]).all()
    assert found.measures["grouping"].unique(maintain_order=True).to_list() == [
        "all", "target", "language",
    ]  # fmt: skip


def test_weights_are_the_inverse_of_the_chances(judged, measure):
    labels, stance, *_ = judged
    drawn = labels.with_columns(
        inclusion_probability=pl.when(pl.col("target") == "nato").then(0.5).otherwise(0.25)
    )
    table = measure(labels=drawn).measures
    # A label of half the chance stands for twice as many: as if it were there twice.
    russia = labels.filter(target="russia").with_columns(doc_id=pl.format("{}x", "doc_id"))
    again = stance.filter(target="russia").with_columns(doc_id=pl.format("{}x", "doc_id"))
    doubled = measure(labels=pl.concat([labels, russia]), stance=pl.concat([stance, again]))
    for name in ("macro_f1", "correlation", "rank_correlation", "brier", "calibration_error"):
        assert value(table, name) == pytest.approx(value(doubled.measures, name))
    assert value(table, "macro_f1", column="weighted")
    assert value(table, "macro_f1", column="n_labels") == 80


def test_labels_of_unknown_chance_are_left_out_where_others_have_one(judged, measure):
    labels, *_ = judged
    some = labels.with_columns(inclusion_probability=pl.when(pl.col("target") == "nato").then(0.5))
    assert value(measure(labels=some).measures, "macro_f1", column="n_labels") == 40
    none = labels.with_columns(inclusion_probability=pl.lit(None, pl.Float64))
    assert value(measure(labels=none).measures, "macro_f1", column="n_labels") == 80


def test_a_small_group_has_a_reason_and_no_number(judged, measure):
    table = measure(language=["fr"] * 71 + ["ru"] * 9).measures
    small = table.filter(group="ru")
    assert value(table, "macro_f1", "language", "ru", "reason") == "too few labels: 9 of 10"
    assert small.select(pl.col("estimate", "low", "high").is_null().all()).row(0) == (True,) * 3
    assert value(table, "macro_f1", "language", "fr") is not None


def test_a_small_group_is_in_no_diagram_of_reliability(measure):
    found = measure(language=["fr"] * 71 + ["ru"] * 9).reliability
    assert set(found.filter(grouping="language")["group"]) == {"fr"}


def test_a_group_is_measured_as_if_it_were_alone(judged, measure):
    labels, *_ = judged
    whole = measure().measures.filter(group="nato")
    alone = measure(labels=labels.filter(target="nato")).measures.filter(group="nato")
    assert whole.equals(alone)


def test_rows_in_another_order_change_nothing(judged, measure):
    labels, stance, *_ = judged
    shuffled = measure(labels=labels.reverse(), stance=stance.sample(fraction=1, shuffle=True))
    assert shuffled.measures.equals(measure().measures)


def test_groups_by_voice_are_those_of_the_label(judged, measure):
    labels, *_ = judged
    voices = ["author"] * 30 + ["quoted"] * 30 + ["none"] * 10 + [None] * 10
    table = measure(labels=labels.with_columns(voice=pl.Series(voices))).measures
    by_voice = table.filter(grouping="voice", measure="macro_f1")
    assert by_voice.select("group", "n_labels").rows() == [("author", 30), ("quoted", 30)]


def test_copies_are_drawn_together_and_counted_once(judged, measure):
    labels, *_ = judged
    pairs = labels.with_columns(cluster_id=pl.Series([f"c{n // 2}" for n in range(80)]))
    apart, together = measure().measures, measure(labels=pairs).measures
    assert value(together, "macro_f1") == value(apart, "macro_f1")
    assert value(together, "macro_f1", column="n_documents") == 40
    assert value(together, "macro_f1", column="low") != value(apart, "macro_f1", column="low")


def test_a_missed_target_is_neutral_and_lowers_recall(make_stance, make_labels):
    stance = make_stance(("a", "nato", 1), ("b", "nato", -1), ("d", "nato", 0))
    labels = make_labels(
        ("a", "nato", 1, "ana"),
        ("b", "nato", None, "ana"),
        ("c", "nato", -1, "ana"),
        ("e", "nato", None, "ana"),
    )
    settings = SETTINGS.model_copy(update={"min_labels": 2})
    found = scorer_quality(labels, stance, groups_of(stance), settings, 1)
    assert found.labelled.select("doc_id", "label", "predicted", "stance").rows() == [
        ("a", 1, 1, pytest.approx(0.7)),
        ("c", -1, 0, None),
    ]
    assert value(found.measures, "accuracy") == 0.5
    assert value(found.measures, "detection_precision") == 0.5
    assert value(found.measures, "detection_recall") == 0.5
    assert value(found.measures, "f1_unfavourable") == 0


def test_what_cannot_be_measured_is_null_with_a_reason(make_stance, make_labels):
    labels = make_labels(*((f"d{n}", "nato", 0, "ana") for n in range(12)))
    stance = make_stance(*((f"d{n}", "nato", 0) for n in range(12)))
    table = scorer_quality(labels, stance, groups_of(stance), SETTINGS, 1).measures
    assert value(table, "macro_f1") == 1  # the mean over the one class there is
    assert value(table, "macro_f1", column="reason") == "no interval: all resamples agree"
    for name in ("f1_favourable", "alpha_ordinal", "correlation", "rank_correlation"):
        assert value(table, name) is None
        assert value(table, name, column="reason").startswith("not defined")


def test_no_labels_give_empty_tables(make_stance, make_labels):
    stance = make_stance(("a", "nato", 1))
    found = scorer_quality(make_labels(), stance, groups_of(stance), SETTINGS, 1)
    assert all(table.is_empty() for table in found)


def test_labels_without_any_score_are_measured_as_missed(make_stance, make_labels):
    labels = make_labels(*((f"d{n}", "nato", n % 3 - 1, "ana") for n in range(12)))
    stance = make_stance()
    table = scorer_quality(labels, stance, groups_of(stance), SETTINGS, 1).measures
    assert value(table, "detection_recall") == 0
    assert value(table, "correlation", column="reason") == "too few labels: 0 of 10"
