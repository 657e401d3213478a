"""The figure that shows for which texts the scorer can be trusted, and for which nobody knows."""

from collections.abc import Mapping

import polars as pl
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from geostance.publish.figures.basis import level
from geostance.publish.figures.plot import Plot, canvas, caption, dot, no_data, rows
from geostance.publish.figures.scorers import blocks_of, group_label
from geostance.publish.style import INK, SMALL, SOFT, styled
from geostance.publish.words import Words
from geostance.settings.publishing import FigureSettings

_GROUPINGS = ("all", "target", "language", "outlet", "words", "voice")
# With the least and the greatest value that its axis shows.
_MEASURES = {"macro_f1": (0.0, 1.0), "correlation": (-0.5, 1.0), "calibration_error": (0.0, 0.6)}


@styled()
def scorer_quality(
    *,
    scorer_quality: pl.DataFrame,
    settings: FigureSettings | None = None,
    language: str = "en",
    names: Mapping[str, str] | None = None,
) -> Plot:
    """Draw how well the scorer does in each group, with intervals; too few labels are told."""
    settings, say = settings or FigureSettings(), Words(language, names)
    title = say("title_scorer_quality")
    measured = scorer_quality.filter(pl.col("measure").is_in(_MEASURES))
    usual = 4 if settings.preset == "slides" else 14
    blocks = blocks_of(measured, _GROUPINGS, settings.limit or usual)
    if not blocks:
        return no_data(settings, say, title, say("no_labels"))
    shown = pl.concat(
        measured.filter(pl.col("grouping") == grouping, pl.col("group").is_in(groups))
        for grouping, groups in blocks.items()
    )
    measures = list(_MEASURES)[: {"double": 3, "single": 1}[settings.width]]
    shown = shown.filter(pl.col("measure").is_in(measures))
    n_rows = sum(map(len, blocks.values()))
    figure = canvas(settings, 16 + 7.5 * len(blocks) + 3.6 * n_rows)
    figure.get_layout_engine().set(wspace=0.08)
    grid = figure.subplots(
        *(len(blocks), len(measures)),
        sharex="col",
        squeeze=False,
        height_ratios=[len(groups) for groups in blocks.values()],
        width_ratios=[1.5, 1, 1][: len(measures)],
    )
    for (grouping, groups), panels in zip(blocks.items(), grid, strict=True):
        own = shown.filter(pl.col("grouping") == grouping)
        for at, (axes, measure) in enumerate(zip(panels, measures, strict=True)):
            room = {"double": 40, "single": 30}[settings.width]
            rows(axes, [group_label(grouping, g, say) if at == 0 else "" for g in groups], room)
            _dots(axes, own.filter(pl.col("measure") == measure), groups)
        panels[0].set_title(say(f"scorers_by_{grouping}"))
        _counts(panels[0], own.filter(pl.col("measure") == measures[0]), groups, say)
    for axes in grid[:-1].flat:
        axes.spines["bottom"].set_visible(False)
        axes.tick_params(axis="x", length=0)
    for axes, measure in zip(grid[-1], measures, strict=True):
        _axis(axes, measure, shown.filter(pl.col("measure") == measure), say)
    whole = measured.filter(pl.col("grouping") == "all").row(0, named=True)
    left_out = measured.select("grouping", "group").n_unique() - n_rows
    text = caption(
        say("caption_scorer_quality"),
        level(say, shown),
        say("too_few_told") if shown["estimate"].has_nulls() else "",
        say("hollow_same") if shown.drop_nulls("estimate")["low"].has_nulls() else "",
        say("scorer_groups_not_shown", n=say.count(left_out)) if left_out else "",
        say(
            "rests_on_labels",
            n=say.count(whole["n_labels"]),
            documents=say.documents(whole["n_documents"]),
        ),
        say("labels_weighted" if whole["weighted"] else "labels_unweighted"),
        say("agreement_scores"),
    )
    return Plot(figure, shown.drop("weighted"), text, title, whole["n_documents"], None)


def _dots(axes: Axes, own: pl.DataFrame, groups: list[str]) -> None:
    for row in own.drop_nulls("estimate").iter_rows(named=True):
        dot(axes, row, groups.index(row["group"]), INK, "o")
    for at in range(1, len(groups)):
        axes.axhline(at - 0.5, color="#E4E4E4", lw=0.5, zorder=0)
    axes.axvline(0, color=SOFT, lw=0.6, zorder=0)
    axes.grid(axis="x")


def _counts(axes: Axes, own: pl.DataFrame, groups: list[str], say: Words) -> None:
    """Write each group's number of labels at the right, and where they are too few."""
    place = {"transform": axes.get_yaxis_transform(), "size": SMALL, "va": "center"}
    for row in own.iter_rows(named=True):
        at = groups.index(row["group"])
        axes.text(1, at, say.count(row["n_labels"]), ha="right", color=SOFT, **place)
        if row["estimate"] is None:
            axes.text(0.03, at, say("few_labels"), color=SOFT, **place)
    axes.set_title("n", loc="right", size=SMALL, weight="normal", color=SOFT)


def _axis(axes: Axes, measure: str, drawn: pl.DataFrame, say: Words) -> None:
    low, high = _MEASURES[measure]
    ends = drawn.select(
        low=pl.min_horizontal("estimate", "low").min(),
        high=pl.max_horizontal("estimate", "high").max(),
    ).row(0, named=True)
    low, high = min(low, ends["low"] or low), max(high, ends["high"] or high)
    # Room at the right of the first panel for the counts.
    room = 0.16 if measure == "macro_f1" else 0.03
    axes.set_xlim(low - 0.03 * (high - low), high + room * (high - low))
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: say.number(value, 1) if value <= high + 1e-9 else "")
    )
    axes.spines["bottom"].set_bounds(low, high)
    axes.set_xlabel(say(f"measure-{measure}"))
