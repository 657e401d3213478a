"""The map of topics: every document a point, every topic named where it lies."""

import textwrap

import numpy as np
import polars as pl
from matplotlib.axes import Axes

from geostance.publish.figures.labels import spread_colours, write_labels
from geostance.publish.figures.plot import Plot, canvas, caption, distinct, most_names, no_data
from geostance.publish.pages import page_width
from geostance.publish.style import (
    BODY,
    CATEGORIES,
    FAINT,
    SMALL,
    fit,
    styled,
)
from geostance.publish.words import Words
from geostance.settings.publishing import FigureSettings

# Beyond this many points the vector files would be slow to open: points become pixels.
_MOST_VECTOR_POINTS = 2_000
_OBSTACLES = 4_000
# Up to this many labels are written in the size of the body.
_ROOMY = 30


@styled()
def topic_map(
    *,
    topics: pl.DataFrame,
    topic_info: pl.DataFrame,
    unique: pl.DataFrame,
    settings: FigureSettings | None = None,
    language: str = "en",
) -> Plot:
    """Draw the distinct texts in two dimensions, coloured and labelled by topic."""
    settings, say = settings or FigureSettings(), Words(language)
    title = say("title_topic_map")
    shown = distinct(topics, unique).sort("doc_id")
    placed = shown.filter(pl.col("x").is_finite() & pl.col("y").is_finite())
    if placed.is_empty():
        return no_data(settings, say, title, say("no_topics"))
    names = dict(topic_info.select("topic", "label").rows())
    found = placed.filter(pl.col("topic") >= 0)
    centres = _centres(found)
    height = 135 if page_width(settings) > 140 else 90
    figure = canvas(settings, height)
    axes = figure.add_subplot()
    axes.set_axis_off()
    size = float(np.clip(900 / np.sqrt(placed.height) / 10, 0.6, 9))
    grid = placed.height > _MOST_VECTOR_POINTS
    outliers = placed.filter(pl.col("topic") < 0)
    axes.scatter(outliers["x"], outliers["y"], s=size, c=FAINT, lw=0, rasterized=grid)
    middles = centres.select("x", "y").to_numpy()
    colours = dict(zip(centres["topic"], spread_colours(_scaled(middles), CATEGORIES), strict=True))
    axes.scatter(
        found["x"],
        found["y"],
        s=size,
        c=[colours[topic] for topic in found["topic"]],
        lw=0,
        alpha=0.8,
        rasterized=grid,
    )
    axes.margins(0.06)
    limit = settings.limit or most_names(settings, height, 400)
    labels = [_label(names.get(topic, str(topic)), settings.width) for topic in centres["topic"]]
    left_out = _draw_labels(axes, middles[:limit], labels[:limit], placed)
    share = outliers.height / placed.height
    numbers = placed.select("doc_id", "topic", "x", "y").with_columns(
        label=pl.col("topic").replace_strict(names, default=None, return_dtype=pl.String)
    )
    unnamed = left_out + max(0, len(labels) - limit)
    text = caption(
        say("caption_topic_map", topics=say.count(len(centres))),
        say("outlier_share", share=say.share(share)),
        say("rests_on", documents=say.documents(placed.height)),
        say("copies_once"),
        say("labels_left_out", n=say.count(unnamed)) if unnamed else "",
        say("no_scores"),
    )
    return Plot(figure, numbers, text, title, placed.height, None)


def _centres(found: pl.DataFrame) -> pl.DataFrame:
    """Return topic, x, y of the document in the middle of each topic, the largest first.

    A topic may lie in a ring or in two parts: its mean can be a place without documents.
    """
    apart = sum((pl.col(axis) - pl.col(axis).median().over("topic")) ** 2 for axis in ("x", "y"))
    return (
        found.with_columns(apart=apart, n=pl.len().over("topic"))
        .sort(["n", "topic", "apart", "doc_id"], descending=[True, False, False, False])
        .unique("topic", keep="first", maintain_order=True)
        .select("topic", "x", "y")
    )


def _scaled(points: np.ndarray) -> np.ndarray:
    extent = np.ptp(points, axis=0) if len(points) else np.ones(2)
    return points / np.where(extent > 0, extent, 1)


def _label(label: str, width: str) -> str:
    # A separator stays with the word before it.
    joined = label.replace("_", " ").replace(" · ", "\u00a0· ")
    lines = textwrap.wrap(joined, 24, break_long_words=False)[:2]
    return "\n".join(fit(line, 34 if width == "double" else 26, SMALL) for line in lines)


def _draw_labels(axes: Axes, points: np.ndarray, labels: list[str], placed: pl.DataFrame) -> int:
    """Write the labels near their points; return how many found no room."""
    texts = [
        axes.text(
            0,
            0,
            label,
            size=BODY if len(labels) <= _ROOMY else SMALL,
            ha="center",
            va="center",
            linespacing=1.05,
            bbox={"fc": "white", "ec": "none", "alpha": 0.78, "pad": 0.8},
            zorder=5,
        )
        for label in labels
    ]
    every = max(1, placed.height // _OBSTACLES)
    obstacles = placed.gather_every(every).select("x", "y").to_numpy()
    return write_labels(axes, points, texts, obstacles, ends=True).count(False)
