"""The figure of how documents spread over the stance scale, quotation apart."""

from collections.abc import Mapping

import numpy as np
import polars as pl
from matplotlib.legend_handler import HandlerTuple
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from geostance.publish.figures.basis import basis, choose, level, ordered
from geostance.publish.figures.plot import Plot, canvas, caption, counted, no_data
from geostance.publish.style import (
    BODY,
    FAINT,
    INK,
    SMALL,
    SOFT,
    STANCE,
    styled,
)
from geostance.publish.words import Words
from geostance.settings.publishing import FigureSettings

_BINS = 20
_QUOTED = 0.5


@styled()
def stance_distribution(
    *,
    estimates: pl.DataFrame,
    stance: pl.DataFrame,
    unique: pl.DataFrame,
    settings: FigureSettings | None = None,
    language: str = "en",
    names: Mapping[str, str] | None = None,
) -> Plot:
    """Draw how documents spread over the stance scale, author's voice apart from quotation."""
    settings, say = settings or FigureSettings(), Words(language, names)
    title = say("title_stance_distribution")
    scored = counted(stance, unique, settings).filter(pl.col("stance").is_finite())
    if scored.is_empty():
        return no_data(settings, say, title, say("no_stance"))
    targets = ordered(scored["target"])
    # A mean of another unit than the bars' would be a mean of other documents.
    means = choose(estimates, "all", unit=settings.unit).filter(
        pl.col("unit") == (settings.unit or pl.col("unit"))
    )
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
    figure.supylabel(say("documents_axis"), size=BODY)
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
    facts = basis(say, chosen if chosen.height else None, scored, unique, settings.unit)
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
    found = binned.group_by("target", "voice", "bin").agg(n=pl.len().cast(pl.Int64))
    every = (
        pl.DataFrame({"target": ordered(scored["target"])})
        .join(pl.DataFrame({"voice": ["author", "quoted"]}), how="cross")
        .join(pl.DataFrame({"bin": range(_BINS)}), how="cross")
    )
    return every.join(found, on=["target", "voice", "bin"], how="left").select(
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
