import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geostance.schema import TABLES, check_table
from geostance.topics import Passages, TopicDescription, TopicDocuments, of_documents
from geostance.topics.passages import (
    mixed_topics,
    passage_numbers,
    passage_shares,
    passage_table,
)


def sentence_rows(texts):
    """The table ``sentences`` of documents, each given as the list of its sentences."""
    rows = []
    for number, sentences in enumerate(texts):
        start = 0
        for place, text in enumerate(sentences):
            rows.append((f"d{number}", f"d{number}-{place:04d}", start, start + len(text), text))
            start += len(text) + 1
    return pl.DataFrame(rows, schema=TABLES["sentences"], orient="row")


def vectors_of(sentences, generator):
    vectors = generator.normal(size=(len(sentences), 3)).astype(np.float32)
    return sentences.select("sentence_id", "doc_id").with_columns(
        pl.Series("vector", vectors, dtype=pl.Array(pl.Float32, 3))
    )


def cut(texts, words):
    sentences = sentence_rows(texts)
    embeddings = vectors_of(sentences, np.random.default_rng(0))
    ids = [f"d{number}" for number in range(len(texts))]
    documents = TopicDocuments.of(
        ids, [" ".join(own) for own in texts], ["fr"] * len(ids), np.eye(len(ids), 3)
    )
    return documents, sentences, Passages.of(documents, sentences, embeddings, words)


def test_a_passage_is_whole_sentences_of_about_so_many_words():
    ten = [f"{'mot ' * 9}fin{n}." for n in range(7)]
    documents, _, passages = cut([ten, ["Court."]], 20)
    assert passages.table["n_words"].to_list() == [20, 10, 20, 20, 1]
    assert passages.table["doc_id"].to_list() == ["d0"] * 4 + ["d1"]
    assert passages.units.texts[1] == ten[2]
    assert passages.units.doc_ids[-1] == "d1-0000"
    assert passages.units.languages == ["fr"] * 5
    assert passages.owners(documents).tolist() == [0, 0, 0, 0, 1]


documents_of_sentences = st.lists(
    st.lists(st.text("ab .", min_size=1, max_size=40), min_size=1, max_size=12),
    min_size=1,
    max_size=4,
)


@given(documents_of_sentences, st.integers(1, 12))
def test_every_sentence_is_in_one_passage_and_passages_follow_one_another(texts, words):
    sentences = sentence_rows(texts)
    numbered = passage_numbers(sentences, words)
    assert numbered["sentence_id"].sort().equals(sentences["sentence_id"].sort())
    for _, own in numbered.sort("doc_id", "start").group_by("doc_id"):
        steps = np.diff(own["passage"].to_numpy())
        assert own["passage"][0] == 0 and set(steps) <= {0, 1}
    _, _, passages = cut(texts, words)
    assert passages.table["n_words"].sum() == numbered["n_words"].sum()
    covered = passages.table.join(sentences, on="doc_id").filter(
        pl.col("start") <= pl.col("start_right"), pl.col("end_right") <= pl.col("end")
    )
    assert covered["sentence_id"].n_unique() == len(sentences)


def fitted(passages, topics, found=None):
    return pl.DataFrame(
        {
            "doc_id": passages.units.doc_ids,
            "topic": topics,
            "probability": np.linspace(0.5, 1, len(topics)),
            "x": np.arange(len(topics), dtype=float),
            "y": 0.0,
            "topic_found": topics if found is None else found,
        },
        schema=TABLES["topics"],
    )


def test_a_document_is_the_mixture_of_its_passages_by_words():
    ten = [f"{'mot ' * 9}fin{n}." for n in range(4)]
    documents, _, passages = cut([ten, ["Court."]], 10)
    topics = fitted(passages, [3, 0, -1, 0, 5], found=[3, 0, -1, -1, 5])
    shares = passage_shares(documents, passages, topics)
    assert shares.rows() == [("d0", -1, 0.25), ("d0", 0, 0.5), ("d0", 3, 0.25), ("d1", 5, 1.0)]
    mixed = mixed_topics(documents, passages, topics)
    assert mixed["topic"].to_list() == [0, 5]
    # Found were two passages of outliers, and one each of 0 and 3.
    assert mixed["topic_found"].to_list() == [-1, 5]
    assert mixed["x"].to_list() == [2.0, 4.0]
    check_table(mixed, "topics", where="test")
    check_table(passage_table(passages, topics), "topic_passages", where="test")


def test_between_equal_shares_a_topic_goes_before_the_outliers():
    documents, _, passages = cut([["Un deux.", "Trois quatre."]], 2)
    mixed = mixed_topics(documents, passages, fitted(passages, [-1, 4]))
    assert mixed["topic"].to_list() == [4]


@given(st.lists(st.integers(-1, 3), min_size=6, max_size=6))
def test_shares_of_a_document_sum_to_one(topics):
    documents, _, passages = cut([["Un deux trois."] * 4, ["Quatre.", "…"]], 1)
    shares = passage_shares(documents, passages, fitted(passages, topics))
    sums = shares.group_by("doc_id").agg(pl.col("share").sum())
    assert sorted(sums["doc_id"]) == ["d0", "d1"]
    np.testing.assert_allclose(sums["share"], 1)
    assert (shares["share"] > 0).all()


def test_a_topic_counts_the_documents_it_leads():
    _, _, passages = cut([["Un deux.", "Trois quatre."], ["Cinq."]], 2)
    info = pl.DataFrame(
        {
            "topic": [0, 1],
            "label": ["0 a", "1 b"],
            "n_documents": [2, 1],
            "representative_doc_ids": [["d0-0000", "d0-0001"], ["d1-0000"]],
        }
    )
    documents = pl.DataFrame(
        {"topic": [0, 0], "language": "fr", "rank": [1, 2], "doc_id": ["d0-0000", "d0-0001"]}
    )
    described = TopicDescription(pl.DataFrame(), info, documents, pl.DataFrame(), "fr")
    topics = pl.DataFrame({"topic": [0, 0]}, schema={"topic": pl.Int64})
    told = of_documents(described, passages, topics)
    assert told.documents.select("rank", "doc_id").rows() == [(1, "d0")]
    found = told.info
    assert found["n_documents"].to_list() == [2, 0]
    assert found["representative_doc_ids"].to_list() == [["d0"], ["d1"]]


@pytest.mark.parametrize("words", [0, 5])
def test_passages_of_a_few_words_are_refused(words):
    from geostance.settings.topics import TopicSettings

    with pytest.raises(ValueError, match="passage_words"):
        TopicSettings(passage_words=words)
