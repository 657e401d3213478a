"""Events that a figure over time marks: a small CSV of the researcher's own."""

from datetime import date
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from geostance.errors import InputError

_SCHEMA = {"date": pl.Date, "label": pl.String, "target": pl.String}
_MEND = "give a CSV in UTF-8 with the columns date (2024-03-12), label and, if you like, target"


def read_events(path: Path) -> pl.DataFrame:
    """Return ``date``, ``label`` and ``target`` of each event, the first one first.

    ``target`` names the only target an event is marked for; it is null where there is no such
    column, or where it is empty.

    Raises:
        InputError: the file is no such CSV, or a row lacks its date or its label.
    """
    try:
        rows = pl.read_csv(path, infer_schema=False)
    except (PolarsError, OSError) as error:
        raise InputError(
            f"the events cannot be read: {str(error).splitlines()[0]}", str(path), _MEND
        ) from error
    if absent := [name for name in ("date", "label") if name not in rows.columns]:
        raise InputError(f"the events lack the column {', '.join(absent)}", str(path), _MEND)
    if "target" not in rows.columns:
        rows = rows.with_columns(target=pl.lit(None, dtype=pl.String))
    found = []
    for line, (day, label, target) in enumerate(rows.select(*_SCHEMA).iter_rows(), 2):
        label = (label or "").strip()
        try:
            found.append((date.fromisoformat((day or "").strip()), label, (target or "").strip()))
        except ValueError as error:
            raise InputError(f'"{day}" is no date', f"{path}, line {line}", _MEND) from error
        if not label:
            raise InputError("an event has no label", f"{path}, line {line}", _MEND)
    return (
        pl.DataFrame(found, schema=_SCHEMA, orient="row")
        .with_columns(pl.col("target").replace("", None))
        .sort("date", "label")
    )
