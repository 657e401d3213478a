import polars as pl
import pytest

from geostance.topics.printings import copies_of_topics, effective_number


def printed(*rows):
    return pl.DataFrame(
        rows, schema={"topic": pl.Int64, "cluster_id": pl.String, "outlet": pl.String}, orient="row"
    )


def test_a_topic_of_one_story_by_hand():
    rows = [(0, "a", f"O{n}") for n in range(6)] + [(0, "b", "O0"), (0, "c", "O1")]
    (found,) = copies_of_topics(printed(*rows)).iter_rows(named=True)
    assert (found["n_printed"], found["n_distinct"]) == (8, 3)
    assert found["copies_share"] == pytest.approx(5 / 8)
    assert found["story_share"] == found["three_stories_share"] == pytest.approx(6 / 8)
    assert found["outlet_share"] == pytest.approx(2 / 8)
    # Two outlets with two of eight, four with one.
    assert found["effective_outlets"] == pytest.approx(64 / (2 * 4 + 4 * 1))


def test_three_stories_are_the_largest_three():
    rows = [(0, cluster, "O") for cluster in "aaabbbccdd"]
    (found,) = copies_of_topics(printed(*rows)).iter_rows(named=True)
    assert found["story_share"] == pytest.approx(0.3)
    assert found["three_stories_share"] == pytest.approx(0.8)


def test_texts_printed_once_are_no_story_and_outlets_may_be_unknown():
    found = copies_of_topics(printed((1, "a", None), (1, "b", None), (4, "c", "O")))
    assert found["topic"].to_list() == [1, 4]
    assert found["copies_share"].to_list() == [0, 0]
    assert found["story_share"].to_list() == [None, None]
    assert found["effective_outlets"].to_list() == [None, 1]


def test_the_effective_number_is_the_number_where_all_are_equal():
    assert effective_number(pl.Series([5, 5, 5, 5]).to_numpy()) == 4
