import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geostance.errors import InputError
from geostance.schema import TABLES
from geostance.settings.topics import TopicSettings
from geostance.topics import (
    Guidance,
    TopicDocuments,
    assign_topics,
    neighbour_shares,
)
from geostance.topics.mixture import main_topics, mixture
from geostance.topics.neighbours import nearest

DIM = 6


def documents(themes, seed, prefix="d", languages=None):
    """One document for each theme number, near that axis; −1 lies on its own."""
    generator = np.random.default_rng(seed)
    vectors = generator.normal(scale=0.05, size=(len(themes), DIM))
    for row, theme in enumerate(themes):
        vectors[row, theme if theme >= 0 else 3] += 1
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    ids = [f"{prefix}{row:03d}" for row in range(len(themes))]
    return TopicDocuments.of(ids, ["texte"] * len(ids), languages or ["fr"] * len(ids), vectors)


def table(ids, topics, found=None):
    return pl.DataFrame(
        {
            "doc_id": ids,
            "topic": topics,
            "probability": 1.0,
            "x": np.array(topics, float),
            "y": 0.0,
            "topic_found": topics if found is None else found,
        },
        schema=TABLES["topics"],
    )


# Thirty documents of each of three topics, and as many that are of none.
THEMES = [0] * 30 + [1] * 30 + [2] * 30 + [-1] * 30
FITTED = documents(THEMES, seed=0)
TOPICS = table(FITTED.doc_ids, THEMES)


def test_a_new_document_takes_the_topic_of_its_nearest_and_may_be_an_outlier():
    new = documents([2, 0, -1], seed=1, prefix="n")
    found = assign_topics(new, FITTED, TOPICS, TopicSettings())
    assert found.topics["topic"].to_list() == [2, 0, -1]
    assert found.topics["topic_found"].to_list() == [2, 0, -1]
    assert found.topics["probability"].to_list() == pytest.approx([1, 1, 0])
    assert found.topics["x"].to_list() == pytest.approx([2, 0, -1])


def test_outliers_are_given_to_the_nearest_where_those_of_the_fit_were():
    new = documents([-1], seed=1, prefix="n")
    settings = TopicSettings(outliers="nearest", outlier_similarity=-1)
    found = assign_topics(new, FITTED, TOPICS, settings).topics
    assert found["topic_found"].to_list() == [-1] and found["topic"][0] >= 0
    strict = TopicSettings(outliers="nearest", outlier_similarity=0.9)
    assert assign_topics(new, FITTED, TOPICS, strict).topics["topic"].to_list() == [-1]


def test_the_means_of_the_fits_languages_are_taken_off():
    languages = ["fr", "ru"] * 60
    fitted = documents(THEMES, seed=0, languages=languages)
    russian = np.array(languages) == "ru"
    fitted.vectors[russian, 5] += 2
    new = documents([1, 1], seed=1, prefix="n", languages=["fr", "ru"])
    new.vectors[1, 5] += 2
    found = assign_topics(new, fitted, table(fitted.doc_ids, THEMES), TopicSettings())
    assert found.topics["topic"].to_list() == [1, 1]


def test_the_order_of_new_documents_changes_nothing():
    new = documents([2, 0, -1, 1], seed=1, prefix="n")
    order = [3, 1, 0, 2]
    shuffled = TopicDocuments.of(
        [new.doc_ids[row] for row in order], ["texte"] * 4, ["fr"] * 4, new.vectors[order]
    )
    one, other = (assign_topics(d, FITTED, TOPICS, TopicSettings()) for d in (new, shuffled))
    assert one.topics.equals(other.topics) and one.shares.equals(other.shares)


