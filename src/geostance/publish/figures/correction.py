"""The figure of what human labels change: estimates before correction and after."""

from collections.abc import Mapping

import polars as pl
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from geostance.publish.figures.basis import level, ordered
from geostance.publish.figures.plot import Plot, canvas, caption, legend, most_rows, no_data, rows
from geostance.publish.figures.stance import reach_of, stance_axis
from geostance.publish.pages import page_width
from geostance.publish.style import INK, SMALL, SOFT, styled, target_colours
from geostance.publish.words import Words
from geostance.settings.publishing import FigureSettings

_UNITS = ("distinct", "printed")


@styled()
def corrected_estimates(
    *,
    estimates: pl.DataFrame,
    settings: FigureSettings | None = None,
    language: str = "en",
    names: Mapping[str, str] | None = None,
) -> Plot:
    """Draw, where there are both, the estimate by the model and the one that labels correct.

    Args:
        estimates: target, grouping, group, unit, quantity (stance), method (model, ppi),
            estimate, low and high in [−1, 1], n_documents and n_labels.
        settings: page, ground, and what else one figure may change.
        language: en or fr.
        names: what the researcher's own targets are called.
    """
    settings, say = settings or FigureSettings(), Words(language, names)
    title = say("title_corrected_estimates")
    unit = settings.unit or next((u for u in _UNITS if (estimates["unit"] == u).any()), _UNITS[0])
    of_unit = estimates.filter(
        pl.col("quantity") == "stance", pl.col("unit") == unit, pl.col("estimate").is_finite()
    )
    key = ["target", "grouping", "group"]
    both = of_unit.join(of_unit.filter(method="ppi").select(key), on=key, how="semi").filter(
        pl.col("method").is_in(["model", "ppi"])
    )
    if both.is_empty():
        return no_data(settings, say, title, say("no_correction"))
    found = _rows(both)
    shown = found[: most_rows(settings, 36, 4.8, 24)]
    figure = canvas(settings, 24 + 4.8 * len(shown))
    axes = figure.add_subplot()
    colours = target_colours(ordered(both["target"]))
    reach = reach_of(both)
    values = {
        tuple(row[name] for name in (*key, "method")): row for row in both.iter_rows(named=True)
    }
    for at, place in enumerate(shown):
        before, after = values.get((*place, "model")), values[(*place, "ppi")]
        colour = colours[place[0]]
        if before:
            _whisker(axes, before, at - 0.17, SOFT)
            axes.annotate(
                "", (after["estimate"], at + 0.17), (before["estimate"], at - 0.17),
                arrowprops={"arrowstyle": "-", "color": SOFT, "lw": 0.5, "shrinkA": 0,
                            "shrinkB": 0},
            )  # fmt: skip
            axes.plot(before["estimate"], at - 0.17, "o", mfc="white", mec=SOFT, mew=0.8, zorder=3)
        _whisker(axes, after, at + 0.17, colour)
        axes.plot(
            after["estimate"], at + 0.17, "D", color=colour, ms=3.4, mec="white", mew=0.3, zorder=4
        )
        axes.text(
            1.0, at, say.count(after["n_labels"]), transform=axes.get_yaxis_transform(),
            size=SMALL, color=SOFT, ha="right", va="center",
        )  # fmt: skip
        if at and place[0] != shown[at - 1][0]:
            axes.axhline(at - 0.5, color="#D0D0D0", lw=0.6, zorder=0)
    rows(axes, [_label(place, say) for place in shown], page_width(settings) * 0.34)
    for tick, place in zip(axes.get_yticklabels(), shown, strict=True):
        tick.set_fontweight("bold" if place[1] == "all" else "normal")
    axes.set_title(say("labels_n"), loc="right", size=SMALL, weight="normal", color=SOFT)
    axes.axvline(0, color=SOFT, lw=0.6, zorder=1)
    axes.grid(axis="x")
    stance_axis(axes.xaxis, reach, say)
    axes.set_xlim(-reach * 1.04, reach * 1.22)
    axes.spines["bottom"].set_bounds(-reach, reach)
    axes.set_xlabel(say("stance_axis"))
    handles = [
        Line2D(
            [], [], color=SOFT, marker="o", mfc="white", mew=0.8, lw=0.9, label=say("uncorrected")
        ),
        Line2D([], [], color=INK, marker="D", ms=3.4, lw=0.9, label=say("corrected")),
    ]
    legend(figure, handles, settings)
    n_documents = int(both.filter(grouping="all")["n_documents"].max() or both["n_documents"].max())
    text = caption(
        say("caption_corrected_estimates"),
        say("corrections_not_shown", n=say.count(len(found) - len(shown)))
        if len(found) > len(shown)
        else "",
        say("stance_scale"),
        level(say, both),
        say("rests_on_target", documents=say.documents(n_documents)),
        say("copies_printed" if unit == "printed" else "copies_once"),
        say("model_interval_narrow"),
        say("correction_not_calibration"),
    )
    columns = (*key, "method", "estimate", "low", "high", "n_documents", "n_labels", "unit")
    return Plot(figure, both.select(columns), text, title, n_documents, None)


def _rows(both: pl.DataFrame) -> list[tuple[str, str, str]]:
    """Return target, grouping and group of each row: each target's whole, then its groups."""
    places = both.select("target", "grouping", "group").unique().rows()
    order = ordered(both["target"])
    return sorted(
        places, key=lambda place: (order.index(place[0]), place[1] != "all", place[1], place[2])
    )


def _label(place: tuple[str, str, str], say: Words) -> str:
    target, grouping, group = place
    if grouping == "all":
        return say.target(target)
    return say.tongue(group) if grouping == "language" else group.replace("_", " ")


def _whisker(axes: Axes, row: dict, at: float, colour: str) -> None:
    if row["low"] is not None:
        axes.hlines(at, row["low"], row["high"], color=colour, lw=0.9, zorder=2)
