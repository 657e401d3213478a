"""What several stages do alike."""

from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl

from geostance.errors import InputError
from geostance.files import read_table

Record = dict[str, Any]


def kept_documents(cleaned: Path) -> pl.DataFrame:
    """Return the cleaned documents that were not set aside, without their blocks."""
    return read_table(cleaned, "cleaned", ["blocks"]).filter(pl.col("dropped_reason").is_null())


def described_documents(
    documents: Path | pl.DataFrame, kept: pl.DataFrame, topics: Path | None = None
) -> pl.DataFrame:
    """Return the ``kept`` documents with all by which they can be grouped, TOPICS if given.

    ``documents`` is the file, or the table where it was read already.
    """
    from geostance.groups import describe_documents

    if isinstance(documents, Path):
        documents = read_table(documents, "documents", ["text"])
    described = describe_documents(documents, kept.select("doc_id", "language"))
    if topics is None:
        return described
    info = read_table(topics.with_name("topic_info.parquet"), "topic_info")
    labelled = read_table(topics, "topics").join(info.select("topic", "label"), on="topic")
    return described.join(labelled.select("doc_id", topic="label"), on="doc_id", how="left")


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
