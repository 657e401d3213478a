"""Figures of the shares of topics: over time, and by outlet."""

import polars as pl
from matplotlib.ticker import FuncFormatter, MaxNLocator

from geostance.publish.figures import periods
from geostance.publish.figures.plot import Plot, canvas, caption, copies, most_rows, no_data, rows
from geostance.publish.pages import page_width
from geostance.publish.style import (
    BODY,
    CATEGORIES,
    FAINT,
    INK,
    MUTED,
    SOFT,
    fit,
    fit_each,
    styled,
    text_width,
)
from geostance.publish.words import Words
from geostance.settings.publishing import FigureSettings

# Outlets with fewer documents are muted: their interval spans a good part of the axis.
_FEW = 20


def _of_unit(topic_trends: pl.DataFrame, settings: FigureSettings) -> pl.DataFrame:
    return topic_trends.filter(unit=settings.unit or "distinct")


def _total(shown: pl.DataFrame) -> int:
    return shown.filter(grouping="all")["n_group"].max() or 0


def _largest_first(shown: pl.DataFrame) -> list[int]:
    sizes = shown.filter(pl.col("topic") >= 0).group_by("topic").agg(pl.col("n").sum())
    return (
        sizes.filter(pl.col("n") > 0)
        .sort(["n", "topic"], descending=[True, False])["topic"]
        .to_list()
    )


def _named(topic_info: pl.DataFrame) -> dict[int, str]:
    return {
        topic: str(label).replace("_", " ")
        for topic, label in topic_info.select("topic", "label").iter_rows()
    }


def _gap(every: pl.DataFrame, shown: pl.DataFrame, topics: list[int], none: str) -> str | None:
    """Return the word for what there is nothing of; ``none`` says that nothing can be shown."""
    if every.is_empty():
        return "no_topics"
    return none if shown.is_empty() else None if topics else "only_outliers"


def _lines(label: str, width: float) -> str:
    """Write a label in two lines of at most ``width`` mm, the second cut where it is longer."""
    words, first = label.split(" "), ""
    while words and text_width(f"{first} {words[0]}".strip()) <= width:
        first = f"{first} {words.pop(0)}".strip()
    if not first:
        return fit(label, width)
    rest = " ".join(words).removeprefix("· ")
    return f"{first.removesuffix(' ·')}\n{fit(rest, width)}" if rest else first


@styled()
def topics_over_time(
    *,
    topic_trends: pl.DataFrame,
    topic_info: pl.DataFrame,
    settings: FigureSettings | None = None,
    language: str = "en",
) -> Plot:
    """Draw each topic's share of the documents of a period, with its interval."""
    settings, say = settings or FigureSettings(), Words(language)
    printed = settings.unit == "printed"
    title = say("title_topics_over_time")
    shown = _of_unit(topic_trends, settings)
    months = shown.filter(grouping="month")
    order = _largest_first(months)
    if gap := _gap(shown, months, order, "no_dates"):
        return no_data(settings, say, title, say(gap))
    step, names = periods.span(months["group"].unique().to_list(), settings.period)
    across = max(1, int(page_width(settings) / 58))
    limit = settings.limit or across * most_rows(settings, -(-12 // across), 27, 12)
    place = {name: at for at, name in enumerate(names)}
    named = _named(topic_info)
    numbers = (
        shown.filter(pl.col("topic").is_in(order[:limit]), grouping=step)
        .select("topic", "n", "share", "low", "high", period="group", n_period="n_group")
        .with_columns(
            at=pl.col("period").replace_strict(place),
            label=pl.col("topic").replace_strict(named, default=None, return_dtype=pl.String),
        )
        .sort("topic", "at")
    )
    columns = min(len(order[:limit]), across)
    lines = -(-len(order[:limit]) // columns)
    figure = canvas(settings, 12 + 27 * lines)
    grid = figure.subplots(lines, columns, sharex=True, sharey=True, squeeze=False)
    width = page_width(settings) / columns - 12
    for at, axes in enumerate(grid.flat):
        if at >= len(order[:limit]):
            axes.remove()
            continue
        topic = order[at]
        series = numbers.filter(pl.col("topic") == topic)
        colour = CATEGORIES[0]
        axes.fill_between(
            series["at"], series["low"], series["high"], color=colour, alpha=0.18, lw=0
        )
        axes.plot(
            series["at"], series["share"], color=colour, marker="o", ms=2 if len(names) < 30 else 0
        )
        axes.set_title(fit(named.get(topic, str(topic)), width * 0.92))
        axes.grid(axis="y")
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10], min_n_ticks=2))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: say.share(share, 0)))
        axes.spines["left"].set_color(FAINT)
        periods.time_axis(axes, names, width, say)
        # The lowest panel of each column carries the dates, also where the last line is short.
        axes.tick_params(labelbottom=at + columns >= len(order[:limit]))
    figure.supylabel(say("share_axis"), size=BODY)
    total, dated = _total(shown), int(months.unique("group")["n_group"].sum())
    text = caption(
        say(
            "caption_topics_over_time_printed" if printed else "caption_topics_over_time",
            step=say(f"per_{step}"),
        ),
        say("topics_not_shown", n=say.count(len(order) - limit)) if len(order) > limit else "",
        say("band_wilson_copies" if printed else "band_wilson"),
        say("rests_on", documents=say.documents(dated)),
        say(copies(settings)),
        say("undated", n=say.count(total - dated)) if total > dated else "",
        say("no_scores"),
    )
    return Plot(figure, numbers.drop("at"), text, title, dated, None)


