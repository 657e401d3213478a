"""Figures of stance: over time and by outlet, each value with its interval."""

from collections.abc import Mapping

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedLocator, FuncFormatter

from geostance.publish.figures import periods
from geostance.publish.figures.basis import basis, by_size, choose, level, numbers_of, ordered
from geostance.publish.figures.plot import Plot, canvas, caption, dot, most_rows, no_data, rows
from geostance.publish.pages import page_width
from geostance.publish.style import (
    BODY,
    FAINT,
    MUTED,
    SMALL,
    SOFT,
    fit,
    styled,
    target_colours,
    target_markers,
)
from geostance.publish.words import Words
from geostance.settings.publishing import FigureSettings


@styled()
def stance_over_time(
    *,
    estimates: pl.DataFrame,
    stance: pl.DataFrame,
    unique: pl.DataFrame,
    settings: FigureSettings | None = None,
    language: str = "en",
    names: Mapping[str, str] | None = None,
) -> Plot:
    """Draw the mean stance toward each target in each period, with its interval and n."""
    settings, say = settings or FigureSettings(), Words(language, names)
    title = say("title_stance_over_time")
    months = estimates.filter(grouping="month")["group"].to_list()
    if not months:
        reason = say("no_dates") if stance.height else say("no_stance")
        return no_data(settings, say, title, reason)
    step, names = periods.span(months, settings.period)
    chosen = choose(estimates, step, unit=settings.unit)
    numbers = chosen.select(
        "target",
        pl.col("group").alias("period"),
        "estimate",
        "low",
        "high",
        "n_documents",
        "method",
        "unit",
    ).sort("target", "period")
    targets = ordered(numbers["target"])
    colours, markers = target_colours(targets), target_markers(targets)
    figure = canvas(settings, 14 + {1: 52, 2: 38}.get(len(targets), 31) * len(targets))
    grid = figure.subplots(len(targets), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    reach = reach_of(numbers)
    most = numbers["n_documents"].max()
    for target, axes in zip(targets, grid, strict=True):
        series = numbers.filter(pl.col("target") == target)
        _counts(axes, series, names, most, reach)
        draw_line(axes, series, names, colours[target], markers[target])
        axes.set_title(say.target(target))
        stance_axis(axes.yaxis, reach, say)
        axes.set_ylim(-reach * 1.45, reach)
        axes.axhline(0, color=SOFT, lw=0.6, zorder=1)
        axes.spines["left"].set_bounds(-reach, reach)
    periods.time_axis(grid[-1], names, page_width(settings) - 22, say)
    figure.supylabel(say("stance_axis"), size=BODY)
    facts = basis(say, chosen, stance, unique)
    small = numbers.filter(pl.col("low").is_null()).height
    text = caption(
        say("caption_stance_over_time", step=say(f"per_{step}")),
        say("stance_scale"),
        level(say, chosen),
        say("small_periods") if small else "",
        say("count_bars", n=say.count(most)),
        facts.text,
    )
    return Plot(figure, numbers, text, title, facts.n_documents, facts.calibrated)


def reach_of(numbers: pl.DataFrame) -> float:
    """Return the half-height of the stance axis: it always shows both sides alike."""
    values = numbers.select(
        pl.max_horizontal(pl.col("estimate", "low", "high").abs()).fill_nan(0).max()
    ).item()
    return next(reach for reach in (0.3, 0.5, 0.75, 1.0) if (values or 0) <= reach or reach == 1)


def stance_axis(
    axis: Axis, reach: float, say: Words, *, few: bool = False, narrow: bool = False
) -> None:
    """Write the stance scale along ``axis``: ``few`` marks on it, or two where it is ``narrow``."""
    step = 0.2 if reach < 0.5 else 0.5
    ticks = [-1, -step, 0, step, 1] if reach == 1 and not few else [-step, 0, step]
    if narrow:
        ticks = [-step, step]
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_major_formatter(FuncFormatter(lambda value, _: say.signed(value, 1)))


def draw_line(axes: Axes, series: pl.DataFrame, names: list[str], colour: str, marker: str) -> None:
    """Draw one line with its band; both break where a period is missing or too small."""
    by_period = {row["period"]: row for row in series.iter_rows(named=True)}
    at = np.arange(len(names))
    columns = {
        key: np.array(
            [
                np.nan if by_period.get(name, {}).get(key) is None else by_period[name][key]
                for name in names
            ],
            dtype=float,
        )
        for key in ("estimate", "low", "high")
    }
    sure = np.isfinite(columns["low"]) & np.isfinite(columns["high"])
    axes.fill_between(
        at, columns["low"], columns["high"], where=sure, color=colour, alpha=0.2, lw=0
    )
    # A band needs neighbours: an estimate that stands alone gets a whisker instead.
    padded = np.pad(sure, 1)
    alone = sure & ~padded[:-2] & ~padded[2:]
    axes.vlines(at[alone], columns["low"][alone], columns["high"][alone], color=colour, lw=0.9)
    axes.plot(at, np.where(sure, columns["estimate"], np.nan), color=colour, zorder=3)
    filled = {"color": colour, "mec": "white", "mew": 0.3}
    hollow = {"mfc": "white", "mec": MUTED, "mew": 0.7}
    for shown, look in (
        (sure, filled),
        (~sure & np.isfinite(columns["estimate"]), hollow),
    ):
        # Marks at the edge of the scale are drawn whole; without any, the layout would fail.
        if shown.any():
            axes.plot(at[shown], columns["estimate"][shown], marker, clip_on=False, **look)


def _counts(axes: Axes, series: pl.DataFrame, names: list[str], most: int, reach: float) -> None:
    """Draw the number of documents as small bars below the scale."""
    places = [names.index(period) for period in series["period"]]
    heights = series["n_documents"].to_numpy() / most * reach * 0.38
    axes.bar(places, heights, 0.7, bottom=-reach * 1.45, color=FAINT, zorder=0)


@styled()
def stance_by_outlet(
    *,
    estimates: pl.DataFrame,
    stance: pl.DataFrame,
    unique: pl.DataFrame,
    settings: FigureSettings | None = None,
    language: str = "en",
    names: Mapping[str, str] | None = None,
) -> Plot:
    """Draw each outlet's mean stance toward each target, with its interval and n."""
    settings, say = settings or FigureSettings(), Words(language, names)
    title = say("title_stance_by_outlet")
    chosen = choose(estimates, "outlet", unit=settings.unit)
    if chosen.is_empty():
        reason = say("no_outlets") if stance.height else say("no_stance")
        return no_data(settings, say, title, reason)
    targets = ordered(chosen["target"])
    groups = by_size(chosen)
    limit = most_rows(settings, 40, 4.1, 18)
    shown = chosen.filter(pl.col("group").is_in(groups[:limit]))
    outlets = _by_stance(shown, targets[0])
    figure = canvas(settings, 18 + 4.1 * len(outlets))
    figure.get_layout_engine().set(wspace=0.06)
    grid = figure.subplots(1, len(targets), sharey=True, sharex=True, squeeze=False)[0]
    colours, markers = target_colours(targets), target_markers(targets)
    reach = reach_of(shown)
    narrow = page_width(settings) * 0.75 / len(targets) < 24
    for target, axes in zip(targets, grid, strict=True):
        series = shown.filter(pl.col("target") == target)
        axes.axvline(0, color=SOFT, lw=0.6, zorder=1)
        for row in series.iter_rows(named=True):
            dot(axes, row, outlets.index(row["group"]), colours[target], markers[target])
            axes.text(
                1.0,
                outlets.index(row["group"]),
                say.count(row["n_documents"]),
                transform=axes.get_yaxis_transform(),
                size=SMALL,
                color=SOFT,
                ha="right",
                va="center",
                bbox={"fc": "white", "ec": "none", "pad": 0.8},
            )
        # By the method of the outlets beside it: a corrected mean is no mean of uncorrected ones.
        method = chosen.filter(pl.col("target") == target)["method"][0]
        overall = choose(
            estimates.filter((pl.col("target") == target) & (pl.col("method") == method)),
            "all",
            unit=settings.unit,
        )
        if overall.height:
            axes.axvline(overall["estimate"][0], color=colours[target], lw=0.8, ls=(0, (4, 2)))
        stance_axis(axes.xaxis, reach, say, few=len(targets) > 2, narrow=narrow)
        axes.set_xlim(-reach * 1.04, reach * 1.5)
        axes.spines["bottom"].set_bounds(-reach, reach)
        axes.set_title(fit(say.target(target), page_width(settings) * 0.55 / len(targets)))
        axes.set_title("n", loc="right", size=SMALL, weight="normal", color=SOFT)
        axes.grid(axis="y")
    rows(grid[0], outlets, {"double": 42, "single": 28}[settings.width])
    for axes in grid[1:]:
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    figure.supxlabel(say("stance_axis"), size=BODY)
    facts = basis(say, chosen, stance, unique)
    small = shown.filter(pl.col("low").is_null()).height
    text = caption(
        say("caption_stance_by_outlet", target=say.target(targets[0])),
        say("outlets_not_shown", n=say.count(len(groups) - limit)) if len(groups) > limit else "",
        say("stance_scale"),
        level(say, chosen),
        say("small_groups") if small else "",
        facts.text,
    )
    numbers = numbers_of(shown, outlets, "outlet")
    return Plot(figure, numbers, text, title, facts.n_documents, facts.calibrated)


def _by_stance(shown: pl.DataFrame, target: str) -> list[str]:
    """Order outlets by their stance toward ``target``, those without one after, by name."""
    first = dict(shown.filter(pl.col("target") == target).select("group", "estimate").rows())
    outlets = sorted(shown["group"].unique())
    return sorted(outlets, key=lambda outlet: -first.get(outlet, -2.0))
