"""The documents an estimate is about: scores, labels, clusters and groups side by side."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from geostance.validate.correction import Evidence
from geostance.validate.portrayal import predicted_class

# Each quantity with the least and the greatest value it can take.
QUANTITIES = {
    "stance": (-1.0, 1.0),
    "share_favourable": (0.0, 1.0),
    "share_unfavourable": (0.0, 1.0),
}

Unit = Literal["distinct", "printed"]

CHANCE = "inclusion_probability"
# In which part of the corpus a document was drawn; without it all were drawn from one.
STRATUM = "stratum"


@dataclass(frozen=True)
class Population:
    """The documents with a score toward one target, in arrays of one entry each."""

    doc_ids: np.ndarray
    columns: pl.DataFrame  # what is known of the documents
    clusters: np.ndarray
    predictions: np.ndarray  # (N, 3), a column per quantity
    values: np.ndarray  # (N, 3), relevance times label, 0 without a label
    relevant: np.ndarray  # (N,), share of coders, 0 without a label
    weights: np.ndarray  # (N,), inverse inclusion probability, 0 without a label
    strata: np.ndarray  # (N,), code of the stratum a labelled document was drawn in
    cells: list[tuple[str, str]]  # grouping and group
    members: list[np.ndarray]  # documents of each cell
    drawn: bool  # the labels are a probability sample

    def evidence(self, column: int, members: np.ndarray) -> Evidence:
        """Return what scores and labels say of one quantity of some documents."""
        return Evidence(
            self.predictions[members, column],
            self.values[members, column],
            self.relevant[members],
            self.weights[members],
            self.clusters[members],
            self.strata[members],
        )

    def scores(self, column: int, members: np.ndarray) -> Evidence:
        """Return what the scores alone say of one quantity of some documents."""
        return Evidence.of_predictions(self.predictions[members, column], self.clusters[members])

    def n_clusters(self, members: np.ndarray) -> int:
        """Return how many distinct texts stand among ``members``."""
        return len(np.unique(self.clusters[members]))

    def n_labels(self, members: np.ndarray) -> int:
        """Return how many documents among ``members`` have a label that finds it relevant."""
        labelled = members[self.relevant[members] > 0]
        return len(np.unique(self.doc_ids[labelled]))


def usable_labels(labels: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Return the labels that estimates can rest on, and short notes of what is in the way."""
    if labels.is_empty():
        return labels, ["no labels: nothing is corrected"]
    if CHANCE not in labels.columns:
        return labels, [f"labels without {CHANCE}: nothing is corrected"]
    known = labels.filter(pl.col(CHANCE).is_not_null())
    left_out = labels.height - known.height
    notes = [f"{left_out} labels without {CHANCE} left out"]
    return known, notes if left_out else []


def populations(
    stance: pl.DataFrame,
    documents: pl.DataFrame,
    labels: pl.DataFrame,
    groupings: Collection[str] | None = None,
) -> dict[str, Population]:
    """Return, for each target, the documents that have a score toward it, with their labels.

    They have a stance row, so a relevant label of a document without a row is outside
    (detection recall says how many there are). Several coders of a document count as their mean.
    Where a label carries ``inclusion_probability``, those without are left out; where they carry
    ``stratum``, they were drawn within strata.

    Args:
        stance: the table ``stance``.
        documents: those that count, one row each: ``doc_id``, ``cluster_id`` and what is known of
            them, null where it is not. For the unit ``printed`` copies that were not scored
            themselves stand under the doc_id of the copy that was: its scores and labels then
            count once for each.
        labels: from :func:`geostance.validate.labels.read_labels`.
        groupings: the columns of ``documents`` by which they are grouped; all, if not given.
    """
    usable = usable_labels(labels)[0]
    found = {
        target: _population_of(target, stance, documents, usable, groupings)
        for target in stance["target"].unique().sort()
    }
    return {target: population for target, population in found.items() if population}


def _population_of(
    target: str,
    stance: pl.DataFrame,
    documents: pl.DataFrame,
    labels: pl.DataFrame,
    groupings: Collection[str] | None,
) -> Population | None:
    scores = stance.filter(pl.col("target") == target).select(
        "doc_id", pl.col("stance").alias("score"), predicted_class().alias("class")
    )
    drawn = CHANCE in labels.columns
    chance = pl.col(CHANCE).first() if drawn else pl.lit(None, pl.Float64)
    stratum = pl.col(STRATUM).first() if STRATUM in labels.columns else pl.lit(None, pl.String)
    judged = (
        labels.filter(pl.col("target") == target)
        .group_by("doc_id")
        .agg(
            pl.col("relevant").mean().alias("judged_relevant"),
            # Null, which is no stance, adds nothing to the sum but counts in the length.
            *((value.sum() / pl.len()).alias(name) for name, value in _label_values()),
            (1 / chance).alias("judged_weight"),
            stratum.alias("stratum_drawn"),
        )
    )
    known = [column for column in documents.columns if column not in {"doc_id", "cluster_id"}]
    rows = (
        documents.join(scores, on="doc_id", how="inner")
        .join(judged, on="doc_id", how="left")
        # The draws follow the order of clusters and sums that of rows: neither may hang
        # on how the caller happened to order them.
        .sort("doc_id", "cluster_id", *known)
    )
    # Labels of unknown chance are taken for an equal share of the documents, for want of better.
    labelled = pl.col("judged_relevant").is_not_null()
    rows = rows.with_columns(
        judged_weight=pl.when(labelled).then(pl.col("judged_weight").fill_null(1 / labelled.mean()))
    ).with_columns(pl.col("^judged_.*$").fill_null(0))
    if rows.is_empty():
        return None
    cells, members = [("all", "all")], [np.arange(rows.height)]
    for grouping in known if groupings is None else groupings:
        present = np.flatnonzero(rows[grouping].is_not_null().to_numpy())
        written = rows[grouping].drop_nulls().cast(pl.String).to_numpy()
        names, codes = np.unique(written, return_inverse=True)
        order = present[np.argsort(codes, kind="stable")]
        cells += [(grouping, str(name)) for name in names]
        members += np.split(order, np.cumsum(np.bincount(codes)))[: len(names)]
    return Population(
        doc_ids=rows["doc_id"].to_numpy(),
        columns=rows.select(known),
        clusters=np.unique(rows["cluster_id"].to_numpy(), return_inverse=True)[1],
        predictions=np.stack(
            [rows["score"], rows["class"] == 1, rows["class"] == -1], axis=1
        ).astype(float),
        values=rows.select(name for name, _ in _label_values()).to_numpy().astype(float),
        relevant=rows["judged_relevant"].to_numpy().astype(float),
        weights=rows["judged_weight"].to_numpy().astype(float),
        strata=np.unique(rows["stratum_drawn"].fill_null("").to_numpy(), return_inverse=True)[1],
        cells=cells,
        members=members,
        drawn=drawn,
    )


def _label_values() -> list[tuple[str, pl.Expr]]:
    label = pl.col("stance")
    values = (label, label == 1, label == -1)
    return [(f"judged_{name}", value) for name, value in zip(QUANTITIES, values, strict=True)]
