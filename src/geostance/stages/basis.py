"""What several stages do alike."""

from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl

from geostance.errors import InputError
from geostance.files import read_table

Record = dict[str, Any]


def kept_documents(cleaned: Path) -> pl.DataFrame:
    """Return the cleaned documents that were not set aside."""
    return read_table(cleaned, "cleaned").filter(pl.col("dropped_reason").is_null())


def count_reasons(reasons: pl.Series) -> Record:
    """Return how often each reason was given, the most frequent first; empty without any."""
    counted = sorted(Counter(reasons).items(), key=lambda item: (-item[1], item[0]))
    return {"dropped": dict(counted)} if counted else {}


def files_of(folder: Path) -> list[Path]:
    """Return the files that lie in ``folder`` itself, by name."""
    return sorted(path for path in folder.glob("*") if path.is_file())


def found_table(folders: list[Path], name: str) -> Path:
    """Return the file of a table, in the first of ``folders`` that has it.

    Raises:
        InputError: none has.
    """
    for folder in folders:
        path = folder / f"{name}.parquet"
        if path.exists():
            return path
    raise InputError(
        f"the table {name} is not there",
        ", ".join(str(folder) for folder in folders),
        "run make clean with the same DATA, then make all",
    )
