import numpy as np
import pytest

from geostance.topics.compactness import compactness

EAST, NORTH, WEST = (1.0, 0.0), (0.0, 1.0), (-1.0, 0.0)


def test_two_topics_by_hand():
    vectors = np.array([EAST, EAST, NORTH, NORTH, WEST], np.float32)
    east, north = compactness(vectors, np.array([0, 0, 1, 1, -1])).rows(named=True)
    assert east["n_documents"] == 2 and east["likeness"] == pytest.approx(1)
    # Of the three others one points the other way, two are at a right angle.
    assert east["others"] == pytest.approx(-1 / 3)
    assert north["others"] == pytest.approx(0)
    # No distance to its own, one to the nearest other.
    assert east["separation"] == pytest.approx(1)


def test_the_centre_is_that_of_the_others_of_the_topic():
    (only,) = compactness(np.array([EAST, NORTH], np.float32), np.array([3, 3])).rows(named=True)
    assert only["topic"] == 3 and only["likeness"] == pytest.approx(0)
    assert only["separation"] is None and only["others"] is None


def test_documents_nearer_to_another_topic_are_below_zero():
    vectors = np.array([EAST, NORTH, NORTH, NORTH], np.float32)
    found = compactness(vectors, np.array([0, 0, 1, 1]))
    # Of the first topic one lies between two right angles, the other on the other's centre.
    assert found["separation"].to_list() == [pytest.approx(-0.5), pytest.approx(1)]


def test_a_topic_of_one_document_has_no_likeness():
    vectors = np.array([EAST, NORTH, NORTH], np.float32)
    found = compactness(vectors, np.array([0, 1, 1]))
    assert found["likeness"].to_list() == [None, pytest.approx(1)]
    assert found["separation"].to_list() == [None, pytest.approx(1)]


def test_random_topics_are_no_more_alike_than_the_others():
    draw = np.random.default_rng(0)
    vectors = draw.normal(size=(600, 20))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    found = compactness(vectors.astype(np.float32), draw.integers(0, 60, 600))
    assert abs((found["likeness"] - found["others"]).mean()) < 0.03


def test_only_outliers_are_no_topic():
    assert compactness(np.array([EAST], np.float32), np.array([-1])).is_empty()


def test_parts_are_added_up(monkeypatch):
    draw = np.random.default_rng(1)
    vectors = draw.normal(size=(50, 4)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    topics = draw.integers(-1, 4, 50)
    whole = compactness(vectors, topics)
    monkeypatch.setattr("geostance.topics.compactness._ROWS", 7)
    assert np.allclose(compactness(vectors, topics).to_numpy(), whole.to_numpy())
