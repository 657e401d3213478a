"""The figure of what would change the claims of a study: each under every other choice."""

from collections.abc import Mapping
from typing import Any

import polars as pl
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter

from geostance.publish.figures.basis import basis, level, ordered
from geostance.publish.figures.plot import Plot, canvas, caption, legend, most_rows, no_data, rows
from geostance.publish.pages import page_width
from geostance.publish.style import (
    BODY,
    FAVOURABLE,
    INK,
    MUTED,
    SMALL,
    SOFT,
    UNFAVOURABLE,
    fit,
    styled,
)
from geostance.publish.words import Words
from geostance.settings.publishing import FigureSettings

_CLAIM = ["kind", "target", "other", "grouping", "group", "against"]
_CHOICES = ("scorer", "unit", "voice", "threshold", "outliers", "correction")
# What became of a claim, with its colour and mark; reversed is the worst.
_STATES = {
    "holds": (INK, "o"),
    "unclear": (FAVOURABLE, "D"),
    "clear": (FAVOURABLE, "s"),
    "reversed": (UNFAVOURABLE, "v"),
}
_PUBLISHED, _WORST = "published", "worst"
Row = dict[str, Any]


@styled()
def sensitivity(
    *,
    sensitivity: pl.DataFrame,
    stance: pl.DataFrame,
    unique: pl.DataFrame,
    settings: FigureSettings | None = None,
    language: str = "en",
    names: Mapping[str, str] | None = None,
) -> Plot:
    """Draw each claim as published, under every other choice, and under the worst of them all."""
    settings, say = settings or FigureSettings(), Words(language, names)
    title = say("title_sensitivity")
    if sensitivity.is_empty():
        return no_data(settings, say, title, say("no_stance"))
    claims = _claims(sensitivity)
    own = sensitivity.filter(pl.col("changed").list.len() == 0).row(0, named=True)
    lines = _lines(sensitivity)
    labels = [_named(choice, row, say) for choice, row in lines]
    columns = max(1, int((page_width(settings) - 40) / 44))
    panel = 10 + 3.5 * len(labels)
    limit = settings.limit or columns * most_rows(settings, -(-6 // columns), panel, 14)
    shown = claims[:limit]
    columns = min(columns, len(shown))
    n_rows = -(-len(shown) // columns)
    figure = canvas(settings, 14 + n_rows * panel)
    grid = figure.subplots(n_rows, columns, squeeze=False, sharex=True, sharey=True)
    width = {"double": 40, "single": 34}[settings.width]
    drawn = []
    for axes, claim in zip(grid.flat, shown, strict=False):
        found = _of(sensitivity, claim)
        drawn += _panel(axes, [_row(found, *line) for line in lines], say)
        room = page_width(settings) - width if columns == 1 else 44
        axes.set_title(fit(_told(claim, say), room))
    for line in grid:
        rows(line[0], labels, width)
    _axis(grid[0, 0], drawn, say)
    for axes in grid.flat[len(shown) :]:
        axes.set_visible(False)
    figure.supxlabel(say("stance_axis"), size=BODY)
    present = {row["state"] for row in drawn}
    handles = [
        Line2D([], [], color=colour, marker=marker, lw=0.9, label=say(f"state_{state}"))
        for state, (colour, marker) in _STATES.items()
        if state in present
    ]
    if handles:
        legend(figure, handles, settings)
    scored = stance.filter(pl.col("target").is_in(sensitivity["target"].unique().to_list()))
    facts = basis(say, None, scored, unique)
    text = caption(
        say("caption_sensitivity", choices=_choices(own, say)),
        *(_sentence(_of(sensitivity, claim), say) for claim in claims),
        say("claims_not_shown", n=say.count(len(claims) - len(shown)))
        if len(shown) < len(claims)
        else "",
        say("no_outliers") if sensitivity["outliers"].n_unique() == 1 else "",
        say("one_scorer") if sensitivity["scorer"].n_unique() == 1 else say("other_scorers"),
        level(say, sensitivity),
        facts.text,
    )
    numbers = pl.DataFrame(drawn, schema=sensitivity.schema)
    numbers = numbers.with_columns(pl.col("changed").list.join(", "))
    return Plot(figure, numbers, text, title, facts.n_documents, facts.calibrated)


def _claims(sensitivity: pl.DataFrame) -> list[Row]:
    """Return the claims: means by target in the usual order, then the others as they come."""
    found = sensitivity.filter(pl.col("changed").list.len() == 0).to_dicts()
    order = ordered(sensitivity["target"])
    means = [claim for claim in found if claim["kind"] == "mean"]
    return [
        *sorted(means, key=lambda claim: order.index(claim["target"])),
        *(claim for claim in found if claim["kind"] != "mean"),
    ]


def _of(sensitivity: pl.DataFrame, claim: Row) -> pl.DataFrame:
    return sensitivity.filter(pl.col(name).eq_missing(pl.lit(claim[name])) for name in _CLAIM)


def _lines(sensitivity: pl.DataFrame) -> list[tuple[str, Any]]:
    """Return what is drawn of each claim: the choice that is made otherwise, and how."""
    once = sensitivity.filter(pl.col("changed").list.len() == 1)
    return [
        (_PUBLISHED, None),
        *(
            (choice, value)
            for choice in _CHOICES
            for value in once.filter(pl.col("changed").list.first() == choice)[choice]
            .unique(maintain_order=True)
            .to_list()
        ),
        (_WORST, None),
    ]


def _row(found: pl.DataFrame, choice: str, value: Any) -> Row | None:
    """Return the row of one claim under one other choice; None where that is its own."""
    if choice == _PUBLISHED:
        return found.filter(pl.col("changed").list.len() == 0).row(0, named=True)
    rows = (
        found.filter("worst")
        if choice == _WORST
        else found.filter(pl.col("changed") == [choice], pl.col(choice) == value)
    )
    return rows.row(0, named=True) if rows.height else None


def _panel(axes: Axes, found: list[Row | None], say: Words) -> list[Row]:
    axes.axvline(0, color=SOFT, lw=0.6, zorder=1)
    known = [(at, row) for at, row in enumerate(found) if row is not None]
    for at, row in known:
        if row["low"] is None:
            axes.text(
                0, at, say("too_few"), size=SMALL, color=SOFT, va="center", ha="center",
                bbox={"fc": "white", "ec": "none", "pad": 0.6},
            )  # fmt: skip
            continue
        colour, marker = _STATES.get(row["state"], (MUTED, "o"))
        axes.hlines(at, row["low"], row["high"], color=colour, lw=0.9, zorder=2)
        axes.plot(row["estimate"], at, marker, color=colour, mec="white", mew=0.3, zorder=3)
    if found[0] is not None and found[0]["low"] is not None:
        axes.axvspan(found[0]["low"], found[0]["high"], color="#F0F0F0", lw=0, zorder=0)
    for at in (0.5, len(found) - 1.5):
        axes.axhline(at, color="#E4E4E4", lw=0.5, zorder=0)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelbottom=True)
    axes.spines["left"].set_visible(False)
    return [row for _, row in known]


def _axis(axes: Axes, drawn: list[Row], say: Words) -> None:
    """Give all panels one scale, the same on both sides."""
    ends = [abs(row[end]) for row in drawn for end in ("low", "high") if row[end] is not None]
    reach = 1.06 * max([0.1, *ends])
    step = max(step for step in (0.05, 0.1, 0.2, 0.5, 1.0) if step <= 0.8 * reach)
    axes.set_xlim(-reach, reach)
    axes.xaxis.set_major_locator(FixedLocator([-step, 0, step]))
    digits = 2 if step < 0.1 else 1
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: say.signed(value, digits)))


