import krippendorff
import numpy as np
import polars as pl
import pytest
from sklearn.metrics import f1_score

from geostance.schema import check_table
from geostance.settings.validation import ValidationSettings
from geostance.validate.comparison import compare
from geostance.validate.quality import scorer_quality

SETTINGS = ValidationSettings(bootstrap_samples=200, min_labels=10, min_group=5)
ORDER = {-1: (0.8, 0.1, 0.1), 0: (0.1, 0.8, 0.1), 1: (0.1, 0.1, 0.8)}


def scores(*rows):
    """A stance table from (doc_id, target, the three probabilities or a class, quoted share)."""
    columns = ["doc_id", "target", "p_unfavourable", "p_neutral", "p_favourable", "quoted_share"]
    listed = [
        (doc_id, target, *(ORDER[given] if isinstance(given, int) else given), float(quoted))
        for doc_id, target, given, quoted in rows
    ]
    schema = {c: pl.String if n < 2 else pl.Float64 for n, c in enumerate(columns)}
    return pl.DataFrame(listed, schema=schema, orient="row")


def labels(*rows):
    """Labels from (doc_id, target, stance or None, voice, language); coders are told apart."""
    return pl.DataFrame(
        [
            (doc_id, target, stance is not None, stance, voice, f"coder {n}", language)
            for n, (doc_id, target, stance, voice, language) in enumerate(rows)
        ],
        schema={
            "doc_id": pl.String, "target": pl.String, "relevant": pl.Boolean, "stance": pl.Int64,
            "voice": pl.String, "coder": pl.String, "language": pl.String,
        },
        orient="row",
    )  # fmt: skip


def value(table, measure, scorer="first", group="all", column="estimate", other=None):
    rows = table.filter(scorer=scorer, measure=measure, group=group)
    return (rows.filter(other=other) if other else rows)[column].item()


@pytest.fixture
def judged():
    """Ninety documents in two languages; the first scorer is right more often than the second."""
    draws = np.random.default_rng(5)
    given = draws.integers(-1, 2, 90)
    guesses = [
        np.where(draws.random(90) < right, given, draws.integers(-1, 2, 90)) for right in (0.8, 0.4)
    ]
    ids = [f"d{number:02}" for number in range(90)]
    tongue = ["fr" if number % 3 else "ru" for number in range(90)]
    gold = labels(
        *((d, "nato", int(g), "author", t) for d, g, t in zip(ids, given, tongue, strict=True))
    )
    tables = {
        name: scores(*((d, "nato", int(p), 0) for d, p in zip(ids, guess, strict=True)))
        for name, guess in zip(("first", "second"), guesses, strict=True)
    }
    return gold, tables, given, guesses, np.array(tongue)


def test_f1_is_that_of_sklearn_in_each_group(judged):
    gold, tables, given, guesses, tongue = judged
    table = compare(gold, tables, SETTINGS, 1).measures
    for name, guess in zip(tables, guesses, strict=True):
        for group, rows in (("all", tongue != ""), ("fr", tongue == "fr"), ("ru", tongue == "ru")):
            each = f1_score(given[rows], guess[rows], average=None, labels=[-1, 0, 1])
            assert value(table, "macro_f1", name, group) == pytest.approx(each.mean())
            assert value(table, "f1_favourable", name, group) == pytest.approx(each[2])


def test_figures_and_intervals_are_those_of_the_scorers_own_table(judged):
    gold, tables, *_ = judged
    table = compare(gold, tables, SETTINGS, 1).measures
    stance = tables["second"].with_columns(scorer=pl.lit("second"))
    alone = scorer_quality(gold, stance, gold.select("doc_id", "language"), SETTINGS, 1).measures
    own = alone.filter(pl.col("measure") != "rank_correlation").join(
        table.filter(scorer="second"), on=["grouping", "group", "measure"], suffix="_compared"
    )
    assert own.height == table.filter(scorer="second").height
    for column in ("estimate", "low", "high", "n_labels", "n_documents"):
        assert own[column].equals(own[f"{column}_compared"], null_equal=True)


