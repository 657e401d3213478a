"""Labels near their points: none over another, no two of their lines across one another."""

import itertools

import numpy as np
import pytest

from geostance.publish.figures.labels import place

ROOM = (0.0, 0.0, 1000.0, 600.0)


def lines_and_boxes(points, sizes, centres):
    return [
        (point, np.array(centre), np.array(size) / 2)
        for point, centre, size in zip(points, centres, sizes, strict=True)
        if centre is not None
    ]


def cross(a, b, c, d):
    def turn(p, q, r):
        return np.sign(np.cross([*(q - p), 0], [*(r - p), 0])[2])

    return turn(a, b, c) * turn(a, b, d) < 0 and turn(c, d, a) * turn(c, d, b) < 0


@pytest.mark.parametrize(
    "points",
    [
        # Topics of equal size and near one another, as they come in small studies.
        np.array([[300.0, 300 + 12 * n] for n in range(6)] + [[320.0, 330], [300, 300]]),
        np.random.default_rng(2).normal([500, 300], [60, 40], (14, 2)),
        np.full((5, 2), 400.0),
    ],
    ids=["a column", "a cloud", "one place"],
)
def test_no_two_lines_cross_and_no_two_labels_overlap(points):
    sizes = np.array([[120 + 10 * (n % 3), 18.0] for n in range(len(points))])
    found = lines_and_boxes(points, sizes, place(points, sizes, ROOM, points))
    assert len(found) == len(points)
    for (p, centre, half), (q, other, another) in itertools.combinations(found, 2):
        assert not cross(p, centre, q, other)
        assert (np.abs(centre - other) >= half + another - 1e-9).any()


def test_a_label_without_a_place_is_left_out():
    points = np.array([[5.0, 5.0]])
    assert place(points, np.array([[50.0, 5.0]]), (0, 0, 10, 10), points) == [None]


def test_the_same_points_give_the_same_places():
    points = np.random.default_rng(4).uniform(100, 500, (20, 2))
    sizes = np.full((20, 2), [90.0, 16.0])
    assert place(points, sizes, ROOM, points) == place(points, sizes, ROOM, points)
