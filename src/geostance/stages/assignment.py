"""The stage that gives new documents the topics of a fit."""

from pathlib import Path
from typing import Any

import polars as pl

from geostance.config import Config
from geostance.errors import StaleError
from geostance.files import read_json, read_table, write_table
from geostance.stages.basis import Record, found_table, kept_documents
from geostance.stages.topicbasis import (
    chosen_documents,
    encoder_record,
    read_documents,
    topic_guidance,
    topic_passages,
)

# What of the section topics decides which topic a new document gets.
_DECISIVE = (
    "unit",
    "passage_words",
    "zero_shot",
    "zero_shot_similarity",
    "outliers",
    "outlier_similarity",
)


def topics_assign(
    config: Config,
    *,
    cleaned: Path,
    sentences: Path,
    embeddings: Path,
    tables: list[Path],
    output: Path,
) -> Record:
    """Give new documents the topics of a study that was fitted before; ``tables`` are its folders.

    Its configuration must be the one of that fit.
    """
    from geostance.topics.assignment import assign_topics
    from geostance.topics.passages import mixed_topics, passage_shares, with_unit_ids

    path = found_table(tables, "topics")
    model = read_json(path.with_name("topic_model.json"))
    _check(config, model, path)
    old_embeddings = found_table(tables, "embeddings")
    fitted = read_documents(
        kept_documents(found_table(tables, "cleaned")),
        old_embeddings,
        chosen_documents(config.topics, read_table(found_table(tables, "unique"), "unique")),
    )
    new = read_documents(kept_documents(cleaned), embeddings)
    passages = topic_passages(config.topics, new, sentences, embeddings)
    guidance = topic_guidance(config.topics, config.encoder)
    if passages is None:
        saved = _rows(read_table(path, "topics"), fitted.doc_ids, path)
        found = assign_topics(new, fitted, saved, config.topics, guidance)
        topics, shares = found.topics, found.shares
    else:
        old = topic_passages(
            config.topics, fitted, found_table(tables, "sentences"), old_embeddings
        )
        read = read_table(found_table(tables, "topic_passages"), "topic_passages")
        saved = _rows(with_unit_ids(read), old.units.doc_ids, path)
        found = assign_topics(passages.units, old.units, saved, config.topics, guidance)
        topics = mixed_topics(new, passages, found.topics)
        shares = passage_shares(new, passages, found.topics)
    write_table(output.with_name("topic_shares.parquet"), shares, "topic_shares")
    write_table(output, topics, "topics")
    return {
        "read": len(topics),
        "fitted": len(fitted),
        "topics": topics.filter(pl.col("topic") >= 0)["topic"].n_unique(),
        "outliers": int((topics["topic"] == -1).sum()),
    }


def _check(config: Config, model: dict[str, Any], path: Path) -> None:
    own = config.topics.model_dump(mode="json")
    differing = [f"topics.{name}" for name in _DECISIVE if own[name] != model["settings"][name]]
    if encoder_record(config.encoder) != model["encoder"]:
        differing.append("encoder")
    if differing:
        raise StaleError(
            f"the configuration is not that of the fit: {', '.join(differing)}",
            str(path),
            "use the configuration of the fitted study, or fit that study again",
        )


def _rows(table: pl.DataFrame, ids: list[str], path: Path) -> pl.DataFrame:
    """Return the rows of ``ids``, in their order."""
    rows = pl.DataFrame({"doc_id": ids}).join(table, on="doc_id", maintain_order="left")
    if len(rows) != len(ids):
        raise StaleError(
            f"{len(ids) - len(rows)} of the fitted study's documents have no topic",
            str(path),
            "run make all on that study, then this again",
        )
    return rows
