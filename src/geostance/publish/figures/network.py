"""The figure of who prints whose texts: outlets joined by the texts they share."""

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyArrowPatch

from geostance.publish.figures.labels import write_labels
from geostance.publish.figures.plot import Plot, canvas, caption, legend, most_names, no_data, sized
from geostance.publish.style import INK, MUTED, SMALL, SOFT, styled
from geostance.publish.words import Words
from geostance.settings.publishing import FigureSettings

_MOST_OUTLETS = 25
_FIRST, _AGAIN = "#3B6A8F", "#BFD0DE"
_STEPS = 200
# Half the height of the axes; the circles' centres lie within 1.
_REACH = 1.2
_BEND = 0.13


@styled()
def syndication_network(
    *,
    syndication: pl.DataFrame,
    settings: FigureSettings | None = None,
    language: str = "en",
) -> Plot:
    """Draw outlets as circles, and an arrow from who printed a text first to who printed it again.

    Args:
        syndication: one row per text that was printed more than once: n_printed, and outlets in
            the order in which they printed it.
        settings: page, ground, and what else one figure may change.
        language: en or fr.
    """
    settings, say = settings or FigureSettings(), Words(language)
    title = say("title_syndication_network")
    shared = syndication.filter(pl.col("outlets").list.len() > 1)
    if shared.is_empty():
        return no_data(settings, say, title, say("no_syndication"))
    sizes = _sizes(shared)
    height = {"double": 112, "single": 92}[settings.width]
    limit = settings.limit or min(_MOST_OUTLETS, most_names(settings, height, 800))
    outlets = sizes["outlet"].head(limit).to_list()
    arrows = _arrows(shared).filter(pl.col("first").is_in(outlets), pl.col("again").is_in(outlets))
    places = _places(outlets, shared)
    figure = canvas(settings, height)
    axes = figure.add_subplot()
    axes.set_axis_off()
    handles = [
        Line2D([], [], marker="o", lw=0, ms=6, color=_AGAIN, label=say("texts_shared")),
        Line2D([], [], marker="o", lw=0, ms=4, color=_FIRST, label=say("texts_first")),
    ]
    legend(figure, handles, settings)
    # Circles are round where both axes have one scale; names need all of the canvas.
    figure.draw_without_rendering()
    box = axes.get_window_extent()
    axes.set(xlim=(-_REACH * box.width / box.height, _REACH * box.width / box.height))
    axes.set(ylim=(-_REACH, _REACH))
    counts = sizes["n"].head(limit).to_numpy()
    radii = 0.035 + 0.075 * np.sqrt(counts / counts.max())
    places = _apart(places * [0.8 * box.width / box.height, 0.95], radii)
    covered = _draw(axes, sizes.head(limit), arrows, places, radii)
    texts = [
        axes.text(
            0, 0, sized(outlet, f"{say.count(first)}/{say.count(n)}", 40),
            size=SMALL, ha="center", va="center", zorder=6, color=INK,
            bbox={"fc": "white", "ec": "none", "alpha": 0.75, "pad": 0.6},
        )
        for outlet, n, first in sizes.head(limit).iter_rows()
    ]  # fmt: skip
    unnamed = write_labels(axes, places, texts, covered, gap=3, colour=MUTED, least=22, dislike=1.6)
    unnamed = unnamed.count(False)
    text = caption(
        say("caption_syndication_network"),
        say("single_texts_pale"),
        say("outlets_not_shown", n=say.count(len(sizes) - len(outlets)))
        if len(sizes) > len(outlets)
        else "",
        say("outlets_not_named", n=say.count(unnamed)) if unnamed else "",
        say("network_counts"),
        say(
            "rests_on_texts",
            n=say.count(len(shared)),
            documents=say.documents(int(shared["n_printed"].sum())),
        ),
        say("copies_shown_as_arrows"),
        say("no_scores"),
    )
    numbers = arrows.sort(["n", "first", "again"], descending=[True, False, False])
    return Plot(figure, numbers, text, title, int(shared["n_printed"].sum()), None)


def _sizes(shared: pl.DataFrame) -> pl.DataFrame:
    """Return outlet, n (texts it shares) and first (those it printed first), most first."""
    rows = shared.select("outlets", first=pl.col("outlets").list.first()).explode("outlets")
    return (
        rows.group_by(outlet="outlets")
        .agg(n=pl.len(), first=(pl.col("outlets") == pl.col("first")).sum())
        .sort(["n", "outlet"], descending=[True, False])
    )


def _arrows(shared: pl.DataFrame) -> pl.DataFrame:
    """Return first, again and n: how many texts of the one the other printed after it."""
    return (
        shared.select(first=pl.col("outlets").list.first(), again=pl.col("outlets").list.slice(1))
        .explode("again")
        .filter(pl.col("first") != pl.col("again"))
        .group_by("first", "again")
        .agg(n=pl.len())
        .sort("first", "again")
    )


