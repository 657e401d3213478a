"""Placing labels on a map so that none covers another."""

from collections.abc import Sequence

import numpy as np

# Candidate places lie on rings around the point, near ones first.
# A label farther away than the last ring no longer reads as that of its point.
_RINGS, _PLACES = 9, 24
# On a map of few points each that a label hides is missed.
_FEW = 600


def place(
    points: np.ndarray,
    sizes: np.ndarray,
    bounds: tuple[float, float, float, float],
    obstacles: np.ndarray,
) -> list[tuple[float, float] | None]:
    """Choose a centre for each label, the first ones having the first choice.

    Args:
        points: (n, 2), what each label belongs to, in any unit.
        sizes: (n, 2), width and height of each label, same unit.
        bounds: left, bottom, right, top of the room.
        obstacles: (m, 2), points that a label had better not cover.

    Returns:
        One centre for each label, or None where no free place is left.
    """
    left, bottom, right, top = bounds
    dislike = 0.7 if len(obstacles) < _FEW else 0.2
    taken = np.empty((0, 4))
    centres: list[tuple[float, float] | None] = []
    for point, (width, height) in zip(points, sizes, strict=True):
        half = np.array([width, height]) / 2
        tried = _candidates(point, width, height)
        boxes = np.hstack([tried - half, tried + half])
        inside = (
            (boxes[:, 0] >= left)
            & (boxes[:, 1] >= bottom)
            & (boxes[:, 2] <= right)
            & (boxes[:, 3] <= top)
        )
        free = inside & ~_overlaps(boxes, taken).any(axis=1)
        if not free.any():
            centres.append(None)
            continue
        boxes, tried = boxes[free], tried[free]
        # A label may cover a few points rather than stand far from its own.
        cost = np.linalg.norm((tried - point) / [2.0, 1.0], axis=1)
        cost = cost + dislike * height * np.sqrt(_covered(boxes, obstacles))
        best = int(np.argmin(cost))
        taken = np.vstack([taken, boxes[best]])
        centres.append((float(tried[best, 0]), float(tried[best, 1])))
    return centres


def _candidates(point: np.ndarray, width: float, height: float) -> np.ndarray:
    angles = np.linspace(0, 2 * np.pi, _PLACES, endpoint=False) + np.pi / 2
    rings = [point]
    for ring in range(1, _RINGS + 1):
        reach = np.array([width * min(ring, 2) / 4 + ring * height * 0.7, ring * height * 0.6])
        rings.extend(point + reach * np.array([np.cos(angle), np.sin(angle)]) for angle in angles)
    return np.array(rings)


def _overlaps(boxes: np.ndarray, taken: np.ndarray) -> np.ndarray:
    a, b = boxes[:, None, :], taken[None, :, :]
    return (
        (a[..., 0] < b[..., 2])
        & (b[..., 0] < a[..., 2])
        & (a[..., 1] < b[..., 3])
        & (b[..., 1] < a[..., 3])
    )


def _covered(boxes: np.ndarray, points: np.ndarray) -> np.ndarray:
    inside = (
        (points[None, :, 0] >= boxes[:, None, 0])
        & (points[None, :, 0] <= boxes[:, None, 2])
        & (points[None, :, 1] >= boxes[:, None, 1])
        & (points[None, :, 1] <= boxes[:, None, 3])
    )
    return inside.sum(axis=1)


def spread_colours(centres: np.ndarray, colours: Sequence[str]) -> list[str]:
    """Give each centre the colour whose nearest use so far is farthest away."""
    given: list[int] = []
    for at, centre in enumerate(centres):
        distances = np.full(len(colours), np.inf)
        for other, colour in enumerate(given):
            gap = float(np.linalg.norm(centre - centres[other]))
            distances[colour] = min(distances[colour], gap)
        # Among colours not used yet all are as far: take them in turn.
        unused = np.flatnonzero(np.isinf(distances))
        given.append(int(unused[at % len(unused)]) if len(unused) else int(np.argmax(distances)))
    return [colours[colour] for colour in given]
