"""Figures of how targets are portrayed: by topic, and over the whole corpus."""

import numpy as np
import polars as pl
from matplotlib.colors import Normalize
from matplotlib.legend_handler import HandlerTuple
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from geostance.config import FigureSettings
from geostance.publish.figures.basis import basis, choose, level, ordered
from geostance.publish.figures.plot import Plot, canvas, caption, distinct, no_data, rows
from geostance.publish.style import (
    FAINT,
    INK,
    SMALL,
    SOFT,
    STANCE,
    WIDTHS,
    fit,
    styled,
)
from geostance.publish.words import Words

_BINS = 20
_QUOTED = 0.5


@styled()
def stance_by_topic(
    *,
    estimates: pl.DataFrame,
    stance: pl.DataFrame,
    unique: pl.DataFrame,
    settings: FigureSettings | None = None,
    language: str = "en",
) -> Plot:
    """Draw the mean stance of each topic toward each target as a coloured table."""
    settings, say = settings or FigureSettings(), Words(language)
    title = say("title_stance_by_topic")
    chosen = choose(estimates, "topic")
    if chosen.is_empty():
        reason = say("no_topics") if stance.height else say("no_stance")
        return no_data(settings, say, title, reason)
    targets = ordered(chosen["target"])
    totals = (
        chosen.group_by("group")
        .agg(pl.col("n_documents").sum())
        .sort(["n_documents", "group"], descending=[True, False])
    )
    limit = settings.limit or 25
    topics = totals["group"][:limit].to_list()
    shown = chosen.filter(pl.col("group").is_in(topics))
    room = {"double": 58, "single": 26}[settings.width]
    figure = canvas(settings, 22 + 7.6 * len(topics))
    axes = figure.add_subplot()
    reach = max(0.3, float(np.ceil(shown["estimate"].abs().max() * 10) / 10))
    scale = Normalize(-reach, reach)
    cell = (WIDTHS[settings.width] - room) / len(targets)
    for row in shown.iter_rows(named=True):
        x, y = targets.index(row["target"]), topics.index(row["group"])
        small = row["low"] is None
        colour = STANCE(scale(row["estimate"]))
        axes.add_patch(
            Rectangle(
                (x - 0.49, y - 0.47),
                0.98,
                0.94,
                fc="white" if small else colour,
                ec=FAINT if small else "none",
                lw=0.5,
            )
        )
        tone = SOFT if small else "white" if _dark(colour) else INK
        axes.text(
            x,
            y - 0.2,
            say.signed(row["estimate"]),
            ha="center",
            va="center",
            color=tone,
            weight="normal" if small else "bold",
        )
        interval = "" if small else f"[{say.signed(row['low'])}; {say.signed(row['high'])}]"
        axes.text(x, y + 0.22, interval, ha="center", va="center", size=SMALL, color=tone)
        n = say.count(row["n_documents"])
        axes.text(x + 0.46, y - 0.24, n, ha="right", va="center", size=SMALL, color=tone)
    rows(axes, [topic.replace("_", " ") for topic in topics], room)
    axes.set_xticks(range(len(targets)), [fit(say.target(t), cell) for t in targets])
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.5, len(targets) - 0.5)
    axes.set_ylim(len(topics) - 0.5, -0.5)
    for spine in axes.spines.values():
        spine.set_visible(False)
    _legend(axes, scale, say)
    facts = basis(say, chosen, stance, unique)
    text = caption(
        say("caption_stance_by_topic"),
        say("topics_not_shown", n=say.count(totals.height - limit))
        if totals.height > limit
        else "",
        say("stance_scale"),
        level(say, chosen),
        say("small_cells") if shown["low"].has_nulls() else "",
        say("topics_once"),
        facts.text,
    )
    order = pl.DataFrame({"group": topics, "at": range(len(topics))})
    numbers = (
        shown.join(order, on="group")
        .sort("at", "target")
        .select(
            pl.col("group").alias("topic"),
            "target",
            "estimate",
            "low",
            "high",
            "n_documents",
            "n_labels",
            "method",
            "unit",
        )
    )
    return Plot(figure, numbers, text, title, facts.n_documents, facts.calibrated)


def _dark(colour: tuple[float, ...]) -> bool:
    """Tell whether white text has more contrast on ``colour`` than black text (WCAG 2.2)."""
    channels = np.array(colour[:3])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return bool(linear @ [0.2126, 0.7152, 0.0722] < 0.2)


def _legend(axes: object, scale: Normalize, say: Words) -> None:
    from matplotlib.cm import ScalarMappable

    bar = axes.figure.colorbar(
        ScalarMappable(scale, STANCE),
        ax=axes,
        orientation="horizontal",
        location="bottom",
        shrink=0.5,
        aspect=40,
        pad=0.02,
    )
    bar.outline.set_visible(False)
    bar.ax.xaxis.set_major_locator(MaxNLocator(5, symmetric=True))
    bar.ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: say.signed(value, 1)))
    bar.set_label(say("stance_axis"))


