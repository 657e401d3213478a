"""The paragraph of methods a paper needs, filled with the run's own figures."""

from pathlib import Path
from typing import Any

import polars as pl

from geostance.config import Config
from geostance.publish.templating import render


def methods_text(config: Config, tables: dict[str, pl.DataFrame], model: dict[str, Any]) -> str:
    """Return the methods as Markdown, with [@keys] of the bibliography.

    ``tables`` are the study's documents, rejected, cleaned, unique, topics, topic_quality,
    topic_flags, stance and scorer_quality; ``model`` is the record of the topic fit.
    """
    cleaned = tables["cleaned"]
    kept = cleaned.filter(pl.col("dropped_reason").is_null())
    languages = (
        kept.group_by("language").len("n").sort("n", "language", descending=[True, False]).rows()
    )
    topics = tables["topics"]
    macro_f1 = (
        tables["scorer_quality"]
        .filter(pl.col("grouping").is_in(["all", "target"]), measure="macro_f1")
        .drop_nulls("estimate")
        .sort("group")
    )
    return render(
        "methods.md",
        config=config,
        n_read=len(tables["documents"]) + len(tables["rejected"]),
        n_rejected=len(tables["rejected"]),
        n_kept=len(kept),
        n_distinct=int(tables["unique"]["is_representative"].sum()),
        languages=languages,
        topics=model,
        n_topics=topics.filter(pl.col("topic") >= 0)["topic"].n_unique(),
        outlier_share=float((topics["topic"] == -1).mean() or 0),
        quality=_quality(tables["topic_quality"]),
        n_flagged=tables["topic_flags"]["topic"].drop_nulls().n_unique(),
        stance=tables["stance"].group_by("target").len("n").sort("target").rows(),
        macro_f1=macro_f1.rows(named=True),
        n_labels=int(tables["scorer_quality"]["n_labels"].max() or 0),
    )


def _quality(quality: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """Return what was measured over all topics and languages, by measure."""
    rows = quality.filter(
        pl.col("topic").is_null(),
        pl.col("language").is_null(),
        pl.col("estimate").is_not_null(),
        pl.col("unit").is_null() | (pl.col("unit") == "distinct"),
    )
    return {row["measure"]: row for row in rows.iter_rows(named=True)}


def bibliography() -> str:
    """Return the BibTeX entries that the methods cite."""
    return Path(__file__).with_name("references.bib").read_text(encoding="utf-8")
