"""The figure that lets a reader judge the scorer: its scores against human labels."""

from collections.abc import Mapping

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MultipleLocator

from geostance.publish.figures.basis import ordered
from geostance.publish.figures.plot import Plot, canvas, caption, no_data, rows
from geostance.publish.pages import page_width
from geostance.publish.style import (
    INK,
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

_CLASSES = {-1: "unfavourable", 0: "neutral", 1: "favourable"}
_ALL = "all"
# In the order of the panel: the whole, each class, detection, then people among themselves.
_MEASURES = (
    "macro_f1",
    "f1_unfavourable",
    "f1_neutral",
    "f1_favourable",
    "accuracy",
    "alpha_ordinal",
    "correlation",
    "detection_precision",
    "detection_recall",
    "coder_alpha_portrayal",
    "coder_alpha_relevance",
    "coder_alpha_voice",
)
_FIGURES = ("measure", "estimate", "low", "high", "n_labels")


@styled()
def label_agreement(
    *,
    labelled: pl.DataFrame,
    scorer_quality: pl.DataFrame,
    agreement: pl.DataFrame,
    settings: FigureSettings | None = None,
    language: str = "en",
    names: Mapping[str, str] | None = None,
) -> Plot:
    """Draw labels against predictions for each target, and the measures with their intervals."""
    settings, say = settings or FigureSettings(), Words(language, names)
    title = say("title_label_agreement")
    pairs = labelled.drop_nulls(["label", "predicted"])
    measured = pl.concat([_of_scorer(scorer_quality), _of_coders(agreement)])
    if pairs.is_empty() and measured.is_empty():
        return no_data(settings, say, title, say("no_labels"))
    targets = ordered(pairs["target"])
    confusion = _confusion(pairs)
    measures = _in_order(measured["measure"])
    series = [t for t in [_ALL, *ordered(measured["target"])] if (measured["target"] == t).any()]
    series = list(dict.fromkeys(series))
    columns = 3 if page_width(settings) > 120 else 1
    columns = max(1, min(columns, len(targets)))
    lines = -(-len(targets) // columns)
    tops = [42.0] * lines
    below = [14 + len(measures) * (2.2 + 1.7 * len(series))] if measures else []
    heights = [*([sum(tops)] if tops else []), *below]
    figure = canvas(settings, sum(tops) + sum(below), whole=True)
    parts = iter(np.ravel(figure.subfigures(len(heights), 1, squeeze=False, height_ratios=heights)))
    upper = next(parts) if targets else None
    for at, target in enumerate(targets):
        axes = upper.add_subplot(lines, columns, at + 1)
        _matrix(axes, confusion.filter(pl.col("target") == target), say, named=at % columns == 0)
        axes.set_title(fit(say.target(target), page_width(settings) / columns - 20))
    if measures:
        _measured(next(parts).add_subplot(), measured, measures, series, settings, say)
    numbers = pl.concat(
        [
            confusion.select(
                "target",
                measure=pl.format("label {} predicted {}", "label", "predicted"),
                estimate=pl.col("share"),
                n_labels="n",
            ),
            measured.select("target", "measure", "estimate", "low", "high", "n_labels"),
        ],
        how="diagonal_relaxed",
    )
    documents = labelled["doc_id"].n_unique()
    text = caption(
        say("caption_label_agreement"),
        say("interval") if measures else "",
        say("hollow_measures") if measures and measured["low"].has_nulls() else "",
        say("rests_on_labels", n=say.count(pairs.height), documents=say.documents(documents)),
        say("copies_labels"),
        say("agreement_scores"),
    )
    return Plot(figure, numbers, text, title, documents, None)


def _of_scorer(quality: pl.DataFrame) -> pl.DataFrame:
    """Return the measures of this figure that stand on the scale of agreement, by target."""
    rows = quality.filter(
        pl.col("grouping").is_in([_ALL, "target"]),
        pl.col("measure").is_in(_MEASURES),
        pl.col("estimate").is_finite(),
    )
    return rows.select(pl.col("group").alias("target"), *_FIGURES)


def _of_coders(agreement: pl.DataFrame) -> pl.DataFrame:
    """Return the alphas of all coders together, named as measures."""
    rows = agreement.filter(pl.col("coder").is_null(), pl.col("estimate").is_finite())
    return rows.with_columns(
        measure=pl.format("coder_alpha_{}", "variable"), n_labels="n_answers"
    ).select("target", *_FIGURES)


def _confusion(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return target, label, predicted, n and share of the label's row, empty cells too."""
    classes = list(_CLASSES)
    every = (
        pl.DataFrame({"target": ordered(pairs["target"])}, schema={"target": pl.String})
        .join(pl.DataFrame({"label": classes}), how="cross")
        .join(pl.DataFrame({"predicted": classes}), how="cross")
    )
    counted = pairs.group_by("target", "label", "predicted").agg(n=pl.len().cast(pl.Int64))
    joined = every.join(counted, on=["target", "label", "predicted"], how="left").with_columns(
        pl.col("n").fill_null(0)
    )
    total = pl.col("n").sum().over("target", "label")
    return joined.with_columns(share=pl.when(total > 0).then(pl.col("n") / total))


def _in_order(measures: pl.Series) -> list[str]:
    rank = {measure: at for at, measure in enumerate(_MEASURES)}
    return sorted(measures.unique(), key=lambda name: (rank.get(name, len(rank)), name))


def _matrix(axes: Axes, cells: pl.DataFrame, say: Words, *, named: bool) -> None:
    """Draw one confusion matrix: shade and percentage by row, count below."""
    shares = cells["share"].fill_null(0).to_numpy().reshape(3, 3)
    counts = cells["n"].to_numpy().reshape(3, 3)
    axes.imshow(shares, cmap="Greys", vmin=0, vmax=1.35, aspect="auto")
    for (row, column), n in np.ndenumerate(counts):
        share = shares[row, column]
        tone = "white" if share > 0.72 else INK
        axes.text(
            column,
            row,
            f"{say.share(share) if counts[row].sum() else '–'}\n{say.count(int(n))}",
            ha="center",
            va="center",
            size=SMALL,
            color=tone,
            weight="bold" if row == column else "normal",
        )
    ticks = [say(f"short_{name}") for name in _CLASSES.values()]
    axes.set_xticks(range(3), ticks)
    axes.set_yticks(range(3), ticks if named else [""] * 3)
    axes.set_xlabel(say("predicted"))
    if named:
        axes.set_ylabel(say("human_label"))
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _measured(
    axes: Axes,
    measured: pl.DataFrame,
    measures: list[str],
    series: list[str],
    settings: FigureSettings,
    say: Words,
) -> None:
    """Draw each measure as a row, one dot with its interval for each target."""
    own = [target for target in series if target != _ALL]
    colours = target_colours(own) | {_ALL: INK}
    markers = target_markers(own) | {_ALL: "*"}
    step = 0.76 / max(1, len(series))
    for row in measured.iter_rows(named=True):
        offset = (series.index(row["target"]) - (len(series) - 1) / 2) * step
        at = measures.index(row["measure"]) + offset
        colour, marker = colours[row["target"]], markers[row["target"]]
        if row["low"] is None:
            axes.plot(row["estimate"], at, marker, mfc="white", mec=MUTED, mew=0.7)
            continue
        axes.hlines(at, row["low"], row["high"], color=colour, lw=0.9)
        size = 6 if marker == "*" else 3.2
        axes.plot(row["estimate"], at, marker, color=colour, ms=size, mec="white", mew=0.3)
    for at in range(1, len(measures)):
        axes.axhline(at - 0.5, color="#E4E4E4", lw=0.5, zorder=0)
    room = {"double": 50, "single": 28}[settings.width]
    rows(axes, [say.known("measure", measure) for measure in measures], room)
    lowest = measured.select(pl.min_horizontal("estimate", "low").min()).item()
    # A tenth of room for marks that sit on the edge; negative agreement must be seen.
    axes.set_xlim(min(0.0, lowest) - 0.03, 1.03)
    axes.axvline(0, color=SOFT, lw=0.6, zorder=0)
    axes.xaxis.set_major_locator(MultipleLocator(0.2))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: say.number(value, 1)))
    axes.grid(axis="x")
    axes.set_xlabel(say("measure_axis"))
    axes.legend(
        handles=[
            Line2D(
                [],
                [],
                color=colours[target],
                marker=markers[target],
                lw=0.9,
                label=say("all_targets") if target == _ALL else say.target(target),
            )
            for target in series
        ],
        loc="lower left",
        bbox_to_anchor=(-0.1, 1.0),
        ncols={"double": 6, "single": 2}[settings.width],
    )
