"""The figure of topics' sizes, by language."""

import numpy as np
import polars as pl
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from geostance.publish.figures.plot import (
    Plot,
    canvas,
    caption,
    copies,
    counted,
    legend,
    most_rows,
    no_data,
    rows,
)
from geostance.publish.style import (
    INK,
    MUTED,
    SMALL,
    SOFT,
    hatches,
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
    limit = most_rows(settings, 40, 4.2, 24)
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
    strokes = hatches(colours)
    left = np.zeros(len(row_ids))
    for tag in stack:
        found = dict(sizes.filter(pl.col("tag") == tag).select("row", "n").rows())
        widths = np.array([found.get(row, 0) for row in row_ids])
        bars = axes.barh(
            range(len(row_ids)),
            widths,
            0.74,
            left,
            color=colours[tag],
            ec="white",
            lw=0.3,
            hatch=strokes[tag],
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
    legend(
        figure,
        [
            Patch(fc=colours[tag], ec="white", lw=0, hatch=strokes[tag], label=spoken[tag])
            for tag in stack
        ],
        settings,
    )
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
