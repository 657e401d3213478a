"""Edits follow what a topic is made of, never its number."""

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from geostance.settings.topics import TopicEditSettings
from geostance.topics.centres import central_documents
from geostance.topics.documents import TopicDocuments
from geostance.topics.editing import edit_topics
from geostance.topics.edits import TopicEdit, TopicMatch
from geostance.topics.matching import match_edits

LEVELS = TopicEditSettings()
WORD = st.sampled_from("gaz vote stade mer port blé train hiver".split())


@st.composite
def fits(draw):
    """Return the assignments of a fit, each topic with at least one document, and its words."""
    n_topics = draw(st.integers(1, 6))
    extra = draw(st.lists(st.integers(-1, n_topics - 1), max_size=20))
    assigned = draw(st.permutations([*range(n_topics), *extra]))
    topics = pl.DataFrame(
        {"doc_id": [f"{i:02}" for i in range(len(assigned))], "topic": assigned},
        schema_overrides={"topic": pl.Int64},
    )
    words = pl.DataFrame(
        [(t, w) for t in range(n_topics) for w in draw(st.lists(WORD, min_size=1, unique=True))],
        schema={"topic": pl.Int64, "word": pl.String},
        orient="row",
    )
    return topics, words


def edits_of(topics, words):
    """Return an edit of every topic as the browser makes it: central documents and words."""
    generator = np.random.default_rng(len(topics))
    vectors = generator.normal(size=(len(topics), 4)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ids = topics["doc_id"].to_list()
    documents = TopicDocuments.of(ids, [""] * len(ids), ["fr"] * len(ids), vectors)
    centres = central_documents(documents, topics["topic"].to_list())
    return [
        TopicEdit(
            name=f"topic {topic}",
            match=TopicMatch(
                documents=tuple(centres.filter(topic=topic)["doc_id"]),
                words=tuple(words.filter(topic=topic)["word"]),
            ),
        )
        for topic in topics.filter(pl.col("topic") >= 0)["topic"].unique().sort().to_list()
    ]


@given(fits())
def test_a_fit_matched_with_itself_finds_every_edit_whole(fit):
    topics, words = fit
    edits = edits_of(topics, words)
    matches = match_edits(edits, topics, words, LEVELS)
    assert [match.topic for match in matches] == list(range(len(edits)))
    assert {(match.document_overlap, match.word_overlap, match.status) for match in matches} == {
        (1.0, 1.0, "applied")
    }


@given(fits(), fits(), st.randoms())
def test_other_numbers_of_the_same_topics_give_the_same_edits(then, now, random):
    edits = edits_of(*then)
    topics, words = now
    old = sorted(set(topics["topic"]) - {-1})
    new = random.sample(range(100), len(old))
    numbers = dict(zip(old, new, strict=True))
    matches = match_edits(edits, topics, words, LEVELS)
    again = match_edits(
        edits,
        topics.with_columns(pl.col("topic").replace(numbers)),
        words.with_columns(pl.col("topic").replace(numbers)),
        LEVELS,
    )
    assert [numbers.get(match.topic) for match in matches] == [match.topic for match in again]
    assert [(m.document_overlap, m.status) for m in matches] == [
        (m.document_overlap, m.status) for m in again
    ]


@given(fits(), fits(), st.lists(st.sampled_from([None, "k", "l"]), min_size=6, max_size=6))
def test_edits_lose_no_document_and_make_no_outlier(then, now, keys):
    topics, words = now
    edits = [
        edit.model_copy(update={"merge": key, "name": None})
        for edit, key in zip(edits_of(*then), keys, strict=False)
    ]
    edited = edit_topics(edits, topics, words, LEVELS)
    after = edited.renumber(topics)
    assert after["doc_id"].equals(topics["doc_id"])
    assert ((after["topic"] == -1) == (topics["topic"] == -1)).all()
    # Topics are joined, never split, and none takes the number of a topic it does not hold.
    pairs = pl.DataFrame({"old": topics["topic"], "new": after["topic"]}).unique()
    assert pairs["old"].is_unique().all()
    assert set(pairs["new"]) <= set(pairs.filter(pl.col("old") == pl.col("new"))["old"])
