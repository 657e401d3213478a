"""The figure of stance trajectories: every target among the others, and events beside them."""

from collections.abc import Mapping
from datetime import date

import polars as pl
from matplotlib.axes import Axes

from geostance.publish.figures import periods
from geostance.publish.figures.basis import basis, choose, level, ordered
from geostance.publish.figures.plot import Plot, canvas, caption, no_data
from geostance.publish.figures.stance import draw_line, reach_of, stance_axis
from geostance.publish.pages import page_width
from geostance.publish.style import (
    BODY,
    FAINT,
    SMALL,
    SOFT,
    fit,
    styled,
    target_colours,
    target_markers,
)
from geostance.publish.words import Words
from geostance.settings.publishing import FigureSettings

# More numbers than these would run into one another.
_MOST_EVENTS = 12
_KEY_LINE = 3.2


@styled()
def stance_trajectories(
    *,
    estimates: pl.DataFrame,
    events: pl.DataFrame | None = None,
    stance: pl.DataFrame | None = None,
    unique: pl.DataFrame | None = None,
    settings: FigureSettings | None = None,
    language: str = "en",
    names: Mapping[str, str] | None = None,
) -> Plot:
    """Draw each target's mean stance over time before those of the others, with events.

    Args:
        estimates: rows whose grouping is month, quarter or year, group the period (2024-03,
            2024-Q1, 2024), estimate, low and high in [−1, 1]; low and high are null where
            documents are too few.
        events: date, label and target (null: all), from
            :func:`geostance.publish.events.read_events`.
        stance: for the caption: which documents and scores the estimates rest on.
        unique: with it, copies of one text count once there.
        settings: page, ground, and what else one figure may change.
        language: en or fr.
        names: what the researcher's own targets are called.
    """
    settings, say = settings or FigureSettings(), Words(language, names)
    title = say("title_stance_trajectories")
    months = estimates.filter(grouping="month")["group"].to_list()
    if not months:
        reason = say("no_dates") if stance is None or stance.height else say("no_stance")
        return no_data(settings, say, title, reason)
    step, span = periods.span(months, settings.period)
    chosen = choose(estimates, step, unit=settings.unit)
    columns = ("target", "estimate", "low", "high", "n_documents", "method", "unit")
    numbers = chosen.select(*columns, period="group").sort("target", "period")
    targets = ordered(numbers["target"])
    series = {target: numbers.filter(pl.col("target") == target) for target in targets}
    marks = _marks(events, span, settings.limit or _MOST_EVENTS)
    n_events = 0 if events is None else events.height
    across = 2 if page_width(settings) > 120 else 1
    key_height = -(-len(marks) // across) * _KEY_LINE + 4 if marks else 0
    panel = {1: 58, 2: 40}.get(len(targets), 32)
    figure = canvas(settings, 12 + panel * len(targets) + key_height)
    heights = [panel] * len(targets) + ([key_height] if marks else [])
    grid = figure.subplots(len(heights), 1, squeeze=False, height_ratios=heights)[:, 0]
    colours, shapes = target_colours(targets), target_markers(targets)
    reach = reach_of(numbers)
    for target, axes in zip(targets, grid, strict=False):
        for other in targets:
            if other != target:
                _other(axes, series[other], span)
        draw_line(axes, series[target], span, colours[target], shapes[target])
        axes.set_title(say.target(target), color=colours[target])
        stance_axis(axes.yaxis, reach, say)
        axes.set_ylim(-reach, reach)
        axes.axhline(0, color=SOFT, lw=0.6, zorder=1)
        periods.time_axis(axes, span, page_width(settings) - 22, say)
        axes.tick_params(labelbottom=target == targets[-1])
        for number, (_, at, _, own) in enumerate(marks, 1):
            if own in (None, target):
                _event(axes, at, str(number), first=target == targets[0] or own is not None)
    if marks:
        _key(grid[-1], marks, across, page_width(settings), say)
    figure.supylabel(say("stance_axis"), size=BODY)
    facts = basis(say, chosen, stance, unique)
    text = caption(
        say("caption_stance_trajectories", step=say(f"per_{step}")),
        say("events_marked", n=say.count(len(marks))) if marks else "",
        say("events_not_marked", n=say.count(n_events - len(marks)))
        if n_events > len(marks)
        else "",
        say("stance_scale"),
        level(say, chosen),
        say("small_periods") if numbers["low"].has_nulls() else "",
        facts.text,
    )
    return Plot(figure, numbers, text, title, facts.n_documents, facts.calibrated)


def _marks(
    events: pl.DataFrame | None, span: list[str], most: int
) -> list[tuple[date, float, str, str | None]]:
    """Return date, place on the axis, label and target of the events within the periods."""
    if events is None:
        return []
    found = []
    for day, label, target in events.sort("date").select("date", "label", "target").iter_rows():
        at = periods.place_of(day, span)
        if at is not None:
            found.append((day, at, label, target))
    return found[:most]


def _other(axes: Axes, series: pl.DataFrame, span: list[str]) -> None:
    sure = series.filter(pl.col("low").is_not_null())
    at = dict(zip(sure["period"], sure["estimate"], strict=True))
    axes.plot(
        range(len(span)), [at.get(period, float("nan")) for period in span], color=FAINT, lw=0.9,
        zorder=0.5,
    )  # fmt: skip


def _event(axes: Axes, at: float, number: str, *, first: bool) -> None:
    axes.axvline(at, color=SOFT, lw=0.5, ls=(0, (2, 2)), zorder=0.7)
    if first:
        axes.annotate(
            number, (at, 1), xycoords=("data", "axes fraction"), xytext=(1.5, -1),
            textcoords="offset points", ha="left", va="top", size=SMALL, color=SOFT,
        )  # fmt: skip


def _key(
    axes: Axes,
    marks: list[tuple[date, float, str, str | None]],
    across: int,
    width: float,
    say: Words,
) -> None:
    """List the events in ``across`` columns under the panels, read down each column."""
    axes.set_axis_off()
    axes.set(xlim=(0, 1), ylim=(0, 1))
    lines = -(-len(marks) // across)
    room = (width - 20) / across - 6
    for number, (day, _, label, _) in enumerate(marks):
        column, line = divmod(number, lines)
        x, y = column / across, 1 - line / lines
        axes.text(x, y, str(number + 1), size=SMALL, va="top", color=SOFT)
        told = fit(f"{say.short_date(day)} · {label}", room, SMALL)
        axes.annotate(
            told, (x, y), xytext=(11, 0), textcoords="offset points", size=SMALL, va="top"
        )
