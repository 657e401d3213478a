import polars as pl
import pytest

from geostance.errors import ConfigError
from geostance.settings.topics import TopicEditSettings
from geostance.topics.editing import edit_topics
from geostance.topics.edits import TopicEdit, TopicMatch
from geostance.topics.matching import match_edits

LEVELS = TopicEditSettings()
# Ten documents of each of three topics, a0 … a9, b0 … b9, c0 … c9, and two outliers.
TOPICS = pl.DataFrame(
    [(f"{name}{i}", topic) for topic, name in enumerate("abc") for i in range(10)]
    + [("x0", -1), ("x1", -1)],
    schema={"doc_id": pl.String, "topic": pl.Int64},
    orient="row",
)
WORDS = pl.DataFrame(
    [
        (topic, word)
        for topic, words in enumerate(["gaz hiver", "vote scrutin", "stade finale"])
        for word in words.split()
    ],
    schema={"topic": pl.Int64, "word": pl.String},
    orient="row",
)


def edit(documents, words="", **decided):
    match = TopicMatch(documents=tuple(documents.split()), words=tuple(words.split()))
    return TopicEdit(match=match, **decided)


def status(*edits, topics=TOPICS):
    return [
        (m.topic, m.document_overlap, m.status) for m in match_edits(edits, topics, WORDS, LEVELS)
    ]


def test_an_edit_finds_its_topic_by_its_documents():
    assert status(edit("b0 b1 b2")) == [(1, 1.0, "applied")]


def test_a_topic_that_lost_documents_has_drifted():
    assert status(edit("b0 b1 b2 a0 x0")) == [(1, 0.6, "drifted")]


def test_below_the_floor_nothing_is_applied_and_the_nearest_is_told():
    lost = edit("b0 a0 x0 x1 c0", "vote", name="Elections")
    edited = edit_topics([lost], TOPICS, WORDS, LEVELS)
    assert edited.matches[0].status == "lost" and edited.labels == {}
    [told] = edited.messages(TOPICS)
    assert (
        "edit 1 (Elections) is lost, not applied: nearest is topic 1 with 20% of its documents"
        in told
    )


def test_documents_that_became_outliers_count_against_the_topic():
    assert status(edit("b0 x0 x1")) == [(1, pytest.approx(1 / 3), "lost")]


def test_other_words_under_the_same_documents_are_a_drift():
    assert status(edit("b0 b1", "moisson tracteur")) == [(1, 1.0, "drifted")]


def test_words_decide_where_documents_do_not():
    assert status(edit("a0 b0", "vote scrutin")) == [(1, 0.5, "drifted")]


def test_without_its_documents_an_edit_is_found_by_its_words_and_never_without_a_warning():
    assert status(edit("gone0 gone1", "Stade finale")) == [(2, None, "drifted")]
    assert status(edit("gone0", "moisson")) == [(None, None, "lost")]


def test_few_documents_left_in_the_corpus_are_a_drift():
    assert status(edit("b0 gone0 gone1", "vote"))[0] == (1, 1.0, "drifted")


def test_no_topic_serves_two_edits():
    assert status(edit("a0 a1 a2 a3"), edit("a4 a5 a6 b0 b1")) == [
        (0, 1.0, "applied"),
        (1, 0.4, "drifted"),
    ]


def test_a_match_below_the_floor_takes_no_topic_from_another():
    # Together b and a would overlap more, but the first would then be lost.
    found = status(edit("a0 a1 b0 x0"), edit("a2 a3 x1 x0 c0"))
    assert found[0] == (0, 0.5, "drifted") and found[1][2] == "lost"


def test_a_fit_without_topics_loses_every_edit():
    assert status(edit("a0"), topics=TOPICS.with_columns(topic=pl.lit(-1, pl.Int64))) == [
        (None, None, "lost")
    ]


def test_more_edits_than_topics_lose_the_rest():
    found = status(edit("a0"), edit("a1"), edit("b0"), edit("c0"))
    assert sorted(one[2] for one in found) == ["applied", "applied", "applied", "lost"]


def info(*topics):
    return pl.DataFrame(
        [(topic, "outliers" if topic < 0 else f"{topic} mot", 1, []) for topic in topics],
        schema={"topic": pl.Int64, "label": pl.String, "n": pl.Int64, "docs": pl.List(pl.String)},
        orient="row",
    )


def test_merged_topics_bear_the_smallest_number_and_the_others_keep_theirs():
    edited = edit_topics(
        [edit("c0 c1", merge="public life"), edit("b0 b1", merge="public life")],
        TOPICS, WORDS, LEVELS,
    )  # fmt: skip
    assert dict(edited.renumber(TOPICS).group_by("topic").len().iter_rows()) == {
        -1: 2,
        0: 10,
        1: 20,
    }
    assert edited.named(info(-1, 0, 1))["label"].to_list() == ["outliers", "0 mot", "public life"]
    table = edited.table(TOPICS)
    assert table["fitted_topic"].to_list() == [2, 1] and table["topic"].to_list() == [1, 1]
    assert table["n_documents"].to_list() == [10, 10]


def test_a_name_goes_before_the_key():
    edited = edit_topics(
        [edit("c0", merge="k"), edit("b0", merge="k", name="Games and votes")],
        TOPICS,
        WORDS,
        LEVELS,
    )
    assert edited.labels == {1: "Games and votes"}


def test_a_part_that_is_lost_leaves_the_rest_of_its_merge():
    edited = edit_topics([edit("c0", merge="k"), edit("x0 x1", merge="k")], TOPICS, WORDS, LEVELS)
    assert edited.numbers == {} and edited.labels == {2: "k"}
    assert edited.table(TOPICS)["topic"].to_list() == [2, None]


def test_a_topic_marked_drop_keeps_its_documents_and_shows_its_mark():
    edited = edit_topics(
        [edit("a0", mark="drop"), edit("b0", mark="unsure"), edit("c0", mark="keep")],
        TOPICS, WORDS, LEVELS,
    )  # fmt: skip
    assert edited.renumber(TOPICS).equals(TOPICS)
    assert edited.named(info(0, 1, 2))["label"].to_list() == [
        "0 mot [drop]",
        "1 mot [unsure]",
        "2 mot",
    ]
    assert "their 10 documents stay" in edited.messages(TOPICS)[0]


def test_a_name_that_is_the_label_of_another_topic_is_refused():
    edited = edit_topics([edit("a0", name="1 mot")], TOPICS, WORDS, LEVELS)
    with pytest.raises(ConfigError, match="label '1 mot'"):
        edited.named(info(0, 1))


def test_without_edits_nothing_changes():
    edited = edit_topics([], TOPICS, WORDS, LEVELS)
    assert edited.renumber(TOPICS).equals(TOPICS) and edited.named(info(0)).equals(info(0))
    assert edited.table(TOPICS).is_empty() and edited.messages(TOPICS) == []


def test_levels_out_of_order_are_refused():
    with pytest.raises(ValueError, match="lost_below must not be above"):
        TopicEditSettings(drifted_below=0.3, lost_below=0.5)
