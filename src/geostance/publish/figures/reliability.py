"""The figure that shows whether the scorer is as often right as its probabilities say."""

from collections.abc import Mapping

import polars as pl
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from geostance.publish.figures.basis import level, ordered
from geostance.publish.figures.plot import Plot, canvas, caption, most_rows, no_data
from geostance.publish.figures.scorers import group_label
from geostance.publish.pages import page_width
from geostance.publish.style import INK, MUTED, SOFT, fit, styled
from geostance.publish.words import Words
from geostance.settings.publishing import FigureSettings

_BAR = "#C9D3DC"
# About the side of a diagram, and what stands beside it in its line, in mm.
_SIDE, _BESIDE = 45, 18


@styled()
def reliability(
    *,
    reliability: pl.DataFrame,
    scorer_quality: pl.DataFrame,
    settings: FigureSettings | None = None,
    language: str = "en",
    names: Mapping[str, str] | None = None,
) -> Plot:
    """Draw the share that the scorer had right against its probability, over counts of labels."""
    settings, say = settings or FigureSettings(), Words(language, names)
    title = say("title_reliability")
    targets = ordered(reliability.filter(pl.col("grouping") == "target")["group"])
    width = page_width(settings)
    columns = min(1 + len(targets), round(width / _SIDE))
    side = width / columns
    most = columns * most_rows(settings.model_copy(update={"limit": None}), 9, side + _BESIDE, 6)
    groups = [("all", "all"), *(("target", target) for target in targets)]
    groups = groups[: min(settings.limit or 8, most)]
    shown = pl.concat(
        reliability.filter(pl.col("grouping") == grouping, pl.col("group") == group)
        for grouping, group in groups
    )
    if shown.is_empty():
        return no_data(settings, say, title, say("too_few_labels"))
    lines = -(-len(groups) // columns)
    figure = canvas(settings, lines * (side + _BESIDE) + 6)
    grid = figure.subplots(
        *(2 * lines, columns), squeeze=False, height_ratios=[4, 1] * lines, sharex=True
    )
    for at, (grouping, group) in enumerate(groups):
        line, column = divmod(at, columns)
        upper, lower = grid[2 * line, column], grid[2 * line + 1, column]
        own = shown.filter(pl.col("grouping") == grouping, pl.col("group") == group)
        _diagram(upper, own, say, named=column == 0)
        _bars(lower, own, say, named=column == 0)
        upper.set_title(fit(group_label(grouping, group, say), side - 12))
    for axes in grid[-2:, columns - (lines * columns - len(groups)) :].flat:
        axes.set_visible(False)
    errors = scorer_quality.filter(measure="calibration_error", grouping="all").drop_nulls(
        "estimate"
    )
    whole = shown.filter(pl.col("grouping") == "all")
    n_labels = int(whole["n_labels"].sum())
    n_documents = int(errors["n_documents"].max() or 0)
    text = caption(
        say("caption_reliability"),
        level(say, errors) if not errors.is_empty() else say("interval"),
        say("hollow_bins") if shown["low"].has_nulls() else "",
        *(
            say(
                "calibration_told",
                value=say.number(row["estimate"]),
                low=say.number(row["low"]),
                high=say.number(row["high"]),
            )
            for row in errors.drop_nulls("low").iter_rows(named=True)
        ),
        say("rests_on_labels", n=say.count(n_labels), documents=say.documents(n_documents)),
        say("copies_labels"),
        say("agreement_scores"),
    )
    return Plot(figure, shown, text, title, n_documents, None)


def _diagram(axes: Axes, own: pl.DataFrame, say: Words, *, named: bool) -> None:
    axes.plot([0, 1], [0, 1], color=MUTED, lw=0.7, ls=(0, (4, 3)), zorder=1)
    for row in own.iter_rows(named=True):
        x, y = row["mean_probability"], row["right_share"]
        if row["low"] is None:
            axes.plot(x, y, "o", mfc="white", mec=MUTED, mew=0.8, ms=3.6, zorder=3, clip_on=False)
            continue
        axes.vlines(x, row["low"], row["high"], color=INK, lw=0.9, zorder=2)
        axes.plot(x, y, "o", color=INK, ms=3.6, mec="white", mew=0.3, zorder=3, clip_on=False)
    axes.set_ylim(0, 1)
    axes.set_xlim(0.3, 1)
    axes.yaxis.set_major_locator(FixedLocator([0, 0.25, 0.5, 0.75, 1]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: say.share(v, 0) if named else ""))
    axes.grid()
    if named:
        axes.set_ylabel(say("share_right"))


def _bars(axes: Axes, own: pl.DataFrame, say: Words, *, named: bool) -> None:
    width = own["bin_high"] - own["bin_low"]
    axes.bar(own["bin_low"], own["n_labels"], width, align="edge", color=_BAR, ec="white", lw=0.5)
    axes.tick_params(labelbottom=True)
    axes.xaxis.set_major_locator(FixedLocator([0.4, 0.6, 0.8, 1.0]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: say.share(v, 0)))
    axes.yaxis.set_major_locator(MaxNLocator(2, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: say.count(round(v))))
    axes.set_xlabel(say("largest_probability"))
    axes.spines["left"].set_color(SOFT)
    if named:
        axes.set_ylabel(say("n_of_labels"))
