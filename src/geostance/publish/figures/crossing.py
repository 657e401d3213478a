"""The figure of topic × outlet × stance: small panels, one for each topic."""

from collections.abc import Mapping

import polars as pl
from matplotlib.lines import Line2D

from geostance.publish.figures.basis import basis, ordered
from geostance.publish.figures.plot import (
    Plot,
    canvas,
    caption,
    counted,
    dot,
    legend,
    most_rows,
    no_data,
    rows,
)
from geostance.publish.figures.stance import reach_of, stance_axis
from geostance.publish.pages import page_width
from geostance.publish.style import BODY, SOFT, fit, styled, target_colours, target_markers
from geostance.publish.words import Words
from geostance.settings.publishing import FigureSettings

# Fewer documents have no interval of their own.
_FEW = 5
_CONFIDENCE = 0.95
_OUTLETS = 8


@styled()
def stance_by_topic_and_outlet(
    *,
    stance: pl.DataFrame,
    documents: pl.DataFrame,
    topics: pl.DataFrame,
    topic_info: pl.DataFrame,
    unique: pl.DataFrame | None = None,
    settings: FigureSettings | None = None,
    language: str = "en",
    names: Mapping[str, str] | None = None,
) -> Plot:
    """Draw the mean stance of each outlet within each topic, with its interval.

    Intervals are Student's t over documents; below five documents there is none.

    Args:
        stance: doc_id, target, stance in [−1, 1], calibrated and measured_language.
        documents: doc_id and outlet.
        topics: doc_id and topic, −1 for none.
        topic_info: topic and label.
        unique: with it, copies of one text count once.
        settings: page, ground, and what else one figure may change.
        language: en or fr.
        names: what the researcher's own targets are called.
    """
    settings, say = settings or FigureSettings(), Words(language, names)
    title = say("title_stance_by_topic_and_outlet")
    kept = stance if unique is None else counted(stance, unique, settings)
    joined = (
        kept.join(documents.select("doc_id", "outlet").drop_nulls("outlet"), on="doc_id")
        .join(topics.filter(pl.col("topic") >= 0).select("doc_id", "topic"), on="doc_id")
        .filter(pl.col("stance").is_finite())
    )
    if joined.is_empty():
        found = stance.is_empty() or documents["outlet"].drop_nulls().is_empty()
        return no_data(
            settings, say, title,
            say("no_stance" if stance.is_empty() else "no_outlets" if found else "no_topics"),
        )  # fmt: skip
    room = {"double": 36, "single": 26}[settings.width]
    across = max(1, int((page_width(settings) - room) / 30))
    every = _largest(joined, "topic")
    listed = _largest(joined, "outlet")
    outlets = listed[: min(_OUTLETS, most_rows(settings, _OUTLETS, 4.6, 26))]
    panel = 8 + 4.4 * len(outlets)
    across = min(across, len(every))
    # One panel less on a line where that leaves fewer gaps on the last.
    across = min((across, max(1, across - 1)), key=lambda n: (-len(every) % n, -n))
    lines = most_rows(settings.model_copy(update={"limit": None}), 3, panel, 16)
    shown = every[: settings.limit or across * min(lines, -(-len(every) // across))]
    labels = dict(topic_info.select("topic", "label").iter_rows())
    numbers = _means(joined, shown, outlets, labels)
    targets = ordered(numbers["target"])
    lines = -(-len(shown) // across)
    figure = canvas(settings, 16 + panel * lines)
    grid = figure.subplots(lines, across, sharex=True, sharey=True, squeeze=False)
    colours, markers = target_colours(targets), target_markers(targets)
    reach = reach_of(numbers)
    step = 0.72 / max(1, len(targets))
    width = (page_width(settings) - room) / across - 3
    for at, axes in enumerate(grid.flat):
        if at >= len(shown):
            axes.remove()
            continue
        for row in numbers.filter(pl.col("topic") == shown[at]).iter_rows(named=True):
            offset = (targets.index(row["target"]) - (len(targets) - 1) / 2) * step
            place = outlets.index(row["outlet"]) + offset
            dot(axes, row, place, colours[row["target"]], markers[row["target"]])
        axes.axvline(0, color=SOFT, lw=0.6, zorder=1)
        for edge in range(1, len(outlets)):
            axes.axhline(edge - 0.5, color="#E4E4E4", lw=0.5, zorder=0)
        axes.set_title(fit(str(labels.get(shown[at], shown[at])).replace("_", " "), width))
        stance_axis(axes.xaxis, reach, say, few=True)
        axes.set_xlim(-reach * 1.06, reach * 1.06)
        axes.tick_params(labelbottom=at + across >= len(shown))
    rows(grid[0, 0], outlets, room - 2)
    for axes in grid.flat[1 : len(shown)]:
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    figure.supxlabel(say("stance_axis"), size=BODY)
    handles = [
        Line2D([], [], color=colours[target], marker=markers[target], lw=0.9,
               label=say.target(target))
        for target in targets
    ]  # fmt: skip
    legend(figure, handles, settings)
    facts = basis(say, None, joined, unique, settings.unit)
    text = caption(
        say("caption_stance_by_topic_and_outlet"),
        say("topics_not_shown", n=say.count(len(every) - len(shown)))
        if len(every) > len(shown)
        else "",
        say("outlets_not_shown", n=say.count(len(listed) - len(outlets)))
        if len(listed) > len(outlets)
        else "",
        say("stance_scale"),
        say("interval_level", level=say.share(_CONFIDENCE)),
        say("small_groups") if numbers["low"].has_nulls() else "",
        facts.text,
        say("method_all", method=say("method_model")),
    )
    return Plot(figure, numbers, text, title, facts.n_documents, facts.calibrated)


def _largest(joined: pl.DataFrame, column: str) -> list:
    """Return the values of ``column``, the one with most documents first."""
    sizes = joined.group_by(column).agg(n=pl.col("doc_id").n_unique())
    return sizes.sort(["n", column], descending=[True, False])[column].to_list()


def _means(
    joined: pl.DataFrame, topics: list[int], outlets: list[str], labels: dict[int, str]
) -> pl.DataFrame:
    from scipy.special import stdtrit

    means = (
        joined.filter(pl.col("topic").is_in(topics), pl.col("outlet").is_in(outlets))
        .group_by("topic", "outlet", "target")
        .agg(estimate=pl.col("stance").mean(), sd=pl.col("stance").std(), n_documents=pl.len())
        .sort("topic", "outlet", "target")
    )
    n = means["n_documents"].to_numpy()
    quantile = stdtrit((n - 1).clip(1), (1 + _CONFIDENCE) / 2)
    half = pl.Series(quantile) * means["sd"] / means["n_documents"].sqrt()
    enough = (pl.col("n_documents") >= _FEW) & (pl.col("half") > 0)
    return means.with_columns(half=half).select(
        "topic",
        pl.col("topic").replace_strict(labels, default=None, return_dtype=pl.String).alias("label"),
        "outlet",
        "target",
        "estimate",
        low=pl.when(enough).then((pl.col("estimate") - pl.col("half")).clip(-1, 1)),
        high=pl.when(enough).then((pl.col("estimate") + pl.col("half")).clip(-1, 1)),
        n_documents=pl.col("n_documents").cast(pl.Int64),
    )