def _places(outlets: list[str], shared: pl.DataFrame) -> np.ndarray:
    """Return (n, 2) within the unit circle: outlets lie near those they share texts with.

    The distances wanted are the shortest paths, where a step is shorter the more is shared; the
    stress is lowered step by step from a circle, so that the same table gives the same places.

    Source: Gansner, Koren & North 2005, Graph drawing by stress majorization.
    """
    from scipy.sparse.csgraph import shortest_path

    n = len(outlets)
    angles = np.linspace(0, 2 * np.pi, n, endpoint=False) + np.pi / 2
    places = np.column_stack([np.cos(angles), np.sin(angles)])
    if n < 3:
        return places * 0 if n == 1 else np.array([[-0.6, 0.0], [0.6, 0.0]])
    weights = np.zeros((n, n))
    index = {outlet: at for at, outlet in enumerate(outlets)}
    for printed in shared["outlets"]:
        known = [index[outlet] for outlet in dict.fromkeys(printed) if outlet in index]
        weights[np.ix_(known, known)] += 1
    np.fill_diagonal(weights, 0)
    steps = np.where(weights > 0, 1 / np.sqrt(np.maximum(weights, 1e-9)), 0)
    # No outlet stands on another, however much they share.
    steps = np.where(weights > 0, np.maximum(steps / steps.max(), 0.45), 0)
    wanted = shortest_path(steps, directed=False)
    wanted[~np.isfinite(wanted)] = wanted[np.isfinite(wanted)].max() + 1
    np.fill_diagonal(wanted, 1)
    pull = wanted**-2.0
    np.fill_diagonal(pull, 0)
    laplacian = np.diag(pull.sum(axis=1)) - pull
    inverse = np.linalg.pinv(laplacian)
    for _ in range(_STEPS):
        apart = np.linalg.norm(places[:, None] - places[None], axis=2)
        ratio = -pull * wanted / np.maximum(apart, 1e-9)
        np.fill_diagonal(ratio, 0)
        np.fill_diagonal(ratio, -ratio.sum(axis=1))
        places = inverse @ (ratio @ places)
    places = places - places.mean(axis=0)
    places = places / np.linalg.norm(places, axis=1).max()
    # A page is wider than high, and names are: the longer side lies across.
    _, _, axes = np.linalg.svd(places, full_matrices=False)
    turned = places @ axes.T
    turned *= np.where(turned[np.abs(turned).argmax(axis=0), [0, 1]] < 0, -1, 1)
    return turned / np.abs(turned).max(axis=0)


def _draw(
    axes: Axes, sizes: pl.DataFrame, arrows: pl.DataFrame, at: np.ndarray, radii: np.ndarray
) -> np.ndarray:
    """Draw the arrows and, over them, the outlets; return points that no name should cover."""
    index = {outlet: at for at, outlet in enumerate(sizes["outlet"])}
    most = arrows["n"].max() or 1
    along = np.linspace(0, 1, 5)[1:-1, None]
    covered = [_rings(at, radii)]
    for first, again, n in arrows.sort("n").iter_rows():
        start, stop = at[index[first]], at[index[again]]
        away = (stop - start) / max(np.linalg.norm(stop - start), 1e-9)
        axes.add_patch(
            FancyArrowPatch(
                start + away * radii[index[first]],
                stop - away * (radii[index[again]] + 0.01),
                arrowstyle="-|>", mutation_scale=3 + 4 * np.sqrt(n / most), shrinkA=0, shrinkB=0,
                connectionstyle=f"arc3,rad={_BEND}", lw=0.4 + 1.8 * np.sqrt(n / most) * (n > 1),
                color=MUTED if n == 1 else SOFT, zorder=1 if n == 1 else 2,
            )
        )  # fmt: skip
        bent = (start + stop) / 2 + _BEND * np.array([1, -1]) * (stop - start)[::-1]
        covered.append((1 - along) ** 2 * start + 2 * along * (1 - along) * bent + along**2 * stop)
    for (_, n, first), place, radius in zip(sizes.iter_rows(), at, radii, strict=True):
        axes.add_patch(Circle(place, radius, fc=_AGAIN, ec="white", lw=0.6, zorder=3))
        if first:
            inner = radius * np.sqrt(first / n)
            axes.add_patch(Circle(place, inner, fc=_FIRST, ec="none", zorder=4))
    return np.concatenate(covered)


def _apart(places: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """Push circles that overlap away from one another, both alike."""
    least = radii[:, None] + radii[None] + 0.04
    np.fill_diagonal(least, 0)
    for _ in range(_STEPS):
        between = places[:, None] - places[None]
        distance = np.linalg.norm(between, axis=2)
        short = np.maximum(least - distance, 0)
        if not short.any():
            break
        places = (
            places
            + (between / np.maximum(distance, 1e-9)[..., None] * short[..., None]).sum(axis=1) / 2
        )
    return places


def _rings(places: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """Return points over each circle, so that no name covers one."""
    angles = np.linspace(0, 2 * np.pi, 8, endpoint=False)
    around = np.column_stack([np.cos(angles), np.sin(angles)])
    spots = [place + share * radius * around for place, radius in zip(places, radii, strict=True)
             for share in (0.4, 0.9)]  # fmt: skip
    return np.concatenate([*spots, places])
