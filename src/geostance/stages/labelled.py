"""The labels of a study, and the documents they are to speak for."""

from pathlib import Path

import polars as pl

from geostance.files import read_table
from geostance.settings.stance import StanceSettings
from geostance.stages.basis import files_of


def study_labels(
    annotations: Path,
    settings: StanceSettings,
    articles: pl.DataFrame,
    clusters: pl.DataFrame,
    frame: Path | None,
) -> pl.DataFrame:
    """Return the labels of kept articles toward the targets of the study, with their cluster.

    Those of other targets, and of articles that cleaning set aside, belong to another question.
    """
    from geostance.targets import load_targets
    from geostance.validate import read_labels

    known = load_targets(settings.targets_file)
    drawn = read_table(frame, "frame") if frame else None
    return (
        read_labels(files_of(annotations), articles, known, drawn)
        .filter(pl.col("target").is_in(settings.targets))
        .drop("cluster_id", strict=False)
        .join(clusters.select("doc_id", "cluster_id"), on="doc_id")
    )


def counted_documents(clusters: pl.DataFrame, unit: str, documents: pl.DataFrame) -> pl.DataFrame:
    """Return the ``documents`` that count as one unit.

    Each copy as printed stands for itself in outlet and date, and under the text that was
    labelled for all of them.
    """
    named = clusters.select("doc_id", "cluster_id", "is_representative")
    joined = named.join(documents, on="doc_id")
    if unit == "distinct":
        return joined.filter("is_representative").drop("is_representative")
    return joined.with_columns(doc_id="cluster_id").drop("is_representative")
