"""What several stages do alike."""

from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl

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


def document_groups(documents: Path, clusters: pl.DataFrame, cleaned: Path) -> pl.DataFrame:
    """Return doc_id and cluster_id of the documents kept, and the groups that each is in.

    These are outlet, language, month, quarter and year; null where they are not known.
    """
    articles = read_table(documents, "documents", ["text"])
    return (
        clusters.select("doc_id", "cluster_id")
        .join(articles.select("doc_id", "outlet", "date", "date_precision"), on="doc_id")
        .join(kept_documents(cleaned).select("doc_id", "language"), on="doc_id")
        .select(
            "doc_id",
            "cluster_id",
            "outlet",
            "language",
            month=known_to_the_month(pl.col("date").dt.strftime("%Y-%m")),
            quarter=known_to_the_month(
                pl.format("{}-Q{}", pl.col("date").dt.year(), pl.col("date").dt.quarter())
            ),
            year=pl.col("date").dt.strftime("%Y"),
        )
    )


def known_to_the_month(period: pl.Expr) -> pl.Expr:
    """Return ``period`` where the date tells the month; a season lies in several of them."""
    return pl.when(pl.col("date_precision").is_in(["day", "month"])).then(period)
