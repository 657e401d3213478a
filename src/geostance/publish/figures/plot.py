"""What a figure function returns, and what all of them share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from geostance.publish.style import MUTED, PAGE_HEIGHT, SOFT, fit_each, new_figure
from geostance.publish.words import Words
from geostance.settings.publishing import FigureSettings


@dataclass(frozen=True)
class Plot:
    """A figure with what a reader needs to trust it.

    Attributes:
        figure: the drawing; :func:`geostance.publish.style.save_figure` writes it.
        numbers: exactly what is drawn, one row per mark.
        caption: what is shown, on how many documents, how copies count, what was corrected.
        title: a short name for headings and lists.
        n_documents: documents the figure rests on.
        calibrated: whether the scores behind it are calibrated; None where none is shown.
    """

    figure: Figure
    numbers: pl.DataFrame
    caption: str
    title: str
    n_documents: int
    calibrated: bool | None


@dataclass(frozen=True)
class FigureSpec:
    """A figure of the registry: the tables it takes by keyword, and the function that draws it."""

    tables: tuple[str, ...]
    draw: Callable[..., Plot]
    # Shows targets, and takes what the researcher's own are called as ``names``.
    named: bool = False


def canvas(settings: FigureSettings, height: float) -> Figure:
    """Return an empty figure of the settings' width, ``height`` mm tall unless they say another."""
    return new_figure(settings.width, settings.height or min(height, PAGE_HEIGHT))


def no_data(settings: FigureSettings, say: Words, title: str, reason: str) -> Plot:
    """Return a panel that says why there is nothing to draw."""
    figure = canvas(settings, 40)
    figure.text(0.5, 0.5, say("no_data", reason=reason), ha="center", va="center", color=SOFT)
    numbers = pl.DataFrame(schema={"reason": pl.String})
    return Plot(figure, numbers, say("no_data", reason=reason), title, 0, None)


def rows(axes: Axes, labels: Sequence[str], width: float) -> None:
    """Lay ``labels`` down the left side, first on top, each at most ``width`` mm wide."""
    axes.set_yticks(range(len(labels)), fit_each(labels, width))
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def dot(axes: Axes, row: Mapping[str, Any], at: float, colour: str, marker: str) -> None:
    """Draw one estimate with its interval; hollow and grey when too small to have one."""
    if row["low"] is None:
        axes.plot(row["estimate"], at, marker, mfc="white", mec=MUTED, mew=0.7, zorder=3)
        return
    axes.hlines(at, row["low"], row["high"], color=colour, lw=0.9, zorder=2)
    axes.plot(row["estimate"], at, marker, color=colour, mec="white", mew=0.3, zorder=3)


def legend(figure: Figure, handles: Sequence[Artist], settings: FigureSettings) -> None:
    """Write a legend above the panels in lines of about the same length."""
    lines = -(-len(handles) // {"double": 7, "single": 3}[settings.width])
    figure.legend(handles=handles, loc="outside upper left", ncols=-(-len(handles) // lines))


def distinct(frame: pl.DataFrame, unique: pl.DataFrame) -> pl.DataFrame:
    """Keep one document of each group of copies; a document that was not compared stays."""
    copies = unique.filter(~pl.col("is_representative"))
    return frame.join(copies.select("doc_id"), on="doc_id", how="anti")


def counted(frame: pl.DataFrame, unique: pl.DataFrame, settings: FigureSettings) -> pl.DataFrame:
    """Keep the documents that count in the unit of the settings: distinct texts unless set."""
    return frame if settings.unit == "printed" else distinct(frame, unique)


def copies(settings: FigureSettings) -> str:
    """Return the key of the sentence that says how copies count."""
    return "copies_printed" if settings.unit == "printed" else "copies_once"


def caption(*sentences: str) -> str:
    """Join the sentences that are not empty."""
    return " ".join(sentence for sentence in sentences if sentence)
