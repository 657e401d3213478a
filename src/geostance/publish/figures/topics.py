"""Figures of topics: how large each is in which languages, and its share over time."""

import numpy as np
import polars as pl
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from geostance.publish.figures import periods
from geostance.publish.figures.plot import (
    Plot,
    canvas,
    caption,
    copies,
    counted,
    legend,
    no_data,
    rows,
)
from geostance.publish.style import (
    CATEGORIES,
    FAINT,
    INK,
    MUTED,
    SMALL,
    SOFT,
    WIDTHS,
    fit,
    language_colours,
    styled,
)
from geostance.publish.words import Words
from geostance.settings.publishing import FigureSettings

_OTHER = "other"
_REST = -2


@styled()
def topic_sizes(
    *,
    topics: pl.DataFrame,
    topic_info: pl.DataFrame,
    cleaned: pl.DataFrame,
    unique: pl.DataFrame,
    settings: FigureSettings | None = None,
    language: str = "en",
) -> Plot:
    """Draw the documents of each topic by language, with the outliers and their share."""
    settings, say = settings or FigureSettings(), Words(language)
    printed = settings.unit == "printed"
    title = say("title_topic_sizes")
    shown = counted(topics, unique, settings).join(
        cleaned.select("doc_id", "language"), on="doc_id", how="left"
    )
    if shown.is_empty():
        return no_data(settings, say, title, say("no_topics"))
    names = dict(topic_info.select("topic", "label").rows())
    order = _largest_first(shown)
    limit = settings.limit or 40
    head, tail = order[:limit], order[limit:]
    shown = shown.with_columns(
        pl.col("language").fill_null("und"),
        row=pl.when(pl.col("topic").is_in(tail)).then(_REST).otherwise("topic"),
    )
    has_outliers = (shown["topic"] < 0).any()
    row_ids = head + ([_REST] if tail else []) + ([-1] if has_outliers else [])
    labels = {topic: str(names.get(topic, topic)).replace("_", " ") for topic in head}
    labels[_REST] = say("other_topics", n=say.count(len(tail)))
    labels[-1] = say("outliers")
    tags = (
        shown["language"]
        .value_counts(name="n")
        .sort(["n", "language"], descending=[True, False])["language"]
        .to_list()
    )
    kept = tags[:8]
    shown = shown.with_columns(
        tag=pl.when(pl.col("language").is_in(kept)).then("language").otherwise(pl.lit(_OTHER))
    )
    sizes = shown.group_by("row", "tag").agg(n=pl.len())
    stack = kept + ([_OTHER] if len(tags) > 8 else [])
    colours = language_colours(kept) | {_OTHER: MUTED}
    figure = canvas(settings, 20 + 4.2 * len(row_ids))
    axes = figure.add_subplot()
    left = np.zeros(len(row_ids))
    for tag in stack:
        found = dict(sizes.filter(pl.col("tag") == tag).select("row", "n").rows())
        widths = np.array([found.get(row, 0) for row in row_ids])
        bars = axes.barh(
            range(len(row_ids)), widths, 0.74, left, color=colours[tag], ec="white", lw=0.3
        )
        for row, bar in zip(row_ids, bars, strict=True):
            if row < 0:
                bar.set_alpha(0.55)
        left += widths
    for at, total in enumerate(left):
        axes.annotate(
            f"{say.count(round(total))} ({say.share(total / shown.height)})",
            (total, at),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            size=SMALL,
            color=SOFT,
        )
    rows(axes, [labels[row] for row in row_ids], {"double": 62, "single": 32}[settings.width])
    for tick, row in zip(axes.get_yticklabels(), row_ids, strict=True):
        tick.set_color(SOFT if row < 0 else INK)
    axes.set_xlim(0, max(left) * {"double": 1.16, "single": 1.4}[settings.width])
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda n, _: say.count(round(n))))
    axes.set_xlabel(say("documents_axis" if printed else "distinct_texts_axis"))
    spoken = {tag: say("other_languages") if tag == _OTHER else say.tongue(tag) for tag in stack}
    legend(figure, [Patch(color=colours[tag], label=spoken[tag]) for tag in stack], settings)
    numbers = (
        sizes.with_columns(
            topic=pl.when(pl.col("row") == _REST).then(None).otherwise("row"),
            label=pl.col("row").replace_strict(labels, return_dtype=pl.String),
            share=pl.col("n") / shown.height,
        )
        .sort("row", "tag")
        .select("topic", "label", pl.col("tag").alias("language"), "n", "share")
    )
    share = (shown["topic"] < 0).sum() / shown.height
    text = caption(
        say("caption_topic_sizes_printed" if printed else "caption_topic_sizes"),
        say("outlier_pale", share=say.share(share)),
        say("rests_on", documents=say.documents(shown.height)),
        say(copies(settings)),
        say("no_scores"),
    )
    return Plot(figure, numbers, text, title, shown.height, None)


