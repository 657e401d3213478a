"""The nearest documents of each."""

import numpy as np
import pytest

from geostance.topics.neighbours import nearest


def in_full_order(queries, references, k):
    """Order every row of cosines, as :func:`nearest` avoids to."""
    cosines = np.round(queries @ references.T, 6)
    columns = np.broadcast_to(np.arange(len(references)), cosines.shape)
    rows = np.lexsort((columns, -cosines), axis=1)[:, :k]
    return rows, np.take_along_axis(cosines, rows, axis=1)


def unit_rows(n, seed, *, steps=None):
    vectors = np.random.default_rng(seed).standard_normal((n, 4)).astype(np.float32)
    # Few values leave many equal cosines.
    vectors = vectors if steps is None else np.round(vectors * steps) / steps + 1e-3
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize("n_references", [1, 9, 10, 63, 64, 65, 129, 700])
@pytest.mark.parametrize("steps", [None, 1])
def test_they_are_those_of_the_whole_order(n_references, steps):
    references = unit_rows(n_references, 1, steps=steps)
    queries = unit_rows(20, 2, steps=steps)
    near = nearest(queries, references)
    rows, cosines = in_full_order(queries, references, 10)
    assert near.rows.tolist() == rows.tolist()
    some = (cosines > 0).any(axis=1)
    assert np.array_equal(near.weights[some], np.maximum(cosines[some], 0))


def test_of_equally_near_ones_the_first_are_taken():
    references = np.tile(unit_rows(1, 3), (1_000, 1))
    assert nearest(references[:1], references).rows.tolist() == [list(range(10))]


def test_where_none_is_near_all_weigh_the_same():
    near = nearest(np.array([[1, 0]], np.float32), np.array([[-1, 0]] * 3, np.float32), 2)
    assert near.weights.tolist() == [[1, 1]]
