"""What a notebook shows: published figures and tables, checked against their hashes."""

import os
from pathlib import Path
from typing import Any

import polars as pl

from geostance.errors import StaleError
from geostance.files import read_json, sha256
from geostance.publish.manifest import SHARED, TABLES, WITHHELD, figure_ids
from geostance.publish.notebooks import PUBLISHED_VARIABLE


def folder() -> Path:
    """Return the published folder: GEOSTANCE_PUBLISHED, or data/published in or above here.

    Raises:
        StaleError: nothing has been published yet.
    """
    if named := os.environ.get(PUBLISHED_VARIABLE):
        return Path(named)
    here = Path.cwd()
    for parent in (here, *here.parents):
        if (parent / "data" / "published").is_dir():
            return parent / "data" / "published"
    raise StaleError(
        "nothing has been published yet",
        str(here),
        f"run make all, or set {PUBLISHED_VARIABLE} to the published folder of a study",
    )


def figures() -> list[str]:
    """Return the ids of the published figures."""
    return figure_ids(folder())


def record(figure_id: str) -> dict[str, Any]:
    """Return a figure's record (title, caption, inputs, counts) after checking its files.

    Raises:
        StaleError: there is no such figure, or a file of it is not the one recorded.
    """
    path = folder() / "figures" / f"{figure_id}.json"
    if not path.exists():
        raise StaleError(
            f"there is no figure {figure_id}",
            str(path.parent),
            f"the figures are {', '.join(figures())}",
        )
    value = read_json(path)
    for name, digest in value["files"].items():
        _check(path.with_name(name), digest)
    known = tables()
    for table, digest in value["inputs"].items():
        if known[table]["sha256"] != digest:
            raise StaleError(
                f"the figure {figure_id} was drawn from another table {table}",
                str(path),
                "run make all",
            )
    return value


def show(figure_id: str) -> Any:
    """Return a published figure with its caption, for display in a notebook.

    Raises:
        StaleError: there is no such figure, or a file of it is not the one recorded.
    """
    from IPython.display import Image, Markdown, display

    value = record(figure_id)
    if value.get(WITHHELD):
        display(Markdown(f"**{value['title']}.** Not deposited: it shows words of the documents."))
        return
    png = next(name for name in value["files"] if name.endswith(".png"))
    display(
        Image(data=(folder() / "figures" / png).read_bytes(), width=820, alt=value["title"]),
        Markdown(f"**{value['title']}.** {value['caption']}"),
    )


def numbers(figure_id: str) -> pl.DataFrame:
    """Return the numbers plotted in a figure."""
    value = record(figure_id)
    if value.get(WITHHELD):
        raise StaleError(
            f"the numbers of the figure {figure_id} are not deposited: they quote articles",
            str(folder()),
            "ask the authors for a deposit with text",
        )
    return pl.read_csv(folder() / "figures" / value["numbers"], try_parse_dates=True)


def tables() -> dict[str, Any]:
    """Return the record of every table of the study: file, hash, rows and columns."""
    path = folder() / TABLES
    if not path.exists():
        raise StaleError("the tables are not recorded yet", str(path), "run make all")
    return read_json(path)


def table(name: str) -> pl.DataFrame:
    """Return a table of the study after checking it against its recorded hash.

    Raises:
        StaleError: there is no such table, or it was written again since.
    """
    known = tables()
    if name not in known:
        raise StaleError(
            f"there is no table {name}", str(folder()), f"the tables are {', '.join(known)}"
        )
    study = folder().parent
    path = next(
        (
            p
            for p in (study / part / known[name]["file"] for part in ("processed", "interim"))
            if p.exists()
        ),
        study / "processed" / known[name]["file"],
    )
    # A deposit's tables are those of the study without their texts.
    _check(path, known[name].get(SHARED, known[name]["sha256"]))
    return pl.read_parquet(path)


def _check(path: Path, digest: str) -> None:
    if not path.exists() or sha256(path) != digest:
        raise StaleError(
            "the file is not the one that was published" if path.exists() else "the file is absent",
            str(path),
            "run make all to bring figures, tables and notebooks in step",
        )
