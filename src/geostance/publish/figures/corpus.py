"""Figures of the corpus itself: what was read, set aside and kept, and when it appeared."""

import numpy as np
import polars as pl
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from geostance.publish.figures import periods
from geostance.publish.figures.plot import (
    Plot,
    canvas,
    caption,
    distinct,
    legend,
    most_rows,
    no_data,
    rows,
)
from geostance.publish.pages import page_width
from geostance.publish.style import (
    FAINT,
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

_KEPT, _LOST = "#3B6A8F", "#C9A26B"
_OTHER = "other"


@styled()
def corpus_flow(
    *,
    documents: pl.DataFrame,
    rejected: pl.DataFrame,
    cleaned: pl.DataFrame,
    unique: pl.DataFrame,
    settings: FigureSettings | None = None,
    language: str = "en",
) -> Plot:
    """Draw how many records were read, rejected, set aside, found to be copies, and kept."""
    settings, say = settings or FigureSettings(), Words(language)
    title = say("title_corpus_flow")
    read = documents.height + rejected.height
    if not read:
        return no_data(settings, say, title, say("no_documents"))
    steps = _flow(documents, rejected, cleaned, unique, most_rows(settings, 6, 10.4, 35), say)
    room = 52 if settings.width == "double" else 30
    figure = canvas(settings, 14 + 5.2 * len(steps))
    axes = figure.add_subplot()
    for at, (_, _, n, left, kind) in enumerate(steps):
        colour = _LOST if kind == "lost" else _KEPT
        axes.barh(at, n, left=left, height=0.68, color=colour)
        # What is lost ends where the row before ended: the reader follows the edge down.
        if at:
            axes.plot([left + n] * 2, [at - 0.66, at - 0.34], color=SOFT, lw=0.5)
        share = f"{say.count(n)} ({say.share(n / read)})"
        beyond = left + n > 0.72 * read and left > 0.3 * read
        axes.annotate(
            share,
            (left if beyond else left + n, at),
            xytext=(-3 if beyond else 3, 0),
            textcoords="offset points",
            ha="right" if beyond else "left",
            va="center",
            size=SMALL,
            color=INK,
            weight="bold" if kind == "kept" else "normal",
        )
    rows(axes, [label for _, label, *_ in steps], room)
    for tick, step in zip(axes.get_yticklabels(), steps, strict=True):
        tick.set_fontweight("bold" if step[4] == "kept" else "normal")
    axes.set_xlim(0, read * 1.22)
    ticks = [n for n in MaxNLocator(5, integer=True).tick_values(0, read) if 0 <= n <= read]
    axes.set_xticks(ticks, [say.count(round(n)) for n in ticks])
    axes.spines["bottom"].set_bounds(0, read)
    axes.set_xlabel(say("records"))
    numbers = pl.DataFrame(
        {
            "step": [step[0] for step in steps],
            "label": [step[1] for step in steps],
            "n": [step[2] for step in steps],
            "share": [step[2] / read for step in steps],
        }
    )
    kept = cleaned.filter(pl.col("dropped_reason").is_null()).height
    text = caption(
        say("caption_corpus_flow", n=say.count(read)),
        say("rests_on", documents=say.documents(kept)),
        say("copies_shown"),
        say("no_scores"),
    )
    return Plot(figure, numbers, text, title, kept, None)


def _flow(
    documents: pl.DataFrame,
    rejected: pl.DataFrame,
    cleaned: pl.DataFrame,
    unique: pl.DataFrame,
    limit: int,
    say: Words,
) -> list[tuple[str, str, int, int, str]]:
    """Return (step, label, n, where the bar starts, kind) for each row of the flow."""
    left = documents.height + rejected.height
    steps = [("read", say("flow_read"), left, 0, "kept")]

    def lose(step: str, label: str, n: int) -> None:
        nonlocal left
        left -= n
        steps.append((step, label, n, left, "lost"))

    for reason, n in _reasons(rejected["reason"], limit):
        lose(f"rejected: {reason}", say("flow_rejected", reason=say.known("reason", reason)), n)
    dropped = cleaned["dropped_reason"].drop_nulls()
    for reason, n in _reasons(dropped, limit):
        lose(f"dropped: {reason}", say("flow_dropped", reason=say.known("reason", reason)), n)
    steps.append(("kept", say("flow_kept"), left, 0, "kept"))
    copies = unique.filter(~pl.col("is_representative")).height
    if copies:
        lose("copies", say("flow_copies"), copies)
    steps.append(("distinct", say("flow_distinct"), left, 0, "kept"))
    return steps


def _reasons(reasons: pl.Series, limit: int) -> list[tuple[str, int]]:
    """Return the commonest reasons with their counts, the remainder as one."""
    counted = (
        reasons.fill_null("unknown")
        .value_counts(name="n")
        .sort(["n", reasons.name], descending=[True, False])
        .rows()
    )
    head, tail = counted[:limit], counted[limit:]
    return [*head, (_OTHER, sum(n for _, n in tail))] if tail else head


@styled()
def documents_over_time(
    *,
    documents: pl.DataFrame,
    cleaned: pl.DataFrame,
    unique: pl.DataFrame,
    settings: FigureSettings | None = None,
    language: str = "en",
) -> Plot:
    """Draw the documents kept in each period by language, and the distinct texts among them.

    In the unit distinct, only these.
    """
    settings, say = settings or FigureSettings(), Words(language)
    title = say("title_documents_over_time")
    kept = cleaned.filter(pl.col("dropped_reason").is_null()).select(
        "doc_id", language=pl.col("language").fill_null("und")
    )
    dated = kept.join(periods.months_of(documents), on="doc_id")
    if dated.is_empty():
        reason = say("no_dates") if kept.height else say("no_documents")
        return no_data(settings, say, title, reason)
    step, names = periods.span(dated["month"].to_list(), settings.period)
    dated = periods.with_period(dated, step)
    texts = distinct(dated, unique)
    once = settings.unit == "distinct"
    undated = kept.height - dated.height
    dated = texts if once else dated
    counted, languages = _by_language(dated, settings.limit or 8)
    figure = canvas(settings, 70)
    axes = figure.add_subplot()
    colours = language_colours([tag for tag in languages if tag != _OTHER]) | {_OTHER: MUTED}
    strokes = hatches(colours)
    floor = np.zeros(len(names))
    for tag in languages:
        found = dict(counted.filter(pl.col("language") == tag).select("period", "n").rows())
        heights = np.array([found.get(name, 0) for name in names])
        axes.bar(
            range(len(names)),
            heights,
            0.85,
            floor,
            color=colours[tag],
            ec="white",
            lw=0.3,
            hatch=strokes[tag],
        )
        floor += heights
    of_period = dict(texts.group_by("period").len().rows())
    line = [of_period.get(name, 0) for name in names]
    edges = np.arange(len(names) + 1) - 0.5
    if not once:
        axes.stairs(line, edges, color=INK, lw=0.9, baseline=None)
    periods.time_axis(axes, names, page_width(settings) - 20, say)
    axes.set_ylim(0, max(floor) * 1.06)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda n, _: say.count(round(n))))
    axes.grid(axis="y")
    axes.set_ylabel(say("distinct_texts_axis" if once else "documents_axis"))
    spoken = {
        tag: say("other_languages") if tag == _OTHER else say.tongue(tag) for tag in languages
    }
    handles = [
        Patch(fc=colours[tag], ec="white", lw=0, hatch=strokes[tag], label=spoken[tag])
        for tag in reversed(languages)
    ]
    if not once:
        handles.append(axes.plot([], [], color=INK, lw=0.9, label=say("distinct_texts"))[0])
    legend(figure, handles, settings)
    axes.spines["left"].set_color(FAINT)
    drawn = pl.DataFrame({"period": list(names), "n_distinct": line})
    numbers = counted.select("period", "language", "n").join(
        drawn, on="period", how="full", coalesce=True
    )
    text = caption(
        say(
            "caption_documents_over_time_distinct" if once else "caption_documents_over_time",
            step=say(f"per_{step}"),
        ),
        say("rests_on", documents=say.documents(dated.height)),
        say("copies_once" if once else "copies_printed"),
        say("undated", n=say.count(undated)) if undated else "",
        say("no_scores"),
    )
    return Plot(figure, numbers.sort("period", "language"), text, title, dated.height, None)


def _by_language(dated: pl.DataFrame, limit: int) -> tuple[pl.DataFrame, list[str]]:
    """Count documents by period and language; languages come commonest first, then the others."""
    order = (
        dated["language"]
        .value_counts(name="n")
        .sort(["n", "language"], descending=[True, False])["language"]
        .to_list()
    )
    shown = order[:limit]
    counted = (
        dated.with_columns(
            language=pl.when(pl.col("language").is_in(shown))
            .then("language")
            .otherwise(pl.lit(_OTHER))
        )
        .group_by("period", "language")
        .agg(n=pl.len())
    )
    return counted, shown + ([_OTHER] if len(order) > limit else [])
