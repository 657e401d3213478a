"""The figure that says how often each topic comes back in other fits."""

import polars as pl
from matplotlib.lines import Line2D

from geostance.publish.figures.basis import level
from geostance.publish.figures.plot import (
    Plot,
    canvas,
    caption,
    dot,
    legend,
    most_rows,
    no_data,
    rows,
)
from geostance.publish.style import INK, SCORER_COLOURS, SOFT, styled
from geostance.publish.words import Words
from geostance.settings.publishing import FigureSettings

# Colour and marker of the fits over all documents, and of those over a part.
_MARKS = {"seed": (INK, "o"), "subsample": (SCORER_COLOURS[1], "s")}


@styled()
def topic_stability(
    *,
    topic_stability: pl.DataFrame,
    topic_fits: pl.DataFrame,
    settings: FigureSettings | None = None,
    language: str = "en",
) -> Plot:
    """Draw each topic's recurrence over seeds and over subsamples, and its mean overlap."""
    settings, say = settings or FigureSettings(), Words(language)
    title = say("title_topic_stability")
    whole = topic_stability.filter(fits="all").sort(
        ["n_documents", "topic"], descending=[True, False]
    )
    if whole.is_empty():
        return no_data(settings, say, title, say("only_outliers"))
    chosen = whole.head(most_rows(settings, 30, 5.2, 28))
    order = chosen["topic"].to_list()
    shown = topic_stability.filter(pl.col("topic").is_in(order))
    wide = settings.width == "double"
    figure = canvas(settings, (24 if wide else 28) + 5.2 * len(order))
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=[3, 2])
    labels = [str(label).replace("_", " ") for label in chosen["label"]]
    rows(left, labels, 52 if wide else 26)
    right.tick_params(axis="y", length=0, labelleft=False)
    right.spines["left"].set_visible(False)
    for kind, (colour, marker) in _MARKS.items():
        offset = -0.17 if kind == "seed" else 0.17
        for row in shown.filter(fits=kind).iter_rows(named=True):
            at = order.index(row["topic"]) + offset
            dot(left, row | {"estimate": row["recurrence"]}, at, colour, marker)
            right.plot(row["overlap"], at, marker, color=colour, mec="white", mew=0.3, zorder=3)
    threshold = float(whole["level"][0])
    right.axvline(threshold, color=SOFT, lw=0.6, ls=(0, (3, 2)), zorder=1)
    for axes, name in ((left, "recurrence_axis"), (right, "overlap_axis")):
        axes.set_xlim(-0.03, 1.03)
        ticks = [0, 0.25, 0.5, 0.75, 1] if axes is left and wide else [0, 0.5, 1]
        axes.set_xticks(ticks, [say.share(tick, 0) for tick in ticks])
        axes.set_xlabel(say(name))
        axes.grid(axis="x")
        for at in range(1, len(order)):
            axes.axhline(at - 0.5, color="#E4E4E4", lw=0.5, zorder=0)
    held = topic_fits.filter(pl.col("kind").is_in(list(_MARKS)))
    n_fits = {kind: held.filter(kind=kind).height for kind in _MARKS}
    handles = [
        Line2D([], [], color=colour, marker=marker, lw=0.9,
               label=say(f"fits_{kind}", n=say.count(n_fits[kind])))
        for kind, (colour, marker) in _MARKS.items()
        if n_fits[kind]
    ]  # fmt: skip
    legend(figure, handles, settings)
    checks = dict(topic_fits.select("kind", "identical").drop_nulls().iter_rows())
    n_documents = int(held["n_documents"].max() or 0)
    text = caption(
        say("caption_topic_stability", level=say.share(threshold, 0), n=say.count(held.height)),
        level(say, whole),
        say(
            "fits_agree",
            ari=say.number(held["ari_others"].mean()),
            low=say.number(held["ari_others_min"].min()),
            high=say.number(held["ari_others_max"].max()),
            fewest=say.count(held["n_topics"].min()),
            most=say.count(held["n_topics"].max()),
        ),
        say(f"row_order_{'same' if checks.get('shuffled') else 'differs'}"),
        say("topics_not_shown", n=say.count(len(whole) - len(order)))
        if len(whole) > len(order)
        else "",
        say("rests_on", documents=say.documents(n_documents)),
        say("copies_as_in_study"),
        say("no_scores"),
    )
    return Plot(figure, shown, text, title, n_documents, None)
