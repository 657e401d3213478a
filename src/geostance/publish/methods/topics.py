"""What the methods say of encoder, topics and their assessment."""

from typing import Any

import polars as pl

from geostance.publish.methods.study import Facts, Section, Study


def _encoder(study: Study) -> Facts:
    return {
        "card": study.card("encoder"),
        "n_sentences": len(study.tables["sentences"]),
        "prompt": study.config.encoder.prompt,
        "versions": study.versions,
    }


def _topics(study: Study) -> Facts:
    topics, model = study.tables["topics"], study.topic_model
    edits = study.tables["topic_edits"]
    return {
        "model": model,
        "own": model["settings"],
        "n_topics": topics.filter(pl.col("topic") >= 0)["topic"].n_unique(),
        "outlier_share": float((topics["topic"] == -1).mean() or 0),
        "description": study.config.topics,
        "n_edits": len(edits.filter(pl.col("status") != "lost")),
    }


def _assessment(study: Study) -> Facts | None:
    quality = _measures(study.tables["topic_quality"])
    if "npmi" not in quality:
        return None
    from geostance.topics.leakage import BASELINE

    return {
        "quality": quality,
        "n_topics": study.tables["topics"].filter(pl.col("topic") >= 0)["topic"].n_unique(),
        "n_flagged": study.tables["topic_flags"]["topic"].drop_nulls().n_unique(),
        "own": study.config.topics.quality,
        "baseline": BASELINE,
    }


def _measures(quality: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """Return what was measured over all topics and languages, by measure."""
    rows = quality.filter(
        pl.col("topic").is_null(),
        pl.col("language").is_null(),
        pl.col("estimate").is_not_null(),
        pl.col("unit").is_null() | (pl.col("unit") == "distinct"),
    )
    return {row["measure"]: row for row in rows.iter_rows(named=True)}


ENCODER = Section("encoder", _encoder, ("sentences",))
TOPICS = Section("topics", _topics, ("topics", "topic_edits"))
ASSESSMENT = Section("assessment", _assessment, ("topic_quality", "topic_flags", "topics"))
