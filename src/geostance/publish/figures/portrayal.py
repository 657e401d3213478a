"""The figure of stance by topic: a table whose colours and signs tell the same."""

from collections.abc import Mapping

import numpy as np
import polars as pl
from matplotlib.colors import Normalize
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from geostance.publish.figures.basis import basis, by_size, choose, level, numbers_of, ordered
from geostance.publish.figures.plot import Plot, canvas, caption, most_rows, no_data, rows
from geostance.publish.pages import page_width
from geostance.publish.style import (
    FAINT,
    INK,
    SMALL,
    SOFT,
    STANCE,
    fit,
    styled,
)
from geostance.publish.words import Words
from geostance.settings.publishing import FigureSettings


@styled()
def stance_by_topic(
    *,
    estimates: pl.DataFrame,
    stance: pl.DataFrame,
    unique: pl.DataFrame,
    settings: FigureSettings | None = None,
    language: str = "en",
    names: Mapping[str, str] | None = None,
) -> Plot:
    """Draw the mean stance of each topic toward each target as a coloured table."""
    settings, say = settings or FigureSettings(), Words(language, names)
    title = say("title_stance_by_topic")
    chosen = choose(estimates, "topic", unit=settings.unit)
    if chosen.is_empty():
        reason = say("no_topics") if stance.height else say("no_stance")
        return no_data(settings, say, title, reason)
    targets = ordered(chosen["target"])
    groups = by_size(chosen)
    limit = most_rows(settings, 25, 7.6, 22)
    topics = groups[:limit]
    shown = chosen.filter(pl.col("group").is_in(topics))
    room = {"double": 58, "single": 26}[settings.width]
    figure = canvas(settings, 22 + 7.6 * len(topics))
    axes = figure.add_subplot()
    reach = max(0.3, float(np.ceil(shown["estimate"].abs().max() * 10) / 10))
    scale = Normalize(-reach, reach)
    cell = (page_width(settings) - room) / len(targets)
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
        say("topics_not_shown", n=say.count(len(groups) - limit)) if len(groups) > limit else "",
        say("stance_scale"),
        level(say, chosen),
        say("small_cells") if shown["low"].has_nulls() else "",
        say("topics_once"),
        facts.text,
    )
    numbers = numbers_of(shown, topics, "topic")
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
