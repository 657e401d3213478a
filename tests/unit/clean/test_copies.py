import numpy as np
import polars as pl

from geostance.clean.copies import candidates, clusters, compare, standing, without
from geostance.clean.shingles import read_corpus


def sketches_of(*texts):
    frame = pl.DataFrame(
        {"doc_id": [str(n) for n in range(len(texts))], "title": "", "text": texts}
    )
    return read_corpus([frame], 4).sketches


def numbered(first, last):
    return " ".join(f"mot{n}" for n in range(first, last))


def test_every_measure_of_a_text_and_its_half():
    likeness = compare(sketches_of(numbered(0, 103), numbered(0, 53)), np.array([[0, 1]]))
    assert likeness.similarity.tolist() == likeness.cover.tolist() == [0.5]
    assert likeness.containment.tolist() == [1.0]
    assert likeness.growth.tolist() == [0.5]


def test_a_text_without_shingles_is_like_nothing():
    likeness = compare(sketches_of("trois mots seuls", numbered(0, 9)), np.array([[0, 1], [0, 0]]))
    assert likeness.similarity.tolist() == likeness.containment.tolist() == [0.0, 0.0]


def test_texts_far_apart_are_not_proposed():
    sketches = sketches_of(numbered(0, 60), numbered(100, 160), numbered(110, 160))
    assert candidates(sketches).tolist() == [[1, 2]]


def test_proposals_grow_with_the_texts_and_not_with_their_square():
    def n_proposed(n):
        texts = (f"{numbered(0, 40)} {numbered(1000 * at, 1000 * at + 5)}" for at in range(1, n))
        return len(candidates(sketches_of(*texts)))

    assert n_proposed(400) <= 2 * 400
    assert n_proposed(800) <= 2 * 800


def test_a_cluster_that_drifts_is_parted():
    texts = [numbered(30 * n, 30 * n + 100) for n in range(5)]
    pairs = np.array([[n, n + 1] for n in range(4)])
    assert clusters(sketches_of(*texts), pairs).tolist() == [0, 0, 2, 2, 4]


def test_standing_shingles_are_those_of_one_outlet_on_many_days():
    sketches = sketches_of(numbered(0, 4), numbered(10, 14), numbered(20, 24))
    outlets_and_days = [
        # Text 0: four days of one outlet. Text 1: four outlets on a day each. Text 2: one day.
        *((0, 7, 100 + day) for day in range(4)),
        *((1, outlet, 100 + outlet) for outlet in range(4)),
        *((2, 7, 100) for _ in range(4)),
    ]
    printings = np.array(outlets_and_days).T
    found = standing(sketches, *printings, 3)
    assert found.tolist() == sketches.of(np.array([0]))[0].tolist()
    assert standing(sketches, *printings, 4).tolist() == []


def test_what_is_dropped_is_gone_and_the_rest_is_where_it_was():
    sketches = sketches_of(numbered(0, 30), numbered(10, 40), numbered(50, 54))
    shared = np.intersect1d(*(sketches.of(np.array([n]))[0] for n in (0, 1)))
    rest = [np.setdiff1d(sketches.of(np.array([n]))[0], shared).tolist() for n in range(3)]
    left = without(sketches, shared)
    assert [left.of(np.array([n]))[0].tolist() for n in range(3)] == rest
    assert left.sizes.tolist() == [10, 10, 1]
