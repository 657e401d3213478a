"""Placing labels on a map so that none covers another and no two of their lines cross."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text

from geostance.publish.style import INK

# Candidate places lie on rings around the point, near ones first.
# A label farther away than the last ring no longer reads as that of its point.
_RINGS, _PLACES = 9, 24
# On a map of few points each that a label hides is missed.
_FEW = 600
# What a crossing costs, in heights of the label: more than any free place nearby.
_CROSSING = 12.0
# Times that every label chooses its place, at most.
_SWEEPS = 4
# Points at which a line is held against boxes.
_STEPS = np.linspace(0, 1, 13)[1:]


def write_labels(
    axes: Axes,
    points: np.ndarray,
    texts: Sequence[Text],
    obstacles: np.ndarray,
    *,
    gap: float = 3.0,
    colour: str = INK,
    ends: bool = False,
    least: float = 0.0,
    dislike: float | None = None,
) -> list[bool]:
    """Move each text to a free place near its point, with a line to it where it lies apart.

    Texts without a free place are taken off the axes. To be called last: the places hold for
    the limits of the axes and the size of the figure as they then are.

    Args:
        axes: what the texts are on, with its limits set.
        points: (n, 2), in data.
        texts: n texts, centred, those that go first first.
        obstacles: (m, 2), in data: points that a label had better not cover.
        gap: points (of 1/72 inch) between two labels.
        colour: of the lines.
        ends: whether a dot marks where a line ends on its point.
        dislike: what an obstacle covered costs, see :func:`place`.
        least: points (of 1/72 inch) below which a line is left out, for the mark reaches so far.

    Returns:
        Whether each text found a place.
    """
    figure = axes.figure
    # The places depend on the final size of the axes, so lay the figure out once first; neither
    # a label nor its line must move what it was placed by.
    for text in texts:
        text.set_in_layout(False)
    figure.draw_without_rendering()
    axes.autoscale(False)
    renderer = figure.canvas.get_renderer()
    boxes = [text.get_window_extent(renderer) for text in texts]
    wide = gap * figure.dpi / 72
    sizes = np.array([[box.width + wide, box.height + wide] for box in boxes]).reshape(-1, 2)
    at, covered = (
        axes.transData.transform(found) if len(found) else np.empty((0, 2))
        for found in (points, obstacles)
    )
    room = axes.get_window_extent(renderer).extents
    back = axes.transData.inverted()
    centres = place(at, sizes, room, covered, dislike)
    for text, point, centre, box in zip(texts, at, centres, sizes, strict=True):
        if centre is None:
            text.remove()
            continue
        text.set_position(back.transform(centre))
        away = point - centre
        if (np.abs(away) > box / 2).any():
            # The line ends where it meets the label's box.
            stop = centre + away * np.min(box / 2 / np.maximum(np.abs(away), 1e-9))
            if np.linalg.norm(point - stop) <= least * figure.dpi / 72:
                continue
            line = back.transform([point, stop])
            axes.plot(*line.T, color=colour, lw=0.5, zorder=4 if ends else 2)
            if ends:
                axes.plot(*line[0], "o", ms=2.2, mfc=colour, mec="white", mew=0.4, zorder=4)
    return [centre is not None for centre in centres]


def place(
    points: np.ndarray,
    sizes: np.ndarray,
    bounds: tuple[float, float, float, float],
    obstacles: np.ndarray,
    dislike: float | None = None,
) -> list[tuple[float, float] | None]:
    """Choose a centre for each label, the first ones having the first choice.

    Args:
        points: (n, 2), what each label belongs to, in any unit.
        sizes: (n, 2), width and height of each label, same unit.
        bounds: left, bottom, right, top of the room.
        obstacles: (m, 2), points that a label had better not cover.
        dislike: cost of covering one, in heights of the label; more where there are few.

    Returns:
        One centre for each label, or None where no free place is left.
    """
    if dislike is None:
        dislike = 0.7 if len(obstacles) < _FEW else 0.2
    n = len(points)
    taken, lines = np.full((n, 4), np.nan), np.full((n, 2, 2), np.nan)
    centres: list[tuple[float, float] | None] = [None] * n
    for _ in range(_SWEEPS):
        moved = False
        for at, (point, (width, height)) in enumerate(zip(points, sizes, strict=True)):
            # What has no place is nan, and meets nothing.
            taken[at] = lines[at] = np.nan
            best = _best(point, width, height, bounds, taken, lines, obstacles, dislike)
            moved |= best != centres[at]
            centres[at] = best
            if best is None:
                continue
            half = np.array([width, height]) / 2
            taken[at] = [*(np.array(best) - half), *(np.array(best) + half)]
            if (np.abs(point - best) > half).any():
                lines[at] = [point, best]
        # The first to be placed knew nothing of the others: each may choose again.
        if not moved:
            break
    return centres


def _best(
    point: np.ndarray,
    width: float,
    height: float,
    bounds: tuple[float, float, float, float],
    taken: np.ndarray,
    lines: np.ndarray,
    obstacles: np.ndarray,
    dislike: float,
) -> tuple[float, float] | None:
    """Return the free place of least cost for one label."""
    half = np.array([width, height]) / 2
    tried = _candidates(point, width, height)
    boxes = np.hstack([tried - half, tried + half])
    free = (boxes[:, :2] >= bounds[:2]).all(axis=1) & (boxes[:, 2:] <= bounds[2:]).all(axis=1)
    free &= ~_overlaps(boxes, taken).any(axis=1)
    if not free.any():
        return None
    boxes, tried = boxes[free], tried[free]
    # A label may cover a few points rather than stand far from its own.
    cost = np.linalg.norm((tried - point) / [2.0, 1.0], axis=1)
    cost = cost + dislike * height * np.sqrt(_covered(boxes, obstacles))
    cost = cost + _CROSSING * height * _crossings(point, tried, boxes, lines, taken)
    x, y = tried[int(np.argmin(cost))]
    return float(x), float(y)


def _candidates(point: np.ndarray, width: float, height: float) -> np.ndarray:
    angles = np.linspace(0, 2 * np.pi, _PLACES, endpoint=False) + np.pi / 2
    rings = [point]
    for ring in range(1, _RINGS + 1):
        reach = np.array([width * min(ring, 2) / 4 + ring * height * 0.7, ring * height * 0.6])
        rings.extend(point + reach * np.array([np.cos(angle), np.sin(angle)]) for angle in angles)
    # Beside the point too, however wide the label, level with it or some lines up or down.
    beside = [
        point + np.array([side * (width / 2 + apart * height), lines * height * 0.55])
        for apart in (0.5, 1.5, 3.0)
        for lines in range(-_RINGS, _RINGS + 1)
        for side in (-1, 1)
    ]
    return np.array([*rings, *beside])


def _overlaps(boxes: np.ndarray, taken: np.ndarray) -> np.ndarray:
    a, b = boxes[:, None, :], taken[None, :, :]
    return (
        (a[..., 0] < b[..., 2])
        & (b[..., 0] < a[..., 2])
        & (a[..., 1] < b[..., 3])
        & (b[..., 1] < a[..., 3])
    )


def _crossings(
    point: np.ndarray, tried: np.ndarray, boxes: np.ndarray, lines: np.ndarray, taken: np.ndarray
) -> np.ndarray:
    """Count, for each place of a label, the lines it meets and the labels that its own meets."""
    own = point + _STEPS[:, None, None] * (tried - point)
    # Inside its own box a label has no line.
    outside = ~_inside(own, boxes)
    through = (_inside(own[:, :, None], taken[None, None]) & outside[..., None]).any(axis=0)
    others = lines[:, 0] + _STEPS[:-1, None, None] * (lines[:, 1] - lines[:, 0])
    under = _inside(others[:, None], boxes[None, :, None]).any(axis=0)
    crossed = _meet(point, tried[:, None], lines[None, :, 0], lines[None, :, 1])
    crossed &= outside.any(axis=0)[:, None]
    return through.sum(axis=1) + (under | crossed).sum(axis=1)


def _inside(points: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    return ((points >= boxes[..., :2]) & (points <= boxes[..., 2:])).all(axis=-1)


def _meet(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> np.ndarray:
    """Tell whether the segments from a to b and from c to d cross."""

    def side(p: np.ndarray, q: np.ndarray, r: np.ndarray) -> np.ndarray:
        return (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1]) > (q[..., 1] - p[..., 1]) * (
            r[..., 0] - p[..., 0]
        )

    return (side(a, b, c) != side(a, b, d)) & (side(c, d, a) != side(c, d, b))


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