def _largest_first(shown: pl.DataFrame) -> list[int]:
    counts = shown.filter(pl.col("topic") >= 0)["topic"].value_counts(name="n")
    return counts.sort(["n", "topic"], descending=[True, False])["topic"].to_list()


@styled()
def topics_over_time(
    *,
    topics: pl.DataFrame,
    topic_info: pl.DataFrame,
    documents: pl.DataFrame,
    unique: pl.DataFrame,
    settings: FigureSettings | None = None,
    language: str = "en",
) -> Plot:
    """Draw each topic's share of the documents of a period, with its interval."""
    settings, say = settings or FigureSettings(), Words(language)
    printed = settings.unit == "printed"
    title = say("title_topics_over_time")
    shown = counted(topics, unique, settings)
    if shown.is_empty():
        return no_data(settings, say, title, say("no_topics"))
    dated = shown.join(periods.months_of(documents), on="doc_id")
    if dated.is_empty():
        return no_data(settings, say, title, say("no_dates"))
    step, names = periods.span(dated["month"].to_list(), settings.period)
    numbers = _shares(periods.with_period(dated, step), names)
    limit = settings.limit or 12
    order = _largest_first(dated)
    if not order:
        return no_data(settings, say, title, say("only_outliers"))
    numbers = numbers.filter(pl.col("topic").is_in(order[:limit]))
    columns = min(len(order[:limit]), {"double": 3, "single": 1}[settings.width])
    lines = -(-len(order[:limit]) // columns)
    figure = canvas(settings, 12 + 27 * lines)
    grid = figure.subplots(lines, columns, sharex=True, sharey=True, squeeze=False)
    named = dict(topic_info.select("topic", "label").rows())
    width = WIDTHS[settings.width] / columns - 12
    for at, axes in enumerate(grid.flat):
        if at >= len(order[:limit]):
            axes.remove()
            continue
        topic = order[at]
        series = numbers.filter(pl.col("topic") == topic)
        places = [names.index(name) for name in series["period"]]
        colour = CATEGORIES[0]
        axes.fill_between(places, series["low"], series["high"], color=colour, alpha=0.18, lw=0)
        axes.plot(places, series["share"], color=colour, marker="o", ms=2 if len(names) < 30 else 0)
        axes.set_title(fit(str(named.get(topic, topic)).replace("_", " "), width * 0.92))
        axes.grid(axis="y")
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10], min_n_ticks=2))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: say.share(share, 0)))
        axes.spines["left"].set_color(FAINT)
        periods.time_axis(axes, names, width, say)
        # The lowest panel of each column carries the dates, also where the last line is short.
        axes.tick_params(labelbottom=at + columns >= len(order[:limit]))
    figure.supylabel(say("share_axis"), size=7)
    numbers = numbers.with_columns(
        label=pl.col("topic").replace_strict(named, default=None, return_dtype=pl.String)
    )
    text = caption(
        say(
            "caption_topics_over_time_printed" if printed else "caption_topics_over_time",
            step=say(f"per_{step}"),
        ),
        say("topics_not_shown", n=say.count(len(order) - limit)) if len(order) > limit else "",
        say("band_wilson"),
        say("rests_on", documents=say.documents(dated.height)),
        say(copies(settings)),
        say("undated", n=say.count(shown.height - dated.height))
        if shown.height > dated.height
        else "",
        say("no_scores"),
    )
    return Plot(figure, numbers, text, title, dated.height, None)


def _shares(dated: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """Return topic, period, n, n_period, share, low, high, also where a topic has no document.

    The interval is Wilson's at 95 %, which keeps to [0, 1] for small counts.

    Source: E. B. Wilson, JASA 22(158), 1927.
    """
    totals = dated.group_by("period").agg(n_period=pl.len())
    every = pl.DataFrame({"topic": dated["topic"].unique().sort()})
    found = dated.group_by("topic", "period").agg(n=pl.len())
    z2 = 1.959964**2
    p, n = pl.col("n") / pl.col("n_period"), pl.col("n_period")
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = (z2 * (p * (1 - p) / n + z2 / (4 * n**2))).sqrt() / (1 + z2 / n)
    order = pl.DataFrame({"period": names, "at": range(len(names))})
    return (
        every.join(totals, how="cross")
        .join(found, on=["topic", "period"], how="left")
        .with_columns(pl.col("n").fill_null(0).cast(pl.Int64), pl.col("n_period").cast(pl.Int64))
        # At 0 and 1 rounding would else leave the share just outside its interval.
        .with_columns(
            share=p,
            low=pl.min_horizontal((middle - half).clip(0, 1), p),
            high=pl.max_horizontal((middle + half).clip(0, 1), p),
        )
        .join(order, on="period")
        .sort("topic", "at")
        .drop("at")
    )
