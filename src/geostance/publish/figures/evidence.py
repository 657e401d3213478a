"""The evidence wall: the sentences that weigh most for and against each target."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from geostance.publish.figures.basis import ordered
from geostance.publish.figures.plot import Plot, caption, counted, no_data
from geostance.publish.pages import page_height, page_width
from geostance.publish.style import (
    BODY,
    FAVOURABLE,
    INK,
    MILLIMETRES_PER_INCH,
    SMALL,
    SOFT,
    UNFAVOURABLE,
    fit,
    new_figure,
    styled,
    wrap,
)
from geostance.publish.words import Words
from geostance.settings.publishing import FigureSettings

_LINE, _GAP, _MARGIN = 2.9, 2.6, 2.0
_MOST_LINES = 4
_MOST_CARDS = 3
_SIDES = {"unfavourable": UNFAVOURABLE, "favourable": FAVOURABLE}


@styled()
def evidence_wall(
    *,
    mentions: pl.DataFrame,
    sentences: pl.DataFrame,
    documents: pl.DataFrame,
    unique: pl.DataFrame | None = None,
    settings: FigureSettings | None = None,
    language: str = "en",
    names: Mapping[str, str] | None = None,
) -> Plot:
    """Write, for each target, the sentences that carry most of a stance against it and for it.

    The weight of a sentence is the part of its document's stance that it carries: the mean over
    the document's mentions of share × (p_favourable − p_unfavourable).

    Args:
        mentions: doc_id, target, relevant, p_favourable, p_unfavourable, voice and evidence, a
            list of sentence_id and share in [0, 1].
        sentences: sentence_id and text.
        documents: doc_id, outlet and date, both of which may be null.
        unique: with it, copies of one text count once.
        settings: page, ground, and what else one figure may change.
        language: en or fr.
        names: what the researcher's own targets are called.
    """
    settings, say = settings or FigureSettings(), Words(language, names)
    title = say("title_evidence_wall")
    relevant = mentions.filter("relevant")
    kept = relevant if unique is None else counted(relevant, unique, settings)
    weighed = _weights(kept, sentences).join(
        documents.select("doc_id", "outlet", "date"), on="doc_id", how="left"
    )
    if weighed.is_empty():
        return no_data(settings, say, title, say("no_stance"))
    targets = ordered(weighed["target"])
    # As many of each as the page holds: whole sentences only.
    for each in range(settings.limit or _MOST_CARDS, 0, -1):
        numbers = _heaviest(weighed, targets, each)
        blocks = _blocks(numbers, targets, settings, say)
        tall = sum(block.height for block in blocks) + _MARGIN
        if settings.limit or tall <= page_height(settings):
            break
    figure = _wall(blocks, tall, settings, say)
    n_documents = kept["doc_id"].n_unique()
    text = caption(
        say("caption_evidence_wall"),
        say("quoted_marked") if (numbers["voice"] == "quoted").any() else "",
        say("rests_on", documents=say.documents(n_documents)),
        say("copies_printed" if unique is None or settings.unit == "printed" else "copies_once"),
        say("evidence_no_interval"),
        say("evidence_scores"),
    )
    return Plot(figure, numbers, text, title, n_documents, None)


def _weights(relevant: pl.DataFrame, sentences: pl.DataFrame) -> pl.DataFrame:
    """Return target, side, doc_id, sentence_id, weight, voice and text of each sentence."""
    value = pl.col("p_favourable") - pl.col("p_unfavourable")
    return (
        relevant.select(
            "doc_id",
            "target",
            "voice",
            "evidence",
            value=value / pl.len().over("doc_id", "target"),
        )
        .explode("evidence")
        .unnest("evidence")
        .drop_nulls("sentence_id")
        .group_by("target", "doc_id", "sentence_id")
        .agg(
            weight=(pl.col("share") * pl.col("value")).sum(),
            voice=pl.col("voice").mode().sort().first(),
        )
        .filter(pl.col("weight") != 0)
        .with_columns(
            side=pl.when(pl.col("weight") < 0)
            .then(pl.lit("unfavourable"))
            .otherwise(pl.lit("favourable"))
        )
        .join(sentences.select("sentence_id", "text"), on="sentence_id")
        .select("target", "side", "doc_id", "sentence_id", "weight", "voice", "text")
    )


def _heaviest(weighed: pl.DataFrame, targets: list[str], each: int) -> pl.DataFrame:
    return pl.concat(
        weighed.filter(pl.col("target") == target, pl.col("side") == side)
        .sort(pl.col("weight").abs(), "sentence_id", descending=[True, False])
        # A sentence printed twice, by two outlets or in two texts, is shown once.
        .unique("text", keep="first", maintain_order=True)
        .unique("doc_id", keep="first", maintain_order=True)
        .head(each)
        for target in targets
        for side in _SIDES
    )


@dataclass(frozen=True)
class _Block:
    """The sentences of one target: what is written of each side, and heights in mm."""

    target: str
    cards: dict[str, list[dict[str, Any]]]
    tall: list[float]
    height: float


def _columns(settings: FigureSettings) -> tuple[int, float]:
    """Return how many sides stand beside one another, and the width of each in mm."""
    width = page_width(settings)
    columns = 2 if width > 120 else 1
    return columns, (width - _MARGIN * (columns + 1)) / columns


def _blocks(
    numbers: pl.DataFrame, targets: list[str], settings: FigureSettings, say: Words
) -> list[_Block]:
    columns, room = _columns(settings)
    blocks = []
    for target in targets:
        own = numbers.filter(pl.col("target") == target)
        cards = {
            side: [
                _card(row, room, settings, say)
                for row in own.filter(pl.col("side") == side).iter_rows(named=True)
            ]
            for side in _SIDES
        }
        tall = [_height(cards[side]) for side in _SIDES]
        height = (max(tall) if columns == 2 else sum(tall) + 4) + 10
        blocks.append(_Block(target, cards, tall, height))
    return blocks


def _wall(blocks: list[_Block], tall: float, settings: FigureSettings, say: Words) -> Figure:
    """Write the blocks below one another, the two sides of each beside one another if wide."""
    columns, room = _columns(settings)
    figure = new_figure(page_width(settings), settings.height or tall)
    figure.set_layout_engine("none")
    scale = tuple(figure.get_size_inches() * MILLIMETRES_PER_INCH)
    top = _MARGIN
    for block in blocks:
        _write(figure, scale, _MARGIN, top, say.target(block.target), size=BODY, weight="bold")
        for at, side in enumerate(_SIDES):
            left = _MARGIN + at * (room + _MARGIN) * (columns - 1)
            down = top + 4.4 + (block.tall[0] + 4) * at * (2 - columns)
            _write(figure, scale, left, down, say(side), size=SMALL, color=SOFT)
            _stack(figure, scale, left, down + 4, block.cards[side], _SIDES[side], room, say)
        top += block.height
    return figure


def _card(row: dict[str, Any], room: float, settings: FigureSettings, say: Words) -> dict[str, Any]:
    most = 3 if settings.preset == "slides" else _MOST_LINES
    lines = wrap(row["text"], room - 4, SMALL, most)
    quoted = say("quoted_word") if row["voice"] == "quoted" else ""
    source = [
        row["outlet"] or say("report_no_outlet"),
        row["date"] and say.short_date(row["date"]),
        quoted,
    ]
    foot = " · ".join(part for part in source if part)
    return {
        "lines": lines,
        "foot": fit(foot, room - 16, SMALL),
        "weight": say.signed(row["weight"]),
    }


def _height(cards: list[dict[str, Any]]) -> float:
    return sum((len(card["lines"]) + 1) * _LINE + _GAP for card in cards) or _LINE + _GAP


def _stack(
    figure: Figure,
    scale: tuple[float, float],
    left: float,
    top: float,
    cards: list[dict[str, Any]],
    colour: str,
    room: float,
    say: Words,
) -> None:
    if not cards:
        _write(figure, scale, left + 3, top, say("no_sentence"), size=SMALL, color=SOFT)
    for card in cards:
        tall = (len(card["lines"]) + 1) * _LINE
        figure.add_artist(
            Rectangle(
                (left / scale[0], 1 - (top + tall) / scale[1]), 0.8 / scale[0], tall / scale[1],
                color=colour, lw=0, transform=figure.transFigure,
            )
        )  # fmt: skip
        for at, line in enumerate([*card["lines"], card["foot"]]):
            last = at == len(card["lines"])
            right = not last and _right_to_left(line)
            _write(
                figure, scale, left + room - 1 if right else left + 2.5, top + at * _LINE, line,
                size=SMALL, color=SOFT if last else INK, ha="right" if right else "left",
            )  # fmt: skip
        _write(
            figure, scale, left + room - 1, top + tall - _LINE, card["weight"],
            size=SMALL, color=INK, weight="bold", ha="right",
        )  # fmt: skip
        top += tall + _GAP


def _right_to_left(line: str) -> bool:
    strong = [unicodedata.bidirectional(letter) for letter in line]
    return next((kind in ("R", "AL") for kind in strong if kind in ("L", "R", "AL")), False)


def _write(
    figure: Figure, scale: tuple[float, float], x: float, y: float, text: str, **look: Any
) -> None:
    figure.text(x / scale[0], 1 - y / scale[1], text, va="top", **look)
