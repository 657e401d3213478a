"""The graph of provenance, drawn as SVG that the page's own colours reach."""

from collections.abc import Sequence
from typing import Any

from geostance.publish.provenance import Node, direct
from geostance.publish.words import Words

# Where each step stands: column and row, in boxes, so that no line runs behind one. What is not
# named here stands below.
_PLACES: dict[str, tuple[int, float]] = {
    "corpus": (0, 0),
    "documents": (1, 0),
    "cleaned": (2, 0),
    "unique": (3, 0),
    "description": (4, 0.8),
    "sentences": (3, 2),
    "embeddings": (4, 2),
    "topics_fitted": (5, 2),
    "topics": (6, 2),
    "topic_quality": (7, 1.3),
    "mentions": (4, 4),
    "stance": (5, 4),
    "estimates": (7, 3),
    "annotations": (6, 6),
    "sensitivity": (7, 5),
}
_WIDTH, _HEIGHT, _ACROSS, _DOWN = 122, 40, 150, 78
_FIGURE_WIDTH, _FIGURE_DOWN, _EDGE = 236, 44, 14
_BEFORE_FIGURES = 40
_FIGURE_LETTERS, _DIGITS = 34, 8


def graph(nodes: Sequence[Node], say: Words) -> dict[str, Any]:
    """Return the boxes and lines of the graph, in units of its view box.

    A line is left out where a longer way says the same. Figures stand in the last column,
    each as near as can be to what it follows from.
    """
    inputs = direct(nodes)
    places = dict(_PLACES)
    strangers = [node.name for node in nodes if node.kind == "table" and node.name not in places]
    used = {one for own in inputs.values() for one in own}
    places |= {name: (1 + at % 6, 6 + at // 6) for at, name in enumerate(strangers) if name in used}
    boxes: dict[str, tuple[int, float, int]] = {}
    for node in nodes:
        if node.kind != "figure" and node.name in places:
            column, row = places[node.name]
            boxes[node.name] = (_EDGE + column * _ACROSS, _EDGE + row * _DOWN, _WIDTH)
    figures = sorted(
        (node for node in nodes if node.kind == "figure"),
        key=lambda node: _mean([boxes[one][1] for one in inputs[node.name]]),
    )
    left = _EDGE + 8 * _ACROSS + _BEFORE_FIGURES
    for at, node in enumerate(figures):
        boxes[node.name] = (left, _EDGE + at * _FIGURE_DOWN, _FIGURE_WIDTH)
    lowest = max((y for _, y, _ in boxes.values()), default=0)
    return {
        "width": left + _FIGURE_WIDTH + _EDGE,
        "height": lowest + _HEIGHT + _EDGE,
        "nodes": [
            {
                "name": node.name,
                "kind": node.kind,
                "x": boxes[node.name][0],
                "y": boxes[node.name][1],
                "width": boxes[node.name][2],
                "height": _HEIGHT - (6 if node.kind == "figure" else 0),
                "label": _short(_label(node, say)),
                "told": f"{node.digest[:_DIGITS]}…" + _count(node, say),
                "lines": [_line(boxes[one], boxes[node.name]) for one in inputs[node.name]],
            }
            for node in nodes
            if node.name in boxes
        ],
    }


def _label(node: Node, say: Words) -> str:
    if node.kind == "raw":
        return say.known("raw", node.name)
    return node.title or node.name


def _count(node: Node, say: Words) -> str:
    if node.kind == "figure":
        return ""
    return f" · {say.count(node.n)}"


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _short(text: str) -> str:
    return text if len(text) <= _FIGURE_LETTERS else text[: _FIGURE_LETTERS - 1].rstrip() + "…"


def _line(start: tuple[int, float, int], end: tuple[int, float, int]) -> str:
    """Return the path of a line from the right of one box to the left of another.

    It stays on the row of the first until the gap before the other, where no box stands.
    """
    x, y = start[0] + start[2], start[1] + _HEIGHT / 2
    to_x, to_y = end[0], end[1] + _HEIGHT / 2
    gap = _ACROSS - _WIDTH + (_BEFORE_FIGURES if end[2] == _FIGURE_WIDTH else 0)
    middle = to_x - gap / 2
    return f"M{x} {y}H{to_x - gap}C{middle} {y} {middle} {to_y} {to_x} {to_y}"