def test_alpha_with_labels_and_between_scorers_is_that_of_the_package(judged):
    gold, tables, given, guesses, _ = judged
    table = compare(gold, tables, SETTINGS, 1).measures
    with_labels = krippendorff.alpha(
        reliability_data=[given, guesses[1]], level_of_measurement="ordinal"
    )
    between = krippendorff.alpha(reliability_data=guesses, level_of_measurement="ordinal")
    assert value(table, "alpha_ordinal", "second") == pytest.approx(with_labels)
    assert value(table, "alpha_scorers", other="second") == pytest.approx(between)


def test_tables_fit_their_schemas_and_intervals_hold_the_estimate(judged):
    gold, tables, *_ = judged
    found = compare(gold, tables, SETTINGS, 1)
    for name, table in zip(("comparison", "reliability", "compared"), found, strict=True):
        check_table(table, name, where="here")
    bounded = found.measures.filter(pl.col("measure") != "calibration_error").drop_nulls("low")
    assert bounded.height > 0
    assert (bounded["low"] <= bounded["estimate"]).all()
    assert (bounded["estimate"] <= bounded["high"]).all()
    assert found.compared.height == 180
    assert found.measures["grouping"].unique(maintain_order=True).to_list() == [
        "all", "language", "target",
    ]  # fmt: skip


def test_the_difference_is_paired(judged):
    gold, tables, *_ = judged
    table = compare(gold, tables | {"twin": tables["first"]}, SETTINGS, 1).measures
    assert value(table, "macro_f1", "first", column="difference") is None
    loss = value(table, "macro_f1", "second", column="difference")
    assert loss == pytest.approx(
        value(table, "macro_f1", "second") - value(table, "macro_f1", "first")
    )
    assert value(table, "macro_f1", "second", column="difference_high") < 0
    # The same answers differ in no resample, however uncertain they are.
    assert value(table, "macro_f1", "twin", column="difference") == 0
    assert value(table, "macro_f1", "twin", column="difference_low") is None


def test_a_scorers_figures_do_not_hang_on_the_others_or_on_the_order_of_rows(judged):
    gold, tables, *_ = judged
    both = compare(gold, tables, SETTINGS, 1).measures
    alone = compare(gold.reverse(), {"first": tables["first"].reverse()}, SETTINGS, 1).measures
    assert alone.equals(both.filter(pl.col("scorer") == "first", pl.col("other").is_null()))


def test_one_scorer_has_no_pairs_and_no_differences(judged):
    gold, tables, *_ = judged
    table = compare(gold, {"first": tables["first"]}, SETTINGS, 1).measures
    assert "alpha_scorers" not in table["measure"].to_list()
    assert table["difference"].null_count() == table.height


def test_a_missed_target_is_neutral_and_lowers_relevance():
    gold = labels(
        ("a", "nato", 1, "author", "fr"), ("b", "nato", None, None, "fr"),
        ("c", "nato", -1, "author", "fr"), ("d", "nato", 1, "author", "fr"),
    )  # fmt: skip
    found = scores(("a", "nato", 1, 0), ("b", "nato", 0, 0), ("d", "nato", 1, 0))
    table = compare(gold, {"first": found}, SETTINGS, 1).measures
    # Found: a, b, d; relevant: a, c, d.
    assert value(table, "relevance_f1") == pytest.approx(2 * 2 / 6)
    assert value(table, "relevance_f1", column="n_labels") == 4
    assert value(table, "f1_unfavourable") == 0
    assert value(table, "macro_f1") == pytest.approx(0.5)
    assert value(table, "macro_f1", column="n_labels") == 3
    assert value(table, "macro_f1", column="n_documents") == 3