def test_a_new_document_near_a_theme_takes_its_topic():
    def encode(texts):
        return np.eye(1, DIM, k=3, dtype=np.float32).repeat(len(texts), axis=0)

    settings = TopicSettings(zero_shot={"Neige": {"fr": "la neige"}}, zero_shot_similarity=0.5)
    guidance = Guidance.of(settings, encode)
    new = documents([0, -1], seed=1, prefix="n")
    # The documents of the fit that lie on the theme's axis took it, as topic 3.
    taken = table(FITTED.doc_ids, [3 if theme == -1 else theme for theme in THEMES])
    found = assign_topics(new, FITTED, taken, settings, guidance)
    assert found.topics["topic"].to_list() == [0, 3]
    assert found.topics["probability"][1] >= 0.5


def test_a_theme_that_the_fit_has_not_gives_no_topic():
    def encode(texts):
        return np.eye(1, DIM, k=5, dtype=np.float32).repeat(len(texts), axis=0)

    settings = TopicSettings(zero_shot={"Neige": {"fr": "la neige"}}, zero_shot_similarity=0.5)
    new = TopicDocuments(["n"], ["texte"], ["fr"], np.eye(1, DIM, k=5, dtype=np.float32))
    found = assign_topics(new, FITTED, TOPICS, settings, Guidance.of(settings, encode))
    assert found.topics["topic"][0] in {-1, 0, 1, 2}


def test_vectors_of_another_encoder_are_refused():
    other = TopicDocuments(["n"], ["texte"], ["fr"], np.ones((1, DIM + 1), np.float32))
    with pytest.raises(InputError, match=f"{DIM + 1} dimensions, those of the fit {DIM}"):
        assign_topics(other, FITTED, TOPICS, TopicSettings())


def sums(shares):
    return shares.group_by("doc_id").agg(pl.col("share").sum()).sort("doc_id")


def test_a_document_between_two_topics_has_a_share_in_both():
    new = documents([0, 0], seed=1, prefix="n")
    new.vectors[1, :2] = 0.7
    shares = assign_topics(new, FITTED, TOPICS, TopicSettings()).shares
    assert shares.filter(doc_id="n000").rows() == [("n000", 0, pytest.approx(1))]
    assert set(shares.filter(doc_id="n001")["topic"]) >= {0, 1}
    np.testing.assert_allclose(sums(shares)["share"], 1)


@given(st.lists(st.integers(-1, 3), min_size=1, max_size=40), st.integers(0, 99))
def test_shares_sum_to_one_and_hold_the_documents_own_topic(topics, seed):
    fitted = documents([0] * len(topics), seed)
    shares = neighbour_shares(fitted, table(fitted.doc_ids, topics))
    assert sums(shares)["doc_id"].to_list() == fitted.doc_ids
    np.testing.assert_allclose(sums(shares)["share"], 1)
    own = shares.join(table(fitted.doc_ids, topics), on=["doc_id", "topic"])
    assert len(own) == len(topics) and (shares["share"] > 0).all()


def test_the_largest_share_wins_and_ties_go_to_the_lower_topic():
    owners = np.array([0, 0, 0, 1, 1, 2, 2])
    topics = np.array([4, 4, -1, 5, 3, -1, 8])
    found = mixture(owners, topics, np.ones(7))
    assert main_topics(*found).tolist() == [4, 3, 8]


def test_neighbours_are_the_nearest_and_copies_stand_in_order():
    references = np.array([[0, 1], [1, 0], [1, 0], [0.8, 0.6]], np.float32)
    near = nearest(references[1:2], references, 3)
    assert near.rows.tolist() == [[1, 2, 3]]
    np.testing.assert_allclose(near.weights, [[1, 1, 0.8]], atol=1e-6)


def test_without_a_positive_cosine_all_neighbours_weigh_the_same():
    near = nearest(np.array([[-1.0, 0.0]]), np.array([[1.0, 0.0], [0.0, 1.0]]), 15)
    assert near.weights.tolist() == [[1, 1]]


def test_blocks_change_nothing(monkeypatch):
    vectors = FITTED.vectors
    whole = nearest(vectors, vectors)
    monkeypatch.setattr("geostance.topics.neighbours._CELLS", 500)
    parts = nearest(vectors, vectors)
    assert (whole.rows == parts.rows).all()
    np.testing.assert_array_equal(whole.weights, parts.weights)
