"""The topics of a study's fit, as the browser shows them."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from geostance.errors import StaleError
from geostance.files import read_table
from geostance.sentences import full_text
from geostance.topics.copies import copies_follow


@dataclass(frozen=True)
class Article:
    """A document to be read."""

    doc_id: str
    language: str
    outlet: str
    date: str
    title: str
    text: str


@dataclass(frozen=True)
class FittedTopics:
    """Tables of one fit, before any edit.

    ``topics`` holds the documents that were fitted, ``assigned`` their copies too; ``words``,
    ``info`` and ``centres`` are the tables ``topic_words``, ``topic_info`` and ``topic_centres``.
    """

    topics: pl.DataFrame
    assigned: pl.DataFrame
    words: pl.DataFrame
    info: pl.DataFrame
    centres: pl.DataFrame
    articles: dict[str, Article]


def read_fitted(study: Path) -> FittedTopics:
    """Read what a study's folder holds of its topics.

    Raises:
        StaleError: the topics of the study are not there yet.
        SchemaError: a table is damaged.
    """
    processed, interim = study / "processed", study / "interim"
    paths = {
        "topics": processed / "topics_fitted.parquet",
        "topic_words": processed / "topic_words_fitted.parquet",
        "topic_info": processed / "topic_info_fitted.parquet",
        "topic_centres": processed / "topic_centres.parquet",
        "unique": interim / "unique.parquet",
        "cleaned": interim / "cleaned.parquet",
        "documents": interim / "documents.parquet",
    }
    if absent := [str(path) for path in paths.values() if not path.exists()]:
        raise StaleError(
            "the topics of this study are not there yet",
            ", ".join(absent),
            "run make all with this study as DATA, or name the folder of another study",
        )
    without = {"cleaned": ["blocks"], "documents": ["text", "title", "language"]}
    tables = {name: read_table(path, name, without.get(name, [])) for name, path in paths.items()}
    centres = tables["topic_centres"]
    shown = (
        tables["cleaned"]
        .join(centres, on="doc_id", how="semi")
        .join(tables["documents"].select("doc_id", "outlet", "date"), on="doc_id", how="left")
    )
    articles = {
        row["doc_id"]: Article(
            row["doc_id"],
            row["language"] or "und",
            row["outlet"] or "",
            str(row["date"] or ""),
            # A deposit has the tables without their texts.
            row["title"] or (row["text"] or row["doc_id"])[:80],
            full_text(row["title"], row["text"] or ""),
        )
        for row in shown.iter_rows(named=True)
    }
    return FittedTopics(
        tables["topics"],
        copies_follow(tables["topics"], tables["unique"]),
        tables["topic_words"],
        tables["topic_info"],
        centres,
        articles,
    )
