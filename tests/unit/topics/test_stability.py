import polars as pl
import pytest

from geostance.schema import check_table
from geostance.topics.fits import FitPlan
from geostance.topics.stability import Solution, assess_stability, checked_again, topic_sets

PLANS = [FitPlan("seed", 1), FitPlan("subsample", 2, 0.8)]


def frame(signs):
    """doc_id and topic: a digit is a topic, - an outlier; a dot leaves the document out."""
    rows = [(f"d{n}", -1 if sign == "-" else int(sign)) for n, sign in enumerate(signs)
            if sign != "."]  # fmt: skip
    return pl.DataFrame(rows, schema={"doc_id": pl.String, "topic": pl.Int64}, orient="row")


def words(topics):
    rows = [(topic, "mul", 1 + n, word, 1.0) for topic, text in topics.items()
            for n, word in enumerate(text.split())]  # fmt: skip
    return pl.DataFrame(rows, schema=["topic", "language", "rank", "word", "weight"], orient="row")


def solution(signs, named=None):
    topics = frame(signs)
    info = (
        topics.group_by("topic")
        .agg(n_documents=pl.len().cast(pl.Int64))
        .with_columns(label=pl.format("{} thème", "topic"))
    )
    return Solution(topics, info, topic_sets(words(named or {})))


def assess(published, *fits, named=None, described=None):
    described = described or [words({})] * len(fits)
    return assess_stability(
        solution(published, named), PLANS[: len(fits)], list(map(frame, fits)), described, 0.5, 0.95
    )


def test_the_tables_fit_their_schema():
    found = assess("0000111-", "0000111-", "0001.11-")
    for name, table in (
        ("topic_stability", found.topics),
        ("document_consensus", found.documents),
        ("topic_fits", found.fits),
    ):
        assert check_table(table, name, where="here").equals(table)


def test_a_topic_recurs_where_half_of_its_documents_do():
    found = assess("0000111-", "0000111-", "0011--0-").topics
    over_all = found.filter(fits="all")
    assert over_all["n_recurred"].to_list() == [2, 1]
    assert over_all["recurrence"].to_list() == [1.0, 0.5]
    # d2 and d3 are two of d0..d3; of d4..d6 only d6 is in a topic, with d0 and d1.
    assert over_all["overlap_min"].to_list() == [pytest.approx(1 / 2), pytest.approx(1 / 5)]
    assert found.filter(fits="subsample")["recurrence"].to_list() == [1.0, 0.0]


def test_wilsons_interval_holds_the_share_and_not_certainty():
    row = assess("0000", "0000", "0000").topics.filter(fits="all").row(0, named=True)
    assert row["recurrence"] == row["high"] == 1.0
    # Wilson's lower end at 95 % of 2 of 2.
    assert row["low"] == pytest.approx(2 / (2 + 1.959964**2), abs=1e-4)


def test_numbers_with_gaps_are_held_as_they_are():
    found = assess("3333777-", "1111000-")
    assert found.topics.filter(fits="all").select("topic", "label", "recurrence").rows() == [
        (3, "3 thème", 1.0),
        (7, "7 thème", 1.0),
    ]


def test_words_of_the_counterpart_are_compared():
    found = assess(
        "00001111", "11110000",
        named={0: "gaz prix", 1: "vote scrutin"},
        described=[words({1: "gaz prix", 0: "vote liste"})],
    )  # fmt: skip
    assert found.topics.filter(fits="all")["word_overlap"].to_list() == [1.0, pytest.approx(1 / 3)]


def test_a_document_stays_where_most_of_its_topic_is():
    found = assess("0000-", "00010", "0001-").documents
    assert found["consensus"].to_list() == [1.0, 1.0, 1.0, 0.0, 0.5]
    # Of three companions two are with each of the first three.
    assert found["companions"].to_list() == pytest.approx([2 / 3, 2 / 3, 2 / 3, 0, 0.5])


def test_a_document_no_fit_saw_has_no_consensus():
    found = assess("000", "00.").documents
    assert found["n_fits"].to_list() == [1, 1, 0]
    assert found["consensus"].to_list() == [1.0, 1.0, None]


def test_fits_are_held_against_the_topics_and_one_another():
    fits = assess("00001111", "00001111", "11110000").fits
    assert fits["ari"].to_list() == [1.0, 1.0] and fits["ari_others"].to_list() == [1.0, 1.0]
    assert fits["n_topics"].to_list() == [2, 2]
    assert fits["kind"].to_list() == ["seed", "subsample"]


def test_without_any_topic_there_is_nothing_to_recur():
    found = assess("---", "00-")
    assert found.topics.is_empty()
    assert found.documents["consensus"].to_list() == [0.0, 0.0, 1.0]


def test_a_fit_made_again_is_compared_document_by_document():
    plans = [FitPlan("seed", 1), FitPlan("shuffled", 1)]
    same = checked_again(frame("0011"), frame("1100"), frame("1100"), plans)
    assert same["kind"].to_list() == ["again", "shuffled"]
    assert same["identical"].to_list() == [True, True]
    other = checked_again(frame("0011"), frame("0011"), frame("0001"), plans)
    assert other["identical"].to_list() == [True, False]
    assert check_table(other, "topic_fits", where="here").equals(other)
