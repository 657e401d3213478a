import polars as pl
import pytest

from geostance.topics.trends import topic_trends


def trends(rows):
    """Rows of doc_id, cluster_id, topic, outlet, month; the first of a cluster stands for it."""
    frame = pl.DataFrame(
        rows, schema=["doc_id", "cluster_id", "topic", "outlet", "month"], orient="row"
    )
    groups = frame.drop("topic").with_columns(
        language=pl.lit("fr"), quarter=pl.lit(None, pl.String), year=pl.col("month").str.head(4)
    )
    return topic_trends(
        frame.select("doc_id", "topic"),
        groups,
        frame.unique("cluster_id", keep="first").select("doc_id"),
    )


ROWS = [
    ("a", "a", 0, "Phare", "2024-01"),
    ("b", "a", 0, "Dépêche", "2024-02"),
    ("c", "a", 0, "Dépêche", "2024-02"),
    ("d", "d", 1, "Dépêche", "2024-02"),
    ("e", "e", -1, "Phare", None),
]


def test_shares_are_of_all_documents_of_a_group_and_sum_to_one():
    found = trends(ROWS)
    sums = found.group_by("unit", "grouping", "group").agg(pl.col("share").sum())
    assert sums["share"].to_list() == pytest.approx([1.0] * sums.height)
    whole = found.filter(unit="distinct", grouping="all", topic=0)
    assert whole.select("n", "n_group", "share").row(0) == (1, 3, pytest.approx(1 / 3))


def test_units_count_texts_once_or_as_printed():
    found = trends(ROWS).filter(grouping="outlet", group="Dépêche", topic=0)
    assert found.select("unit", "n", "n_group").rows() == [("distinct", 0, 1), ("printed", 2, 3)]


def test_documents_without_a_period_are_in_none():
    found = trends(ROWS)
    months = found.filter(unit="printed", grouping="month", topic=-1)
    assert months["group"].to_list() == ["2024-01", "2024-02"]
    assert months["n"].to_list() == [0, 0]
    assert found.filter(grouping="quarter").is_empty()


def test_copies_make_no_interval_narrower():
    texts = [(f"t{n}", f"t{n}", n % 2, "Phare", "2024-01") for n in range(20)]
    copies = [(f"{row[0]}-{k}", row[1], *row[2:]) for row in texts for k in range(9)]
    found = trends(texts + copies).filter(grouping="all", topic=0)
    once, printed = found.sort("unit").iter_rows(named=True)
    assert (printed["n"], once["n"]) == (100, 10)
    assert (printed["low"], printed["high"]) == pytest.approx((once["low"], once["high"]))


def test_the_interval_is_wilsons():
    texts = [(f"t{n}", f"t{n}", int(n < 3), "Phare", "2024-01") for n in range(10)]
    row = trends(texts).filter(grouping="all", topic=1, unit="distinct").row(0, named=True)
    # 3 of 10, worked out by hand from Wilson's formula.
    assert (row["low"], row["high"]) == pytest.approx((0.10779, 0.60322), abs=1e-4)
