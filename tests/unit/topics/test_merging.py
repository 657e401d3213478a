import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geostance.settings.topics import TopicSettings
from geostance.topics.merging import merge_topics
from geostance.topics.model import _ranks
from geostance.topics.outliers import give_to_nearest
from geostance.topics.vectors import unit_vectors

# Topics 0 and 1 are alike, 2 and 3 are alike, 4 is like none.
DIRECTIONS = unit_vectors(
    np.array([[1, 0, 0], [1, 0.2, 0], [0, 1, 0.1], [0, 1, 0], [0, 0.1, 1]], np.float32)
)
TOPICS = np.array([0, 1, 2, 3, 4, -1, 0, 2])
VECTORS = DIRECTIONS[TOPICS]


@pytest.mark.parametrize(
    ("number", "merged"),
    [
        (9, [0, 1, 2, 3, 4, -1, 0, 2]),
        (5, [0, 1, 2, 3, 4, -1, 0, 2]),
        (4, [0, 1, 2, 2, 4, -1, 0, 2]),
        (3, [0, 0, 2, 2, 4, -1, 0, 2]),
        (1, [0, 0, 0, 0, 0, -1, 0, 0]),
    ],
)
def test_the_most_alike_topics_are_merged_first(number, merged):
    assert merge_topics(TOPICS, VECTORS, number).tolist() == merged


def test_auto_merges_groups_and_leaves_a_topic_alone_that_is_like_no_other():
    generator = np.random.default_rng(0)
    centres = np.repeat(np.eye(4, 8), [3, 4, 3, 1], axis=0)
    vectors = unit_vectors(centres + generator.normal(scale=0.02, size=centres.shape))
    merged = merge_topics(np.arange(11), vectors, "auto")
    assert merged.tolist() == [0, 0, 0, 3, 3, 3, 3, 7, 7, 7, 10]


def test_named_topics_are_never_merged_but_count():
    assert merge_topics(TOPICS, VECTORS, 4, n_named=2).tolist() == [0, 1, 2, 2, 4, -1, 0, 2]
    assert merge_topics(TOPICS, VECTORS, "auto", n_named=2)[:2].tolist() == [0, 1]


def test_outliers_alone_have_nothing_to_merge():
    none = np.array([-1, -1])
    assert merge_topics(none, VECTORS[:2], 3).tolist() == [-1, -1]
    assert merge_topics(none, VECTORS[:2], "auto").tolist() == [-1, -1]


@st.composite
def assignments(draw):
    n = draw(st.integers(1, 30))
    topics = draw(st.lists(st.integers(-1, 5), min_size=n, max_size=n))
    seed = draw(st.integers(0, 1000))
    vectors = np.random.default_rng(seed).normal(size=(n, 4)).astype(np.float32)
    return np.array(topics), unit_vectors(vectors)


@given(assignments(), st.integers(1, 6))
def test_merging_joins_topics_and_parts_none(given_topics, number):
    topics, vectors = given_topics
    merged = merge_topics(topics, vectors, number)
    assert ((merged == -1) == (topics == -1)).all()
    assert all(len(np.unique(merged[topics == topic])) == 1 for topic in np.unique(topics))
    found = len(np.unique(topics[topics >= 0]))
    assert len(np.unique(merged[merged >= 0])) == min(found, number)


@given(assignments(), st.floats(-1, 1))
def test_reduction_never_touches_assigned_documents(given_topics, similarity):
    topics, vectors = given_topics
    reduced = give_to_nearest(topics, vectors, similarity)
    assert (reduced[topics >= 0] == topics[topics >= 0]).all()
    assert set(reduced) <= set(topics)


@given(assignments())
def test_a_stricter_reduction_leaves_more_outliers(given_topics):
    topics, vectors = given_topics
    left = [(give_to_nearest(topics, vectors, limit) == -1).sum() for limit in (-1, 0, 0.5, 0.9)]
    assert left == sorted(left)
    # A cosine that rounding puts below −1 is no nearness.
    assert left[0] == 0 or (topics == -1).all() or left[0] < (topics == -1).sum()


def test_an_outlier_goes_to_the_topic_whose_mean_is_nearest():
    vectors = unit_vectors(np.array([[1, 0], [0, 1], [0.9, 0.3], [-1, -1]], np.float32))
    topics = np.array([3, 7, -1, -1])
    assert give_to_nearest(topics, vectors, 0.5).tolist() == [3, 7, 3, -1]


@given(assignments())
def test_topics_are_numbered_by_size(given_topics):
    topics, _ = given_topics
    ranks = _ranks(topics)
    numbered = ranks[topics]
    assert ((numbered == -1) == (topics == -1)).all()
    sizes = np.bincount(numbered[numbered >= 0])
    assert (np.diff(sizes) <= 0).all()
    assert len(np.unique(numbered)) == len(np.unique(topics))


def test_a_number_below_one_is_refused():
    with pytest.raises(ValueError, match="number"):
        TopicSettings(number=0)
