"""The figure of where outlets stand: two targets as axes, or one as a list."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from geostance.publish.figures.basis import basis, by_size, choose, level, numbers_of, ordered
from geostance.publish.figures.labels import write_labels
from geostance.publish.figures.plot import (
    Plot,
    canvas,
    caption,
    dot,
    most_names,
    most_rows,
    no_data,
    rows,
    sized,
)
from geostance.publish.figures.stance import reach_of, stance_axis
from geostance.publish.pages import page_width
from geostance.publish.style import (
    FAINT,
    INK,
    MUTED,
    SMALL,
    SOFT,
    styled,
    target_colours,
    target_markers,
)
from geostance.publish.words import Words
from geostance.settings.publishing import FigureSettings

_MOST_OUTLETS = 30
# More crosses than these are drawn thinner.
_FEW = 15


@styled()
def outlet_map(
    *,
    estimates: pl.DataFrame,
    stance: pl.DataFrame | None = None,
    unique: pl.DataFrame | None = None,
    targets: Sequence[str] = (),
    settings: FigureSettings | None = None,
    language: str = "en",
    names: Mapping[str, str] | None = None,
) -> Plot:
    """Draw each outlet at its mean stance toward two targets, with both intervals.

    With one target it is a list, the most favourable outlet first.

    Args:
        estimates: rows whose grouping is outlet, group its name, estimate, low and high in
            [−1, 1]; low and high are null where documents are too few.
        stance: for the caption: which documents and scores the estimates rest on.
        unique: with it, copies of one text count once there.
        targets: the two that are the axes, or one; else the two that most outlets speak of.
        settings: page, ground, and what else one figure may change.
        language: en or fr.
        names: what the researcher's own targets are called.
    """
    settings, say = settings or FigureSettings(), Words(language, names)
    title = say("title_outlet_map")
    chosen = choose(estimates, "outlet", unit=settings.unit)
    wanted = [
        target for target in targets or _commonest(chosen) if (chosen["target"] == target).any()
    ]
    chosen = chosen.filter(pl.col("target").is_in(wanted))
    if chosen.is_empty():
        reason = say("no_outlets") if stance is None or stance.height else say("no_stance")
        return no_data(settings, say, title, reason)
    # An outlet without a mean for each axis has no place on them.
    of_both = chosen.group_by("group").len().filter(pl.col("len") == len(wanted))["group"]
    placed = chosen.filter(pl.col("group").is_in(of_both.to_list()))
    two = len(wanted) == 2 and placed.height > 0
    if not two:
        wanted, placed = wanted[:1], chosen.filter(pl.col("target") == wanted[0])
    groups = by_size(placed)
    limit = most_rows(settings, 40, 4.1, 16) if not two else settings.limit or _MOST_OUTLETS
    shown = placed.filter(pl.col("group").is_in(groups[:limit]))
    if two:
        height = {"double": 120, "single": 92}[settings.width]
        figure = canvas(settings, height)
        most = most_names(settings, height, 700)
        axes = figure.add_subplot()
        unnamed = _map(axes, shown, groups[:limit], wanted, most, say)
    else:
        figure = canvas(settings, 16 + 4.1 * len(groups[:limit]))
        axes = figure.add_subplot()
        _list(axes, shown, wanted[0], settings, say)
        unnamed = 0
    facts = basis(say, shown, stance, unique)
    left_out = len(set(chosen["group"])) - len(groups[:limit])
    text = caption(
        say("caption_outlet_map" if two else "caption_outlet_list"),
        say("outlets_not_placed", n=say.count(left_out)) if left_out else "",
        say("outlets_not_named", n=say.count(unnamed)) if unnamed else "",
        say("stance_scale"),
        level(say, shown),
        say("small_groups") if shown["low"].has_nulls() else "",
        facts.text,
    )
    numbers = numbers_of(shown, groups[:limit], "outlet")
    return Plot(figure, numbers, text, title, facts.n_documents, facts.calibrated)


def _commonest(chosen: pl.DataFrame) -> list[str]:
    counts = dict(chosen.group_by("target").agg(pl.col("group").n_unique()).iter_rows())
    order = ordered(chosen["target"])
    return sorted(order, key=lambda target: (-counts[target], order.index(target)))[:2]


def _map(
    axes: Axes, shown: pl.DataFrame, groups: list[str], targets: list[str], most: int, say: Words
) -> int:
    """Draw the outlets as crosses of their two intervals; return how many have no name."""
    both = {
        group: [
            shown.row(
                by_predicate=(pl.col("group") == group) & (pl.col("target") == one), named=True
            )
            for one in targets
        ]
        for group in groups
    }
    thin = 0.7 if len(both) <= _FEW else 0.45
    for across, up in both.values():
        sure = across["low"] is not None and up["low"] is not None
        for row, other, line in ((across, up, axes.hlines), (up, across, axes.vlines)):
            if row["low"] is not None:
                line(other["estimate"], row["low"], row["high"], color=MUTED, lw=thin, zorder=2)
        axes.plot(
            across["estimate"], up["estimate"], "o", ms=4, zorder=3,
            **{"color": INK, "mec": "white", "mew": 0.4} if sure
            else {"mfc": "white", "mec": MUTED, "mew": 0.7},
        )  # fmt: skip
    axes.axhline(0, color=SOFT, lw=0.6, zorder=1)
    axes.axvline(0, color=SOFT, lw=0.6, zorder=1)
    axes.axline((0, 0), slope=1, color=FAINT, lw=0.6, ls=(0, (4, 3)), zorder=1)
    for axis, target in zip((axes.xaxis, axes.yaxis), targets, strict=True):
        own = shown.filter(pl.col("target") == target)
        ends = [own.select(pl.min_horizontal("estimate", "low").min()).item(), 0.0,
                own.select(pl.max_horizontal("estimate", "high").max()).item()]  # fmt: skip
        room = 0.06 * (max(ends) - min(ends)) or 0.1
        axis.set_view_interval(min(ends) - room, max(ends) + room, ignore=True)
        axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        axis.set_major_formatter(FuncFormatter(lambda value, _: say.signed(value, 1)))
        axis.set_label_text(say("stance_toward", target=say.target(target)))
    points = [[across["estimate"], up["estimate"]] for across, up in both.values()]
    texts = [
        axes.text(
            0, 0, sized(group, say.count(min(a["n_documents"], b["n_documents"])), 38),
            size=SMALL, ha="center", va="center", zorder=5,
            bbox={"fc": "white", "ec": "none", "alpha": 0.75, "pad": 0.6},
            color=SOFT if a["low"] is None or b["low"] is None else INK,
        )
        for group, (a, b) in [*both.items()][:most]
    ]  # fmt: skip
    obstacles = np.repeat(np.array(points), 9, axis=0)
    at = np.array(points)[: len(texts)]
    named = write_labels(axes, at, texts, obstacles, gap=3.5, colour=MUTED)
    return len(points) - sum(named)


def _list(
    axes: Axes, shown: pl.DataFrame, target: str, settings: FigureSettings, say: Words
) -> None:
    colour, marker = target_colours([target])[target], target_markers([target])[target]
    found = shown.sort(["estimate", "group"], descending=[True, False]).rows(named=True)
    for at, row in enumerate(found):
        dot(axes, row, at, colour, marker)
    room = page_width(settings) * 0.32
    labels = [sized(row["group"], say.count(row["n_documents"]), room) for row in found]
    rows(axes, labels, room + 9)
    reach = reach_of(shown)
    stance_axis(axes.xaxis, reach, say)
    axes.set_xlim(-reach, reach)
    axes.axvline(0, color=SOFT, lw=0.6, zorder=1)
    axes.grid(axis="y")
    axes.set_xlabel(say("stance_toward", target=say.target(target)))
