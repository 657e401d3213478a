"""Draw every figure from the tables of a study, and write docs/gallery.md around the pictures.

Run with the package's own Python: python tools/gallery.py --data data
"""

import argparse
import io
from pathlib import Path
from typing import Any

import polars as pl
from PIL import Image

from geostance.files import read_table, write_bytes, write_text
from geostance.publish.events import read_events
from geostance.publish.figures import APART, FIGURES, FigureSpec
from geostance.publish.style import styled
from geostance.settings.publishing import FigureSettings

DOCS = Path(__file__).parents[1] / "docs"
FOLDERS = ("processed", "interim", "stability", "comparison")
# Enough for a page on a screen; flat colours need no more of them.
DPI, COLOURS = 130, 96
INTRODUCTION = """\
# Gallery

Every figure, drawn from the sample corpus by `python tools/gallery.py --data data`.
Outlets and events of the sample are invented: nothing here is news.

Each figure is one function from tables to a matplotlib `Figure`, and draws on a frame of your own
as well as on the project's tables. The columns it needs are listed under it; a missing one is an
error that names it. Tables in brackets may be left out.

```python
import polars as pl

from geostance.publish.figures import FIGURES
from geostance.settings.publishing import FigureSettings

estimates = pl.DataFrame(
    {
        "target": ["russia", "russia", "nato", "nato"],
        "grouping": "outlet",
        "group": ["Le Phare", "The Quay", "Le Phare", "The Quay"],
        "unit": "distinct",
        "quantity": "stance",
        "method": "model",
        "estimate": [-0.31, 0.02, 0.14, -0.05],
        "low": [-0.42, -0.11, 0.03, -0.20],
        "high": [-0.20, 0.15, 0.25, 0.10],
        "n_documents": [80, 64, 51, 47],
        "n_labels": 0,
    }
)
settings = FigureSettings(preset="elsevier", width="single", dark=False)
plot = FIGURES["outlet-map"].draw(estimates=estimates, settings=settings, language="fr")
plot.figure.savefig("outlets.pdf")  # plot.caption says what it rests on, plot.numbers what is drawn
```

`geostance figure --list` names the figures and their tables. [figures.md](figures.md) tells of
pages, colours, scripts and events.
"""
INVENTED = " (This one is drawn from invented numbers.)"


def main() -> None:
    """Draw what the study has the tables for, and say what it has not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, nargs="+", required=True,
        help="folder of a finished study, and folders of invented tables for what it has not",
    )  # fmt: skip
    parser.add_argument("--events", type=Path, default=Path("data/sample/events.csv"))
    options = parser.parse_args()
    studies = [_found(data) for data in options.data]
    parts = [INTRODUCTION]
    for name, spec in (FIGURES | APART).items():
        given = [_tables(spec, found, options.events) for found in studies]
        at = next((at for at, tables in enumerate(given) if tables is not None), None)
        if at is None:
            parts.append(_entry(name, spec, name, "Drawn by a goal of its own, not by `make all`."))
            continue
        plot = spec.draw(**given[at], settings=FigureSettings())
        write_bytes(DOCS / "images" / "gallery" / f"{name}.png", _picture(plot.figure))
        told = f"![{plot.title}](images/gallery/{name}.png)\n\n{plot.caption}"
        parts.append(_entry(name, spec, plot.title, told + (INVENTED if at else "")))
    write_text(DOCS / "gallery.md", "\n".join(parts))


def _found(data: Path) -> dict[str, Path]:
    """Return the tables of a study by name; its own go before those of goals of their own."""
    folders = (data / folder for folder in (".", *reversed(FOLDERS)))
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.parquet"))}


def _tables(spec: FigureSpec, found: dict[str, Path], events: Path) -> dict[str, Any] | None:
    if not set(spec.tables) <= found.keys():
        return None
    given: dict[str, pl.DataFrame] = {
        name: read_table(found[name], name)
        for name in (*spec.tables, *spec.optional)
        if name in found
    }
    return given | ({"events": read_events(events)} if "events" in spec.optional else {})


def _picture(figure: Any) -> bytes:
    drawn, small = io.BytesIO(), io.BytesIO()
    with styled():
        figure.savefig(drawn, format="png", dpi=DPI)
    picture = (
        Image.open(drawn)
        .convert("RGB")
        .quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    )
    picture.save(small, format="PNG", optimize=True)
    return small.getvalue()


def _entry(name: str, spec: FigureSpec, title: str, told: str) -> str:
    return f"## {title}\n\n{told}\n\n{_columns(name, spec)}"


def _columns(name: str, spec: FigureSpec) -> str:
    lines = [f"`{name}` takes", ""]
    for table in (*spec.tables, *spec.optional):
        named = f"[{table}]" if table in spec.optional else table
        lines.append(f"- {named}: {', '.join(f'`{column}`' for column in spec.needs(table))}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