@styled()
def topics_by_outlet(
    *,
    topic_trends: pl.DataFrame,
    topic_info: pl.DataFrame,
    settings: FigureSettings | None = None,
    language: str = "en",
) -> Plot:
    """Draw each topic's share of an outlet's documents, with its interval."""
    settings, say = settings or FigureSettings(), Words(language)
    printed = settings.unit == "printed"
    title = say("title_topics_by_outlet")
    every = _of_unit(topic_trends, settings)
    shown = every.filter(grouping="outlet")
    order = _largest_first(shown)
    if gap := _gap(every, shown, order, "no_outlets"):
        return no_data(settings, say, title, say(gap))
    across = max(2, min(5, int((page_width(settings) - 34) / 27)))
    chosen = order[:across]
    sizes = shown.unique("group").sort(["n_group", "group"], descending=[True, False])
    outlets = sizes["group"].to_list()
    limit = most_rows(settings, 25, 4.4, 24)
    listed = outlets[:limit]
    counts = dict(sizes.select("group", "n_group").iter_rows())
    named = _named(topic_info)
    whole = dict(every.filter(grouping="all").select("topic", "share").iter_rows())
    figure = canvas(settings, 24 + 4.4 * len(listed))
    grid = figure.subplots(1, len(chosen), sharey=True, squeeze=False)[0]
    room = {"double": 40, "single": 34}[settings.width]
    width = (page_width(settings) - room) / len(chosen) - 4
    for axes, topic in zip(grid, chosen, strict=True):
        axes.axvline(whole[topic], color=SOFT, lw=0.7, ls=(0, (4, 3)), zorder=1)
        for row in shown.filter(pl.col("topic") == topic, pl.col("group").is_in(listed)).iter_rows(
            named=True
        ):
            at = listed.index(row["group"])
            few = row["n_group"] < _FEW
            colour = MUTED if few else CATEGORIES[0]
            axes.hlines(at, row["low"], row["high"], color=colour, lw=0.9, zorder=2)
            axes.plot(
                row["share"],
                at,
                "o",
                color=colour,
                mfc="white" if few else colour,
                mec=colour,
                mew=0.7,
                zorder=3,
            )
        axes.set_title(_lines(named.get(topic, str(topic)), width))
        axes.set_xlim(left=0)
        axes.xaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10], min_n_ticks=2))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: say.share(share, 0)))
        axes.grid(axis="x")
    names = fit_each(listed, room - 9)
    labels = [f"{name} ({say.count(counts[own])})" for name, own in zip(names, listed, strict=True)]
    rows(grid[0], labels, room)
    for label, name in zip(grid[0].get_yticklabels(), listed, strict=True):
        label.set_color(SOFT if counts[name] < _FEW else INK)
    for axes in grid[1:]:
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    figure.supxlabel(say("outlet_share_axis"), size=BODY)
    numbers = (
        shown.filter(pl.col("topic").is_in(chosen), pl.col("group").is_in(listed))
        .with_columns(
            label=pl.col("topic").replace_strict(named, default=None, return_dtype=pl.String)
        )
        .sort("topic", "group")
        .select("topic", "label", "n", "share", "low", "high", outlet="group", n_outlet="n_group")
    )
    n_documents = int(sizes["n_group"].sum())
    few = any(counts[name] < _FEW for name in listed)
    text = caption(
        say("caption_topics_by_outlet_printed" if printed else "caption_topics_by_outlet"),
        say("interval_wilson_copies" if printed else "interval_wilson"),
        say("few_outlet_documents", n=say.count(_FEW)) if few else "",
        say("topics_not_shown", n=say.count(len(order) - across)) if len(order) > across else "",
        say("outlets_not_shown", n=say.count(len(outlets) - limit)) if len(outlets) > limit else "",
        say("rests_on", documents=say.documents(n_documents)),
        say(copies(settings)),
        say("no_scores"),
    )
    return Plot(figure, numbers, text, title, n_documents, None)