def test_a_class_in_no_label_is_left_out_of_the_mean():
    gold = labels(*((f"d{n}", "nato", n % 2, "author", "fr") for n in range(10)))
    right = scores(*((f"d{n}", "nato", n % 2, 0) for n in range(10)))
    stray = scores(*((f"d{n}", "nato", n % 2 if n else -1, 0) for n in range(10)))
    table = compare(gold, {"first": right, "stray": stray}, SETTINGS, 1).measures
    assert value(table, "macro_f1") == 1
    assert value(table, "macro_f1", "stray") == pytest.approx((8 / 9 + 1) / 2)


def test_voice_is_judged_on_evaluations_that_were_found():
    gold = labels(
        ("a", "nato", 1, "author", "fr"), ("b", "nato", -1, "quoted", "fr"),
        ("c", "nato", -1, "quoted", "fr"), ("d", "nato", 0, "quoted", "fr"),
        ("e", "nato", 1, None, "fr"), ("f", "nato", 1, "author", "fr"),
    )  # fmt: skip
    found = scores(
        ("a", "nato", 1, 0.2), ("b", "nato", -1, 0.5), ("c", "nato", -1, 0.4), ("d", "nato", 0, 1),
        ("e", "nato", 1, 0),
    )  # fmt: skip
    table = compare(gold, {"first": found}, SETTINGS, 1).measures
    assert value(table, "voice_accuracy") == pytest.approx(2 / 3)
    assert value(table, "voice_accuracy", column="n_labels") == 3


def test_calibration_error_and_reliability_by_hand():
    sure, unsure = (0.9, 0.05, 0.05), (0.25, 0.2, 0.55)
    # Sure four times and right three; unsure twice and right once.
    rows = [(n, sure, -1 if n < 3 else 0) for n in range(4)]
    rows += [(4, unsure, 1), (5, unsure, 0)]
    gold = labels(*((f"d{n}", "nato", label, "author", "fr") for n, _, label in rows))
    found = scores(*((f"d{n}", "nato", given, 0) for n, given, _ in rows))
    result = compare(gold, {"first": found}, SETTINGS, 1)
    expected = (4 * abs(0.9 - 0.75) + 2 * abs(0.55 - 0.5)) / 6
    assert value(result.measures, "calibration_error") == pytest.approx(expected)
    bins = (
        result.reliability.filter(grouping="all")
        .select("bin_low", "bin_high", "mean_probability", "right_share", "low", "n_labels")
        .rows()
    )
    assert bins == [
        (0.5, 0.6, pytest.approx(0.55), pytest.approx(0.5), None, 2),
        (0.9, 1.0, pytest.approx(0.9), pytest.approx(0.75), None, 4),
    ]


def test_the_coders_of_a_document_share_its_weight():
    gold = labels(
        *((f"d{n}", "nato", n % 3 - 1, "author", "fr") for n in range(12)),
        ("d0", "nato", 1, "author", "fr"),
    )
    found = {name: scores(*((f"d{n}", "nato", 0, 0) for n in range(12))) for name in "ab"}
    table = compare(gold, found, SETTINGS, 1).measures
    assert value(table, "macro_f1", "a", column="n_labels") == 13
    assert value(table, "macro_f1", "a", column="n_documents") == 12
    # Four documents are neutral; the one of two opinions is not.
    assert value(table, "accuracy", "a") == pytest.approx(4 / 12)


def test_few_labels_have_a_figure_and_no_interval(judged):
    gold, tables, *_ = judged
    table = compare(gold.head(9), tables, SETTINGS, 1).measures
    assert table["low"].null_count() == table.height
    assert table["difference_low"].null_count() == table.height
    assert value(table, "macro_f1") is not None


def test_what_cannot_be_measured_is_null():
    gold = labels(*((f"d{n}", "nato", None, None, "fr") for n in range(12)))
    table = compare(gold, {"first": scores()}, SETTINGS, 1).measures
    assert table["estimate"].null_count() == table.height
    assert value(table, "macro_f1", column="n_labels") == 0
