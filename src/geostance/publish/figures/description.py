"""The figure of what a corpus holds: outlets, languages, lengths, and what records lack."""

import polars as pl
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from geostance.publish.figures.plot import Plot, canvas, caption, legend, most_rows, no_data, rows
from geostance.publish.pages import page_width
from geostance.publish.style import FAINT, INK, SMALL, SOFT, styled
from geostance.publish.words import Words
from geostance.settings.publishing import FigureSettings

_PRINTED, _DISTINCT, _MISSING = "#A9C1D6", "#3B6A8F", "#C9A26B"


@styled()
def corpus_description(
    *,
    description: pl.DataFrame,
    missing: pl.DataFrame,
    settings: FigureSettings | None = None,
    language: str = "en",
) -> Plot:
    """Draw the documents by outlet, language and length, and the share that lacks each field."""
    settings, say = settings or FigureSettings(), Words(language)
    title = say("title_corpus_description")
    if description.is_empty():
        return no_data(settings, say, title, say("no_documents"))
    single = page_width(settings) < 120
    limit = most_rows(settings, 15, 8.4, 30)
    outlets = _largest(description, "outlet", limit, say("other_outlets"))
    tongues = _largest(description, "language", min(10, limit), say("other_languages"))
    lengths = _lengths(description)
    tall = [len(outlets) + 2, len(tongues) + 2, 12, len(missing) + 2]
    shape = (4, 1) if single else (2, 2)
    heights = tall if single else [max(tall[0], tall[2]), max(tall[1], tall[3])]
    figure = canvas(settings, 16 + 4.2 * sum(heights), whole=True)
    grid = figure.subplots(*shape, height_ratios=heights, squeeze=False).ravel(order="F")
    by_outlet, by_language, by_length, lacking = grid
    room = 30 if single else page_width(settings) * 0.2
    _bars(by_outlet, outlets, outlets["group"].to_list(), room, say)
    by_outlet.set_title(say("by_outlet"))
    names = [say.tongue(tag) for tag in tongues["group"]]
    _bars(by_language, tongues, names, room, say)
    by_language.set_title(say("by_language"))
    by_language.set_xlabel(say("documents_axis"))
    _histogram(by_length, lengths, say)
    _lacking(lacking, missing, room, say)
    handles = [
        Patch(color=_PRINTED, label=say("unit-printed")),
        Patch(color=_DISTINCT, label=say("unit-distinct")),
    ]
    legend(figure, handles, settings)
    whole = description.row(
        by_predicate=(pl.col("grouping") == "all") & (pl.col("group") == "all"), named=True
    )
    text = caption(
        say("caption_corpus_description"),
        say("rests_on", documents=say.documents(whole["n_documents"])),
        say("copies_both", n=say.count(whole["n_distinct"])),
        say("undated", n=say.count(whole["n_undated"])) if whole["n_undated"] else "",
        say("no_scores"),
    )
    numbers = pl.concat(
        [
            pl.concat([outlets, tongues, lengths]).select(
                "grouping", "group", "n_documents", "n_distinct"
            ),
            missing.select(
                grouping=pl.lit("missing"), group="field", n_documents="n_missing", n_distinct=None
            ).cast({"n_distinct": pl.Int64}),
        ]
    )
    return Plot(figure, numbers, text, title, whole["n_documents"], None)


def _largest(description: pl.DataFrame, grouping: str, limit: int, rest: str) -> pl.DataFrame:
    """Return the largest groups and, as one row at the end, the remainder."""
    found = description.filter(grouping=grouping).select(
        "grouping", "group", "n_documents", "n_distinct"
    )
    if len(found) <= limit:
        return found
    head, tail = found[: limit - 1], found[limit - 1 :]
    return head.vstack(
        tail.select(pl.col("n_documents", "n_distinct").sum())
        .with_columns(grouping=pl.lit(grouping), group=pl.lit(f"{rest} ({len(tail)})"))
        .select(head.columns)
    )


def _lengths(description: pl.DataFrame) -> pl.DataFrame:
    """Return every length class from the shortest to the longest, empty ones too."""
    found = description.filter(grouping="words").select(
        "grouping", "group", "n_documents", "n_distinct"
    )
    lows = sorted(int(group) for group in found["group"])
    classes = [0] * (lows[0] == 0) + [
        2**power for power in range(max(lows[0], 1).bit_length() - 1, lows[-1].bit_length())
    ]
    names = pl.DataFrame({"group": [str(low) for low in classes]})
    return names.join(found, on="group", how="left", maintain_order="left").select(
        pl.lit("words").alias("grouping"), "group", pl.col("n_documents", "n_distinct").fill_null(0)
    )


def _bars(axes: Axes, counted: pl.DataFrame, labels: list[str], room: float, say: Words) -> None:
    if counted.is_empty():
        axes.set_axis_off()
        axes.text(0, 0.5, say("no_outlets"), color=SOFT, transform=axes.transAxes)
        return
    places = range(len(counted))
    axes.barh(places, counted["n_documents"], 0.74, color=_PRINTED)
    axes.barh(places, counted["n_distinct"], 0.36, color=_DISTINCT)
    for at, n in zip(places, counted["n_documents"], strict=True):
        _annotate(axes, say.count(n), n, at)
    rows(axes, labels, room)
    axes.set_xlim(0, counted["n_documents"].max() * 1.2)
    _whole_numbers(axes, say)


def _histogram(axes: Axes, lengths: pl.DataFrame, say: Words) -> None:
    places = range(len(lengths))
    axes.bar(places, lengths["n_documents"], 0.92, color=_PRINTED)
    axes.bar(places, lengths["n_distinct"], 0.46, color=_DISTINCT)
    edges = [int(low) for low in lengths["group"]]
    edges.append(max(1, 2 * edges[-1]))
    ticks = range(0, len(edges), -(-len(edges) // 9))
    axes.set_xticks([at - 0.5 for at in ticks], [say.count(edges[at]) for at in ticks])
    axes.set_xlabel(say("words_axis"))
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda n, _: say.count(round(n))))
    axes.grid(axis="y")
    axes.spines["left"].set_color(FAINT)
    axes.set_title(say("by_length"))


def _lacking(axes: Axes, missing: pl.DataFrame, room: float, say: Words) -> None:
    shares = missing["missing_share"].fill_null(0)
    axes.barh(range(len(missing)), shares, 0.6, color=_MISSING)
    for at, share in enumerate(shares):
        _annotate(axes, say.share(share), share, at)
    rows(axes, [say.known("field", field) for field in missing["field"]], room)
    axes.set_xlim(0, 1.16)
    axes.set_xticks([0, 0.5, 1], [say.share(share) for share in (0, 0.5, 1)])
    axes.set_xlabel(say("missing_axis"))
    axes.set_title(say("lacking"))


def _annotate(axes: Axes, text: str, at: float, row: int) -> None:
    axes.annotate(
        text,
        (at, row),
        xytext=(3, 0),
        textcoords="offset points",
        va="center",
        size=SMALL,
        color=INK,
    )


def _whole_numbers(axes: Axes, say: Words) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda n, _: say.count(round(n))))
