"""The specification curve: which conclusions hold in which universe, and what was chosen there.

Source: Simonsohn, Simmons and Nelson 2020, Nature Human Behaviour 4 (specification curve).
"""

from collections.abc import Mapping

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch

from geostance.publish.figures.plot import Plot, canvas, caption, legend, most_rows, no_data, rows
from geostance.publish.style import (
    FAINT,
    FAVOURABLE,
    INK,
    SMALL,
    SOFT,
    UNFAVOURABLE,
    fit,
    styled,
    text_width,
)
from geostance.publish.words import Words
from geostance.settings.publishing import FigureSettings

_CHOICES = ("encoder", "unit", "neighbours", "components", "size", "samples", "stopwords")
# What became of a conclusion, the best last: the topic is not there, the other way round, the
# same direction but not clear, it holds.
_STATES = ("absent", "reversed", "unclear", "holds")
_COLOURS = ("white", UNFAVOURABLE, "#9DB8D9", FAVOURABLE)


@styled()
def multiverse(
    *,
    multiverse: pl.DataFrame,
    settings: FigureSettings | None = None,
    language: str = "en",
    names: Mapping[str, str] | None = None,
) -> Plot:
    """Draw the conclusions by universe, over the choices that make each universe."""
    settings, say = settings or FigureSettings(), Words(language, names)
    title = say("title_multiverse")
    run = multiverse.filter(pl.col("universe") > 0, state="run")
    if run.is_empty():
        return no_data(settings, say, title, say("no_universe"))
    states = run.with_columns(became=_became())
    share = pl.col("holds").mean()
    of_universe = states.group_by("universe").agg(share.alias("share"), *map(pl.first, _CHOICES))
    # From the universe where least holds to the one where most does.
    of_universe = of_universe.sort("share", "universe")
    key = ["conclusion", "topic", "other"]
    of_conclusion = states.group_by(key, maintain_order=True).agg(
        share.alias("share"), n=pl.col("holds").sum(), published=pl.first("published")
    )
    of_conclusion = of_conclusion.sort("share", descending=True, maintain_order=True)
    limit = most_rows(settings, 24, 7.8, 40)
    # Cut, the figure keeps what holds best and what holds worst.
    keep = sorted({*range(-(-limit // 2)), *range(max(0, len(of_conclusion) - limit // 2),
                                                  len(of_conclusion))})  # fmt: skip
    drawn = of_conclusion[[at for at in keep if at < len(of_conclusion)]]
    universes = of_universe["universe"].to_list()
    varied = [
        (choice, values)
        for choice in _CHOICES
        for values in [sorted(run[choice].unique(), key=_rank)]
        if len(values) > 1
    ]
    options = [(choice, value) for choice, values in varied for value in values]
    n_lines = len(drawn) + len(options)
    figure = canvas(settings, 40 + 3.9 * n_lines, whole=True)
    curve, cells, choices = figure.subplots(
        3, 1, sharex=True, height_ratios=[5, max(1, len(drawn)), max(1, len(options))]
    )
    _curve(curve, of_universe["share"].to_numpy(), say)
    width = 62 if settings.width == "double" else 42
    _cells(cells, drawn, states, universes, say, width)
    _options(choices, options, of_universe, say, width)
    handles = [
        Patch(
            facecolor=colour,
            edgecolor="white" if state == "reversed" else SOFT,
            lw=0.4,
            hatch="xxxxx" if state == "reversed" else "",
            label=say(f"became_{state}"),
        )
        for state, colour in reversed(list(zip(_STATES, _COLOURS, strict=True)))
    ]
    legend(figure, handles, settings)
    n_documents = int(run["n_documents"][0])
    n_holding = of_conclusion.filter(pl.col("share") == 1).height
    not_run = multiverse.filter(pl.col("state") != "run").select("universe", "state", "encoder")
    text = caption(
        say("caption_multiverse", n=say.count(len(universes))),
        say("hold_in_all", n=say.count(n_holding), all=say.count(len(of_conclusion))),
        say("conclusions_not_shown", n=say.count(len(of_conclusion) - len(drawn)))
        if len(drawn) < len(of_conclusion)
        else "",
        say(
            "universes_not_run",
            n=say.count(not_run["universe"].n_unique()),
            encoders=say.joined(sorted(not_run["encoder"].unique())),
        )
        if len(not_run)
        else "",
        say("multiverse_one_seed"),
        say("rests_on", documents=say.documents(n_documents)),
        say("copies_as_in_study"),
        say("stance_uncorrected" if (run["conclusion"] == "stance").any() else "no_scores"),
    )
    numbers = states.join(drawn.select(key), on=key, how="semi", nulls_equal=True)
    return Plot(figure, numbers, text, title, n_documents, None)


def _became() -> pl.Expr:
    return (
        pl.when(pl.col("value").is_null())
        .then(0)
        .when(pl.col("holds"))
        .then(3)
        .when(pl.col("conclusion").is_in(["exists", "words"]))
        .then(0)
        .when(pl.col("same_direction"))
        .then(2)
        .otherwise(1)
    )


def _rank(value: str) -> tuple[float, str]:
    # Numbers by size, words as they are spelled.
    return (float(value), "") if value.replace(".", "", 1).isdecimal() else (float("inf"), value)


def _curve(axes: Axes, shares: np.ndarray, say: Words) -> None:
    axes.step(range(len(shares)), shares, where="mid", color=INK)
    axes.fill_between(range(len(shares)), shares, step="mid", color=FAINT, lw=0)
    axes.set_ylim(0, 1.04)
    axes.set_yticks([0, 0.5, 1], [say.share(tick, 0) for tick in (0, 0.5, 1)])
    axes.set_ylabel(say("share_holding"), rotation=0, ha="right", va="center")
    axes.grid(axis="y")
    axes.tick_params(axis="x", length=0, labelbottom=False)


def _cells(
    axes: Axes,
    drawn: pl.DataFrame,
    states: pl.DataFrame,
    universes: list[int],
    say: Words,
    width: float,
) -> None:
    place = {
        tuple(row): at
        for at, row in enumerate(drawn.select("conclusion", "topic", "other").iter_rows())
    }
    grid = np.full((len(drawn), len(universes)), np.nan)
    columns = {universe: at for at, universe in enumerate(universes)}
    for *key, universe, became in states.select(
        "conclusion", "topic", "other", "universe", "became"
    ).iter_rows():
        if tuple(key) in place:
            grid[place[tuple(key)], columns[universe]] = became
    axes.imshow(
        grid, aspect="auto", cmap=ListedColormap(_COLOURS), vmin=-0.5, vmax=3.5,
        interpolation="nearest",
    )  # fmt: skip
    # In grey print the two strong colours are alike: one of them is crossed out.
    down, across = np.nonzero(grid == _STATES.index("reversed"))
    axes.plot(across, down, "x", color="white", ms=2.4, mew=0.6)
    labels = dict(states.select("topic", "label").unique().iter_rows())
    rows(axes, [_told(row, labels, say, width) for row in drawn.iter_rows(named=True)], width)
    axes.set_ylim(len(drawn) - 0.5, -0.5)
    for at, row in enumerate(drawn.iter_rows(named=True)):
        axes.text(
            len(universes) - 0.2, at, f"{say.count(row['n'])}/{say.count(len(universes))}",
            size=SMALL, color=SOFT, va="center",
        )  # fmt: skip
        axes.axhline(at + 0.5, color="white", lw=0.6)
    for at in range(1, len(universes)):
        axes.axvline(at - 0.5, color="white", lw=0.3)
    axes.tick_params(axis="x", length=0, labelbottom=False)
    axes.spines["bottom"].set_visible(False)


def _told(row: dict, labels: Mapping[int, str], say: Words, width: float) -> str:
    """Write one conclusion: the topic's label, cut to leave room for what is said of it."""
    label, other = str(labels.get(row["topic"], row["topic"])), row["other"]
    if row["conclusion"] == "larger":
        other = str(labels.get(int(other), other)).split(" ", 1)[0]
    elif row["conclusion"] == "stance":
        other = say.target(str(other))
    key, sign = f"conclusion_{row['conclusion']}", "+" if row["published"] > 0 else "−"
    said = text_width(say(key, topic="", other=other, sign=sign))
    # Never less than the topic's number.
    topic = fit(" ".join(label.split()), max(width - said, 4))
    return say(key, topic=topic, other=other, sign=sign)


def _options(
    axes: Axes,
    options: list[tuple[str, str]],
    of_universe: pl.DataFrame,
    say: Words,
    width: float,
) -> None:
    labels = [
        say("choice_is", choice=say(f"choice_{choice}"), value=_value(choice, value, say))
        for choice, value in options
    ]
    rows(axes, labels, width)
    axes.set_ylim(len(options) - 0.5, -0.5)
    for at, (choice, value) in enumerate(options):
        has = [n for n, one in enumerate(of_universe[choice]) if one == value]
        axes.plot(has, [at] * len(has), "s", color=INK, ms=2, mew=0)
        if at and options[at - 1][0] != choice:
            axes.axhline(at - 0.5, color=FAINT, lw=0.6)
    axes.tick_params(axis="x", length=0, labelbottom=False)
    axes.spines["bottom"].set_visible(False)
    axes.set_xlim(-0.5, len(of_universe) - 0.5)
    axes.set_xlabel(say("universes_axis"))


def _value(choice: str, value: str, say: Words) -> str:
    if choice in ("size", "samples"):
        return f"× {say.number(float(value), 1)}"
    return say.known("choice", value)