def _told(claim: Row, say: Words) -> str:
    """Return what a claim is about."""
    names = {name: say.target(claim[name]) for name in ("target", "other") if claim[name]}
    return say(f"claim_{claim['kind']}", **claim | names)


def _named(choice: str, value: Any, say: Words) -> str:
    if choice in (_PUBLISHED, _WORST):
        return say(f"sensitivity_{choice}")
    if choice == "threshold":
        return say("other_threshold", value=say.number(value, 2))
    if choice == "scorer":
        return say("other_scorer", name=value)
    return say(f"other_{choice}_{value}")


def _choices(row: Row, say: Words) -> str:
    return say.joined([_named(choice, row[choice], say) for choice in _CHOICES])


def _sentence(found: pl.DataFrame, say: Words) -> str:
    """Return in a sentence what became of a claim."""
    own = found.filter(pl.col("changed").list.len() == 0).row(0, named=True)
    if own["low"] is None:
        return say("claim_unknown", claim=_told(own, say))
    once = found.filter(pl.col("changed").list.len() == 1)
    counted = found.filter(pl.col("changed").list.len() > 0, pl.col("state") != "unknown")
    parts = []
    for key, states in (
        ("not_with", ("unclear", "clear", "reversed")),
        ("unknown_with", ("unknown",)),
    ):
        named = [
            _named(row["changed"][0], row[row["changed"][0]], say)
            for row in once.filter(pl.col("state").is_in(states)).iter_rows(named=True)
        ]
        if named:
            parts.append(say(key, choices=say.joined(named)))
    worst = found.filter("worst", pl.col("state") != "holds", pl.col("changed").list.len() > 1)
    against = [
        _named(name, row[name], say)
        for row in worst.iter_rows(named=True)
        for name in row["changed"]
    ]
    side = "above" if own["low"] > 0 else "below" if own["high"] < 0 else "open"
    return say(
        "claim_sentence",
        claim=_told(own, say),
        side=say(f"side_{side}"),
        n=say.count(once.filter(state="holds").height),
        all=say.count(once.height),
        exceptions="".join(parts),
        held=say.count(counted.filter(state="holds").height),
        sets=say.count(counted.height),
        worst=say("worst_with", choices=say.joined(against)) if against else "",
    )
