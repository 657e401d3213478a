"""The figure that holds several scorers against the same human labels."""

from collections.abc import Mapping, Sequence

import polars as pl
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from geostance.publish.figures.basis import level, ordered
from geostance.publish.figures.plot import Plot, canvas, caption, dot, legend, no_data, rows
from geostance.publish.style import SMALL, SOFT, fit, scorer_marks, styled
from geostance.publish.words import Words
from geostance.settings.publishing import FigureSettings

_GROUPINGS = ("all", "language", "target")


@styled()
def scorer_comparison(
    *,
    comparison: pl.DataFrame,
    settings: FigureSettings | None = None,
    language: str = "en",
    names: Mapping[str, str] | None = None,
) -> Plot:
    """Draw each scorer's macro-F1 with its interval, and how far it is from the first scorer."""
    settings, say = settings or FigureSettings(), Words(language, names)
    title = say("title_scorer_comparison")
    measured = comparison.filter(pl.col("measure") == "macro_f1", pl.col("estimate").is_finite())
    if measured.is_empty():
        return no_data(settings, say, title, say("no_labels"))
    blocks = blocks_of(
        measured, _GROUPINGS, settings.limit or (4 if settings.preset == "slides" else 14)
    )
    shown = pl.concat(
        measured.filter(pl.col("grouping") == grouping, pl.col("group").is_in(groups))
        for grouping, groups in blocks.items()
    )
    marks = scorer_marks(shown["scorer"].unique(maintain_order=True).to_list())
    first = next(iter(marks))
    paired = len(marks) > 1 and settings.width == "double"
    n_rows = sum(map(len, blocks.values()))
    figure = canvas(
        settings, 20 + 8 * len(blocks) + max(4.2, 1.4 + 2.3 * len(marks)) * n_rows, whole=True
    )
    grid = figure.subplots(
        len(blocks),
        1 + paired,
        sharex="col",
        squeeze=False,
        height_ratios=[len(groups) for groups in blocks.values()],
        width_ratios=[3, 2][: 1 + paired],
    )
    for (grouping, groups), panels in zip(blocks.items(), grid, strict=True):
        own = shown.filter(pl.col("grouping") == grouping)
        room = {"double": 34, "single": 24}[settings.width]
        rows(panels[0], [group_label(grouping, group, say) for group in groups], room)
        panels[0].set_title(say(f"scorers_by_{grouping}"))
        _dots(panels[0], own, groups, marks)
        _counts(panels[0], own, groups, say)
        for axes in panels[1:]:
            rows(axes, [""] * len(groups), room)
            _dots(axes, _differences(own), groups, marks)
            axes.axvline(0, color=SOFT, lw=0.6, zorder=1)
    for axes in grid[:-1].flat:
        axes.spines["bottom"].set_visible(False)
        axes.tick_params(axis="x", length=0)
    _f1_axis(grid[-1, 0], say)
    if paired:
        _difference_axis(grid[-1, 1], _differences(shown), fit(first, 40), say)
    handles = [
        Line2D([], [], color=colour, marker=marker, lw=0.9, label=fit(name, 40))
        for name, (colour, marker) in marks.items()
    ]
    legend(figure, handles, settings)
    whole = shown.row(0, named=True)
    left_out = measured.select("grouping", "group").n_unique() - n_rows
    text = caption(
        say("caption_scorer_comparison"),
        say("caption_scorer_difference", scorer=first) if paired else "",
        level(say, shown),
        say("hollow_measures") if shown["low"].has_nulls() else "",
        say("scorer_groups_not_shown", n=say.count(left_out)) if left_out else "",
        say(
            "rests_on_labels",
            n=say.count(whole["n_labels"]),
            documents=say.documents(whole["n_documents"]),
        ),
        say("copies_labels"),
        say("agreement_scores"),
    )
    numbers = shown.drop("other", "measure")
    return Plot(figure, numbers, text, title, whole["n_documents"], None)


def blocks_of(measured: pl.DataFrame, groupings: Sequence[str], limit: int) -> dict[str, list[str]]:
    """Return the groups drawn of each grouping: those with most labels, targets in their order."""
    blocks = {}
    for grouping in groupings:
        own = measured.filter(pl.col("grouping") == grouping)
        sizes = own.group_by("group").agg(pl.col("n_labels").max())
        largest = sizes.sort(["n_labels", "group"], descending=[True, False])["group"].head(limit)
        blocks[grouping] = ordered(largest) if grouping == "target" else largest.to_list()
    if "words" in blocks:
        blocks["words"].sort(key=int)
    return {grouping: groups for grouping, groups in blocks.items() if groups}


def group_label(grouping: str, group: str, say: Words) -> str:
    """Return a group's name for the reader."""
    match grouping:
        case "all":
            return say("all_labels")
        case "language":
            return say.tongue(group)
        case "target":
            return say.target(group)
        case "voice":
            return say.known("voice", group)
        case "words":
            return say(
                "words_between",
                low=say.count(int(group)),
                high=say.count(max(0, 2 * int(group) - 1)),
            )
    return group


def _dots(
    axes: Axes, own: pl.DataFrame, groups: list[str], marks: dict[str, tuple[str, str]]
) -> None:
    """Draw a dot with its interval for each scorer in each group, one scorer below another."""
    order = list(marks)
    step = 0.74 / len(order)
    for row in own.iter_rows(named=True):
        offset = (order.index(row["scorer"]) - (len(order) - 1) / 2) * step
        dot(axes, row, groups.index(row["group"]) + offset, *marks[row["scorer"]])
    for at in range(1, len(groups)):
        axes.axhline(at - 0.5, color="#E4E4E4", lw=0.5, zorder=0)
    axes.grid(axis="x")


def _counts(axes: Axes, own: pl.DataFrame, groups: list[str], say: Words) -> None:
    """Write the number of labels of each group at the right end of its row."""
    for group, n_labels in own.select("group", "n_labels").unique().iter_rows():
        axes.text(
            1.0,
            groups.index(group),
            say.count(n_labels),
            transform=axes.get_yaxis_transform(),
            size=SMALL,
            color=SOFT,
            ha="right",
            va="center",
        )
    axes.set_title("n", loc="right", size=SMALL, weight="normal", color=SOFT)


def _differences(own: pl.DataFrame) -> pl.DataFrame:
    # Two scorers that differ in no resample have no interval for want of width, not of labels.
    same = pl.when(pl.col("low").is_not_null()).then("difference")
    return own.select(
        "scorer",
        "group",
        estimate="difference",
        low=pl.coalesce("difference_low", same),
        high=pl.coalesce("difference_high", same),
    ).filter(pl.col("estimate").is_finite())


def _f1_axis(axes: Axes, say: Words) -> None:
    # Room at the right for the counts.
    axes.set_xlim(-0.02, 1.14)
    ticks = [step / 5 for step in range(6)]
    axes.set_xticks(ticks, [say.number(tick, 1) for tick in ticks])
    axes.spines["bottom"].set_bounds(0, 1)
    axes.set_xlabel(say("measure-macro_f1"))


def _difference_axis(axes: Axes, drawn: pl.DataFrame, first: str, say: Words) -> None:
    ends = drawn.select(pl.max_horizontal(pl.col("estimate", "low", "high").abs()).max()).item()
    reach = max(0.1, ends) * 1.06
    axes.set_xlim(-reach, reach)
    axes.xaxis.set_major_locator(MaxNLocator(5, symmetric=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: say.signed(value)))
    axes.set_xlabel(say("scorer_difference", scorer=first))
