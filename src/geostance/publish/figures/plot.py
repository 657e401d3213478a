"""What a figure function returns, and what all of them share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from polars.exceptions import ColumnNotFoundError

from geostance.errors import SchemaError
from geostance.publish.dark import darken
from geostance.publish.figures.columns import COLUMNS
from geostance.publish.pages import page_height, page_width
from geostance.publish.style import (
    MUTED,
    SMALL,
    SOFT,
    fit,
    fit_each,
    new_figure,
    styled,
    text_width,
)
from geostance.publish.words import Words
from geostance.settings.publishing import FigureSettings

# A key of a legend with the space at its sides, in millimetres.
_HANDLE = 9.0


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
    function: Callable[..., Plot]
    # Shows targets, and takes what the researcher's own are called as ``names``.
    named: bool = False
    # Tables it shows more with, and does without.
    optional: tuple[str, ...] = ()

    def draw(self, *, settings: FigureSettings | None = None, **given: Any) -> Plot:
        """Draw the figure from the tables ``given`` by name, a researcher's own as well.

        Args:
            settings: page, ground and what else one figure may change.
            given: the tables as frames, ``language`` and, of a figure of targets, ``names``.

        Raises:
            SchemaError: a table or a column is missing.
        """
        settings = settings or FigureSettings()
        for table in (*self.tables, *self.optional):
            frame = given.get(table)
            if frame is None and table in self.tables:
                raise self._lacking(f"the table {table}", f"it as {table}=…, a frame")
            absent = [] if frame is None else set(self.needs(table)) - set(frame.columns)
            if absent:
                columns = ", ".join(sorted(absent))
                raise self._lacking(f"columns of {table}: {columns}", f"{table} with them")
        try:
            plot = self.function(settings=settings, **given)
        except ColumnNotFoundError as error:
            raise self._lacking(f"a column: {str(error).splitlines()[0]}", "that column") from error
        if settings.dark:
            with styled():
                darken(plot.figure)
        return plot

    def needs(self, table: str) -> list[str]:
        """Return the columns that a frame must have to stand for ``table``."""
        return COLUMNS.get(self._name, {}).get(table, "").split()

    @property
    def _name(self) -> str:
        return self.function.__name__.replace("_", "-")

    def _lacking(self, what: str, wanted: str) -> SchemaError:
        return SchemaError(
            f"the figure {self._name} lacks {what}",
            f'FIGURES["{self._name}"].draw',
            f"give {wanted}; docs/gallery.md lists the columns of each figure",
        )


def canvas(settings: FigureSettings, height: float, *, whole: bool = False) -> Figure:
    """Return an empty figure of the settings' page, ``height`` mm tall unless they say another.

    Beyond the page it is cut to the page, unless it cannot be read but ``whole``.
    """
    most = height if whole and settings.preset == "slides" else page_height(settings)
    return new_figure(page_width(settings), settings.height or min(height, most))


def most_rows(settings: FigureSettings, usual: int, row: float, beside: float) -> int:
    """Return how many rows of ``row`` mm to draw: the settings' limit, else what the page holds.

    ``usual`` are enough on any page; ``beside`` mm go to axes, legend and titles.
    """
    return settings.limit or max(1, min(usual, int((page_height(settings) - beside) / row)))


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
    """Write a legend above the panels in as few lines as the page is wide for."""
    room = page_width(settings) - 2
    for handle in handles:
        handle.set_label(fit(str(handle.get_label()), room - _HANDLE))
    widths = [text_width(str(handle.get_label())) + _HANDLE for handle in handles]

    def wide(lines: int) -> float:
        return sum(max(widths[at : at + lines]) for at in range(0, len(widths), lines))

    # Columns are filled one after the other.
    lines = next((n for n in range(1, len(widths)) if wide(n) <= room), len(widths))
    figure.legend(handles=handles, loc="outside upper left", ncols=-(-len(widths) // lines))


def most_names(settings: FigureSettings, height: float, each: float) -> int:
    """Return how many names ``height`` mm of the page hold, each taking ``each`` mm²."""
    return int(page_width(settings) * min(height, page_height(settings)) / each)


def sized(name: str, size: str, room: float) -> str:
    """Return ``name`` with its ``size`` behind it, cut to ``room`` mm of small text.

    Marks of direction keep the size on the right of a name that runs from right to left.
    """
    told = f"\u200e ({size})"
    return fit(f"\u200e{name}{told}", room, SMALL, tail=len(told))


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