@styled()
def stance_distribution(
    *,
    estimates: pl.DataFrame,
    stance: pl.DataFrame,
    unique: pl.DataFrame,
    settings: FigureSettings | None = None,
    language: str = "en",
) -> Plot:
    """Draw how documents spread over the stance scale, author's voice apart from quotation."""
    settings, say = settings or FigureSettings(), Words(language)
    title = say("title_stance_distribution")
    scored = distinct(stance, unique).filter(pl.col("stance").is_finite())
    if scored.is_empty():
        return no_data(settings, say, title, say("no_stance"))
    targets = ordered(scored["target"])
    means = choose(estimates, "all")
    histogram = _histogram(scored)
    figure = canvas(settings, 16 + {1: 46, 2: 34}.get(len(targets), 27) * len(targets))
    grid = figure.subplots(len(targets), 1, sharex=True, squeeze=False)[:, 0]
    width = 2 / _BINS
    for target, axes in zip(targets, grid, strict=True):
        own = histogram.filter(pl.col("target") == target)
        bars = {
            voice: own.filter(pl.col("voice") == voice).sort("bin_low")["n"].to_numpy()
            for voice in ("author", "quoted")
        }
        middles = np.linspace(-1, 1, _BINS, endpoint=False) + width / 2
        colours = STANCE((middles + 1) / 2)
        axes.bar(middles, bars["author"], width * 0.94, color=colours, ec=SOFT, lw=0.3)
        axes.bar(
            middles,
            bars["quoted"],
            width * 0.94,
            bars["author"],
            color="white",
            ec=SOFT,
            lw=0.3,
            hatch="//////",
        )
        top = max(1, (bars["author"] + bars["quoted"]).max())
        axes.set_ylim(0, top * 1.28)
        axes.axvline(0, color=SOFT, lw=0.6, zorder=0)
        mean = means.filter(pl.col("target") == target)
        if mean.height:
            _mean(axes, mean.row(0, named=True), top, say)
        mine = scored.filter(pl.col("target") == target)
        quoted = mine["quoted_share"].fill_nan(None).mean() or 0.0
        axes.set_title(say.target(target))
        axes.set_title(
            say("quoted_of", n=say.count(mine.height), share=say.share(quoted)),
            loc="right",
            size=SMALL,
            weight="normal",
            color=SOFT,
        )
        axes.yaxis.set_major_locator(MaxNLocator(3, integer=True))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda n, _: say.count(round(n))))
        axes.spines["left"].set_color(FAINT)
    grid[-1].set_xlim(-1.02, 1.02)
    grid[-1].xaxis.set_major_locator(MultipleLocator(0.5))
    grid[-1].xaxis.set_major_formatter(FuncFormatter(lambda value, _: say.signed(value, 1)))
    grid[-1].set_xlabel(say("stance_axis"))
    figure.supylabel(say("documents_axis"), size=7)
    figure.legend(
        handles=[
            (Patch(fc=STANCE(0.2), ec=SOFT, lw=0.3), Patch(fc=STANCE(0.8), ec=SOFT, lw=0.3)),
            Patch(fc="white", ec=SOFT, lw=0.3, hatch="//////"),
        ],
        labels=[say("mostly_author"), say("mostly_quoted")],
        handler_map={tuple: HandlerTuple(ndivide=None, pad=0)},
        loc="outside upper left",
        ncols=2,
    )
    chosen = means.filter(pl.col("target").is_in(targets))
    facts = basis(say, chosen if chosen.height else None, scored, unique)
    text = caption(
        say("caption_stance_distribution"),
        say("mean_mark") + " " + level(say, chosen) if chosen.height else "",
        say("stance_scale"),
        facts.text,
    )
    numbers = histogram.join(
        chosen.select("target", "estimate", "low", "high", "method"), on="target", how="left"
    )
    return Plot(figure, numbers, text, title, facts.n_documents, facts.calibrated)


def _histogram(scored: pl.DataFrame) -> pl.DataFrame:
    """Return target, voice, bin_low, bin_high, n for every bin, empty ones too."""
    width = 2 / _BINS
    binned = scored.with_columns(
        bin=((pl.col("stance") + 1) / width).floor().clip(0, _BINS - 1).cast(pl.Int64),
        voice=pl.when(pl.col("quoted_share").fill_null(0) > _QUOTED)
        .then(pl.lit("quoted"))
        .otherwise(pl.lit("author")),
    )
    counted = binned.group_by("target", "voice", "bin").agg(n=pl.len().cast(pl.Int64))
    every = (
        pl.DataFrame({"target": ordered(scored["target"])})
        .join(pl.DataFrame({"voice": ["author", "quoted"]}), how="cross")
        .join(pl.DataFrame({"bin": range(_BINS)}), how="cross")
    )
    return every.join(counted, on=["target", "voice", "bin"], how="left").select(
        "target",
        "voice",
        bin_low=(pl.col("bin") * width - 1).round(2),
        bin_high=((pl.col("bin") + 1) * width - 1).round(2),
        n=pl.col("n").fill_null(0),
    )


def _mean(axes: object, row: dict[str, object], top: float, say: Words) -> None:
    at = top * 1.16
    if row["low"] is not None:
        axes.plot([row["low"], row["high"]], [at, at], color=INK, lw=1.2)
    axes.plot(row["estimate"], at, "D", color=INK, ms=3)
    right = row["estimate"] < 0.55
    edge = (row["high"] if right else row["low"]) or row["estimate"]
    axes.annotate(
        say.signed(row["estimate"]),
        (edge, at),
        xytext=(4 if right else -4, 0),
        textcoords="offset points",
        ha="left" if right else "right",
        va="center",
        size=SMALL,
    )
