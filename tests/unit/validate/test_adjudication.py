import polars as pl
import pytest

from geostance.schema import check_table
from geostance.validate.adjudication import adjudication_sheet, coded, disagreements, settled

TEXTS = pl.DataFrame(
    {
        "doc_id": list("abcd"),
        "title": [f"Title {name}" for name in "abcd"],
        "outlet": "Le Phare",
        "text": "A text.",
        "date": None,
    }
)


@pytest.fixture
def labels(make_labels):
    """Four documents that two coders judge; they agree on one."""
    return make_labels(
        ("a", "nato", 0, "ana"), ("a", "nato", 1, "ben"),
        ("b", "nato", -1, "ana"), ("b", "nato", 1, "ben"),
        ("c", "nato", None, "ana"), ("c", "nato", 0, "ben"),
        ("d", "nato", 1, "ana"), ("d", "nato", 1, "ben"),
    )  # fmt: skip


def decided(make_labels, *rows):
    return make_labels(*rows).with_columns(adjudicates=pl.lit("ana: …; ben: …"))


def test_the_gravest_disagreement_comes_first(labels):
    table = check_table(disagreements(labels, TEXTS), "disagreements", where="here")
    assert table.select("doc_id", "title", "variables", "gap").rows() == [
        ("b", "Title b", ["portrayal"], 2),
        ("c", "Title c", ["relevance"], None),
        ("a", "Title a", ["portrayal"], 1),
    ]
    assert table["answers"][0].to_list() == [
        {"coder": "ana", "relevant": True, "stance": -1, "voice": None},
        {"coder": "ben", "relevant": True, "stance": 1, "voice": None},
    ]


def test_a_difference_in_voice_alone_comes_last(labels):
    voices = [None, None, None, None, None, None, "author", "quoted"]
    table = disagreements(labels.with_columns(voice=pl.Series(voices)), TEXTS)
    assert table.select("doc_id", "variables").row(-1) == ("d", ["voice"])


def test_a_decision_counts_in_place_of_the_answers(labels, make_labels):
    senior = decided(make_labels, ("b", "nato", 0, "maria"))
    every = pl.concat([labels, senior], how="diagonal")
    assert settled(every).filter(doc_id="b").select("stance", "coder").rows() == [(0, "maria")]
    assert settled(every).height == 7
    assert set(coded(every)["coder"]) == {"ana", "ben"}
    table = disagreements(every, TEXTS)
    assert dict(table.select("doc_id", "adjudicated").rows()) == {"a": False, "b": True, "c": False}


def test_without_decisions_all_labels_count(labels):
    assert settled(labels).equals(labels)
    assert coded(labels).equals(labels)


def test_the_sheet_holds_what_is_not_decided_with_the_answers(labels, make_labels):
    senior = decided(make_labels, ("b", "nato", 0, "maria"))
    voiced = labels.with_columns(
        voice=pl.when(pl.col("coder") == "ben").then(pl.lit("quoted")),
        inclusion_probability=pl.lit(0.5),
    )
    every = pl.concat([voiced, senior], how="diagonal")
    sheet = adjudication_sheet(disagreements(every, TEXTS), TEXTS)
    assert sheet.select("doc_id", "adjudicates", "inclusion_probability", "stance").rows() == [
        ("c", "ana: not relevant; ben: stance 0, quoted", 0.5, None),
        ("a", "ana: stance 0; ben: stance 1, quoted", 0.5, None),
    ]


def test_where_all_agree_there_is_nothing_to_decide(labels):
    table = disagreements(labels.filter(doc_id="d"), TEXTS)
    assert table.is_empty() and adjudication_sheet(table, TEXTS).is_empty()
