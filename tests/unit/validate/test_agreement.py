import krippendorff
import numpy as np
import polars as pl
import pytest

from geostance.schema import check_table
from geostance.settings.validation import ValidationSettings
from geostance.validate.agreement import agreement

SETTINGS = ValidationSettings(bootstrap_samples=200, min_labels=10)


@pytest.fixture
def coded(make_labels):
    """Forty documents of two targets; ana and ben judge all, cleo every other one."""
    draws = np.random.default_rng(4)
    rows = []
    for n in range(40):
        truth = int(draws.integers(-1, 2))
        for coder in ("ana", "ben", "cleo"):
            if coder == "cleo" and n % 2:
                continue
            said = truth if draws.random() < 0.7 else int(draws.integers(-1, 2))
            stance = None if draws.random() < 0.1 else said
            rows.append((f"d{n:02}", "russia" if n % 3 else "nato", stance, coder))
    return make_labels(*rows)


def row(table, variable="portrayal", target="all", coder=None, other=None):
    rows = table.filter(
        pl.col("coder").eq_missing(coder), pl.col("other").eq_missing(other), variable=variable,
        target=target,
    )  # fmt: skip
    return rows.row(0, named=True)


def test_alpha_is_that_of_the_package_for_all_and_for_each_pair(coded):
    table = agreement(coded, SETTINGS, 1).measures
    units = coded.select("doc_id").unique().sort("doc_id")["doc_id"].to_list()
    data = np.full((3, 40), np.nan)
    for doc_id, stance, coder in (
        coded.drop_nulls("stance").select("doc_id", "stance", "coder").iter_rows()
    ):
        data[["ana", "ben", "cleo"].index(coder), units.index(doc_id)] = stance
    for names, rows in (((None, None), data), (("ana", "cleo"), data[[0, 2]])):
        expected = krippendorff.alpha(reliability_data=rows, level_of_measurement="ordinal")
        assert row(table, "portrayal", "all", *names)["estimate"] == pytest.approx(
            expected, abs=1e-8
        )


def test_tables_fit_their_schemas_and_intervals_hold_the_estimate(coded):
    found = agreement(coded, SETTINGS, 1)
    check_table(found.measures, "agreement", where="here")
    check_table(found.confusion, "coder_confusion", where="here")
    assert found.measures["target"].unique(maintain_order=True).to_list() == [
        "all", "nato", "russia",
    ]  # fmt: skip
    bounded = found.measures.drop_nulls("low")
    assert bounded.height > 0
    assert (bounded["low"] <= bounded["estimate"]).all()
    assert (bounded["estimate"] <= bounded["high"]).all()


def test_the_order_of_rows_and_other_targets_change_nothing(coded):
    table = agreement(coded, SETTINGS, 1).measures
    assert agreement(coded.reverse(), SETTINGS, 1).measures.equals(table)
    alone = agreement(coded.filter(target="nato"), SETTINGS, 1).measures
    assert alone.filter(target="nato").equals(table.filter(target="nato"))


def test_each_pair_of_coders_is_crossed(make_labels):
    labels = make_labels(
        ("a", "nato", 1, "ana"), ("a", "nato", 0, "ben"), ("b", "nato", 1, "ana"),
        ("b", "nato", 1, "ben"), ("c", "nato", None, "ana"), ("c", "nato", 0, "ben"),
    )  # fmt: skip
    cells = agreement(labels, SETTINGS, 1).confusion
    met = cells.filter(pl.col("n") > 0, target="all").select(
        "variable", "coder", "answer", "other", "other_answer", "n"
    )
    assert met.rows() == [
        ("relevance", "ana", "not_relevant", "ben", "relevant", 1),
        ("relevance", "ana", "relevant", "ben", "relevant", 2),
        ("portrayal", "ana", "favourable", "ben", "neutral", 1),
        ("portrayal", "ana", "favourable", "ben", "favourable", 1),
    ]


def test_one_coder_has_nobody_to_agree_with(make_labels):
    table = agreement(make_labels(("a", "nato", 1, "ana")), SETTINGS, 1).measures
    assert set(table["reason"]) == {"one coder"}
    assert table["estimate"].null_count() == table.height


def test_coders_of_different_texts_have_no_alpha(make_labels):
    labels = make_labels(("a", "nato", 1, "ana"), ("b", "nato", 0, "ben"))
    found = row(agreement(labels, SETTINGS, 1).measures)
    assert found["estimate"] is None and found["n_documents"] == 0
    assert found["reason"] == "no text with two answers"


def test_where_all_say_the_same_alpha_is_not_defined_but_the_share_is(make_labels):
    labels = make_labels(
        *((f"d{n}", "nato", 0, coder) for n in range(12) for coder in ("ana", "ben"))
    )
    found = row(agreement(labels, SETTINGS, 1).measures)
    assert found["estimate"] is None and found["agreed_share"] == 1
    assert found["reason"].startswith("all answers are the same")


def test_few_texts_with_two_answers_have_no_interval(make_labels):
    labels = make_labels(
        ("a", "nato", 1, "ana"), ("a", "nato", 1, "ben"), ("b", "nato", -1, "ana"),
        ("b", "nato", -1, "ben"), ("c", "nato", None, "ana"), ("c", "nato", 0, "ben"),
    )  # fmt: skip
    table = agreement(labels, SETTINGS, 1).measures
    found = row(table)
    assert (found["estimate"], found["low"], found["n_documents"], found["n_answers"]) == (
        1, None, 2, 4,
    )  # fmt: skip
    assert found["reason"] == "no interval: 2 of 10 texts with two answers"
    assert row(table, "relevance")["estimate"] == pytest.approx(0)


def test_voice_is_nominal_and_may_be_missing(make_labels):
    voices = ["author", "author", "quoted", "author", None, "quoted"]
    labels = make_labels(
        *((doc_id, "nato", 0, coder) for doc_id in "abc" for coder in ("ana", "ben"))
    ).with_columns(voice=pl.Series(voices))
    found = row(agreement(labels, SETTINGS, 1).measures, "voice")
    data = [["author", "quoted", None], ["author", "author", "quoted"]]
    expected = krippendorff.alpha(
        reliability_data=[[{"author": 0, "quoted": 1}.get(v, np.nan) for v in r] for r in data],
        level_of_measurement="nominal",
    )
    assert found["estimate"] == pytest.approx(expected, abs=1e-8)
    assert (found["metric"], found["n_documents"], found["agreed_share"]) == ("nominal", 2, 0.5)


def test_copies_of_one_text_are_drawn_together(coded):
    apart = agreement(coded, SETTINGS, 1).measures
    together = agreement(
        coded.with_columns(cluster_id=pl.col("doc_id").str.slice(0, 2)), SETTINGS, 1
    ).measures
    assert together["estimate"].equals(apart["estimate"])
    assert row(together)["low"] != row(apart)["low"]


def test_no_labels_give_empty_tables(make_labels):
    found = agreement(make_labels(), SETTINGS, 1)
    assert found.measures.is_empty() and found.confusion.is_empty()
