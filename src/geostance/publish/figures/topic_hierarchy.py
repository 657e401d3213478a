"""The figure of how topics lie together: a tree, its leaves the topics."""

from collections.abc import Mapping
from typing import Any

import polars as pl
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from geostance.publish.figures.plot import Plot, canvas, caption, most_rows, no_data, rows
from geostance.publish.style import BODY, CATEGORIES, INK, MUTED, fit, styled, text_width
from geostance.publish.words import Words
from geostance.settings.publishing import FigureSettings

Node = Mapping[str, Any]
# Branches below this share of the largest distance are drawn in one colour each.
_CUT_SHARE = 0.7
# Taller, a page holds no more rows than this; the smallest topics are joined to their neighbours.
_MOST_ROWS = 48


@styled()
def topic_hierarchy(
    *,
    topic_hierarchy: pl.DataFrame,
    topic_info: pl.DataFrame,
    settings: FigureSettings | None = None,
    language: str = "en",
) -> Plot:
    """Draw the tree of topics; beyond a page, branches below a distance are one leaf."""
    settings, say = settings or FigureSettings(), Words(language)
    title = say("title_topic_hierarchy")
    if topic_hierarchy.is_empty():
        return no_data(settings, say, title, say("no_topics"))
    nodes = {row["node"]: row for row in topic_hierarchy.iter_rows(named=True)}
    root = max(nodes)
    leaves = _leaves(nodes, root, min(most_rows(settings, _MOST_ROWS, 4.4, 18), _MOST_ROWS))
    order = _in_order(nodes, root, leaves)
    names = dict(topic_info.select("topic", "label").iter_rows())
    figure = canvas(settings, 18 + 4.4 * len(order))
    axes = figure.add_subplot()
    reach = max(nodes[root]["distance"], 1e-9)
    colours = _colours(nodes, root, leaves, reach * _CUT_SHARE)
    places = {node: float(at) for at, node in enumerate(order)}
    _draw(axes, nodes, root, leaves, places, colours)
    room = {"double": 92, "single": 48}[settings.width]
    rows(axes, [_label(nodes[node], names, say, room) for node in order], room)
    axes.set_xlim(-0.01 * reach, reach * 1.04)
    axes.xaxis.set_major_locator(MaxNLocator({"double": 5, "single": 3}[settings.width]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: say.number(value, 1)))
    # Under the labels too, for in one column the axis is shorter than its name.
    figure.supxlabel(say("hierarchy_axis"), size=BODY)
    n_documents = nodes[root]["n_documents"]
    joined = nodes[root]["n_topics"] - sum(nodes[node]["n_topics"] == 1 for node in order)
    text = caption(
        say("caption_topic_hierarchy", topics=say.count(nodes[root]["n_topics"])),
        say("hierarchy_colours") if len(set(colours.values()) - {MUTED}) > 1 else "",
        say("hierarchy_joined", n=say.count(joined)) if joined else "",
        say("rests_on", documents=say.documents(n_documents)),
        say("copies_as_fitted"),
        say("no_scores"),
    )
    numbers = topic_hierarchy.with_columns(
        pl.col("words").list.join(", "),
        label=pl.col("topic").replace_strict(names, default=None, return_dtype=pl.String),
    )
    return Plot(figure, numbers, text, title, n_documents, None)


def _leaves(nodes: dict[int, Node], root: int, most: int) -> set[int]:
    """Return the nodes drawn as leaves: the joints of largest distance are opened first."""
    leaves = {root}
    while len(leaves) < most:
        joints = [node for node in leaves if nodes[node]["left"] is not None]
        if not joints:
            break
        widest = max(joints, key=lambda node: (nodes[node]["distance"], node))
        leaves -= {widest}
        leaves |= {nodes[widest]["left"], nodes[widest]["right"]}
    return leaves


def _in_order(nodes: dict[int, Node], root: int, leaves: set[int]) -> list[int]:
    """Return the leaves from top to bottom, the larger branch of each joint first."""
    order, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        if node in leaves:
            order.append(node)
            continue
        branches = [nodes[node]["left"], nodes[node]["right"]]
        waiting += sorted(branches, key=lambda one: nodes[one]["n_documents"])
    return order


def _colours(nodes: dict[int, Node], root: int, leaves: set[int], cut: float) -> dict[int, str]:
    """Return the colour of each joint drawn: one for a branch below ``cut``, grey above."""
    colours: dict[int, str] = {}
    waiting, used = [(root, "")], 0
    while waiting:
        node, own = waiting.pop()
        if node in leaves:
            continue
        if not own and nodes[node]["distance"] < cut:
            own, used = CATEGORIES[used % len(CATEGORIES)], used + 1
        colours[node] = own or MUTED
        waiting += [(nodes[node]["right"], own), (nodes[node]["left"], own)]
    return colours


def _draw(
    axes: Axes,
    nodes: dict[int, Node],
    root: int,
    leaves: set[int],
    places: dict[int, float],
    colours: dict[int, str],
) -> None:
    # A joint has a larger number than what it joins.
    for node in sorted(colours):
        own = nodes[node]
        branches = (own["left"], own["right"])
        places[node] = sum(places[branch] for branch in branches) / 2
        starts = [0.0 if branch in leaves else nodes[branch]["distance"] for branch in branches]
        colour, x = colours[node], own["distance"]
        for branch, start in zip(branches, starts, strict=True):
            axes.hlines(places[branch], start, x, color=colour, lw=0.9)
        axes.vlines(x, *sorted(places[branch] for branch in branches), color=colour, lw=0.9)
    if root in leaves:
        axes.plot(0, places[root], "o", color=INK)


def _label(node: Node, names: dict[int, str], say: Words, room: float) -> str:
    """Write what a leaf is and its size, the former cut to ``room`` mm."""
    if node["topic"] is not None:
        label = str(names.get(node["topic"], node["topic"])).replace("_", " ")
    else:
        words = " · ".join(node["words"][:3])
        label = say("hierarchy_group", n=say.count(node["n_topics"]), words=words)
    size = f" ({say.count(node['n_documents'])})"
    return fit(label, room - text_width(size) - 1) + size
