"""The figure that shows which topics hold together, and which need a second look."""

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from geostance.publish.figures.labels import write_labels
from geostance.publish.figures.plot import Plot, canvas, caption, legend, no_data
from geostance.publish.style import CATEGORIES, INK, MUTED, SMALL, SOFT, fit, styled
from geostance.publish.words import Words
from geostance.settings.publishing import FigureSettings

# The gravest first: a topic is drawn by the first of its flags.
_FLAGS = {
    "mostly_copies": (CATEGORIES[6], "s"),
    "one_story": (CATEGORIES[7], "D"),
    "one_outlet": (CATEGORIES[8], "^"),
    "one_language": (CATEGORIES[0], "v"),
    "incoherent": (CATEGORIES[4], "X"),
    "scattered": (CATEGORIES[3], "P"),
}
_PLAIN = "#8FA9BF"
# Up to this many topics all are named, those without a flag in grey.
_FEW = 25


@styled()
def topic_quality(
    *,
    topic_quality: pl.DataFrame,
    topic_flags: pl.DataFrame,
    topic_info: pl.DataFrame,
    settings: FigureSettings | None = None,
    language: str = "en",
) -> Plot:
    """Draw each topic's NPMI against its size, and name those that are flagged."""
    settings, say = settings or FigureSettings(), Words(language)
    title = say("title_topic_quality")
    own = topic_quality.filter(pl.col("topic").is_not_null(), pl.col("language").is_null())
    sizes = own.filter(measure="corpus_share", unit="distinct").select("topic", n_documents="n")
    if sizes.is_empty():
        return no_data(settings, say, title, say("no_topics"))
    shown = sizes.join(
        own.filter(measure="npmi").select("topic", npmi="estimate"), on="topic", how="left"
    ).join(_first_flags(topic_flags), on="topic", how="left")
    names = dict(topic_info.select("topic", "label").rows())
    numbers = shown.sort(["n_documents", "topic"], descending=[True, False]).select(
        "topic",
        pl.col("topic").replace_strict(names, default=None, return_dtype=pl.String).alias("label"),
        "n_documents",
        "npmi",
        "flag",
        "flags",
    )
    drawn = numbers.drop_nulls("npmi")
    if drawn.is_empty():
        return no_data(settings, say, title, say("no_coherence"))
    figure = canvas(settings, {"double": 95, "single": 80}[settings.width])
    axes = figure.add_subplot()
    _points(axes, drawn)
    strangers = own.filter(measure="npmi_of_strangers")["estimate"]
    if len(strangers):
        axes.axhline(float(strangers.mean()), color=SOFT, lw=0.8, ls=(0, (4, 3)), zorder=1)
    _axes(axes, drawn["n_documents"].to_numpy(), say)
    marks = [name for name in _FLAGS if (drawn["flag"] == name).any()]
    handles = [_handle(*_FLAGS[name], say(f"flag_{name}")) for name in marks]
    if drawn["flag"].has_nulls():
        handles.append(_handle(_PLAIN, "o", say("flag_none")))
    if len(strangers):
        handles.append(
            Line2D([], [], color=SOFT, lw=0.8, ls=(0, (4, 3)), label=say("strangers_line"))
        )
    legend(figure, handles, settings)
    flagged = drawn.drop_nulls("flag")
    named = drawn.sort(pl.col("flag").is_null(), maintain_order=True)
    named = named.head(settings.limit or (_FEW if len(drawn) <= _FEW else len(flagged)))
    unnamed = len(flagged) - _name(axes, named, drawn, settings)
    n_texts = int(sizes["n_documents"].sum())
    text = caption(
        say("caption_topic_quality"),
        say("labels_left_out", n=say.count(unnamed)) if unnamed else "",
        say("topics_without_coherence", n=say.count(len(numbers) - len(drawn)))
        if len(numbers) > len(drawn)
        else "",
        say("rests_on", documents=say.documents(n_texts)),
        say("copies_once"),
        say("no_scores"),
    )
    return Plot(figure, numbers, text, title, n_texts, None)


def _first_flags(flags: pl.DataFrame) -> pl.DataFrame:
    """Return topic, the flag it is drawn by, and all of them."""
    rank = {name: at for at, name in enumerate(_FLAGS)}
    return (
        flags.drop_nulls("topic")
        .with_columns(rank=pl.col("flag").replace_strict(rank, default=len(rank)))
        .sort("topic", "rank", "flag")
        .group_by("topic", maintain_order=True)
        .agg(flag=pl.col("flag").first(), flags=pl.col("flag").str.join(", "))
    )


def _points(axes: Axes, drawn: pl.DataFrame) -> None:
    plain = drawn.filter(pl.col("flag").is_null())
    axes.plot(plain["n_documents"], plain["npmi"], "o", color=_PLAIN, ms=4, mec="white", mew=0.4)
    for name, (colour, marker) in _FLAGS.items():
        own = drawn.filter(flag=name)
        axes.plot(
            *(own["n_documents"], own["npmi"], marker),
            **{"color": colour, "ms": 5, "mec": "white", "mew": 0.5, "zorder": 3},
        )


def _handle(colour: str, marker: str, label: str) -> Line2D:
    return Line2D([], [], color=colour, marker=marker, ms=4.5, lw=0, mec="white", label=label)


def _axes(axes: Axes, sizes: np.ndarray, say: Words) -> None:
    axes.set_xscale("log")
    low, high = sizes.min(), sizes.max()
    # Room at the sides, for the names.
    beside = 1.25 * (high / low) ** 0.1
    axes.set_xlim(low / beside, high * beside)
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda n, _: say.count(round(n))))
    axes.yaxis.set_major_locator(MaxNLocator(6))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: say.signed(value)))
    axes.margins(y=0.12)
    axes.grid(axis="y")
    axes.set_xlabel(say("topic_size_axis"))
    axes.set_ylabel(say("npmi_axis"))


def _name(axes: Axes, wanted: pl.DataFrame, drawn: pl.DataFrame, settings: FigureSettings) -> int:
    """Write the names of topics near their points; return how many of the flagged found room."""
    if wanted.is_empty():
        return 0
    width = {"double": 46, "single": 30}[settings.width]
    labels = [
        fit(str(label or topic).replace("_", " "), width, SMALL)
        for topic, label in wanted.select("topic", "label").iter_rows()
    ]
    texts = [
        axes.text(
            *(1, 0, label),
            **{"size": SMALL, "ha": "center", "va": "center", "zorder": 5},
            color=SOFT if flag is None else INK,
            weight="normal" if flag is None else "bold",
        )
        for label, flag in zip(labels, wanted["flag"], strict=True)
    ]
    at, points = (
        found.select("n_documents", "npmi").to_numpy().astype(float) for found in (wanted, drawn)
    )
    # Each point counts several times: of so few none may be hidden.
    obstacles = np.repeat(points, 9, axis=0)
    named = write_labels(axes, at, texts, obstacles, gap=4, colour=MUTED)
    return sum(
        found and flag is not None for found, flag in zip(named, wanted["flag"], strict=True)
    )
