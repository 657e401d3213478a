"""The documents an estimate is about: scores, labels, clusters and groups side by side."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from geostance.validate.portrayal import predicted_class

# Each quantity with the least and the greatest value it can take.
QUANTITIES = {
    "stance": (-1.0, 1.0),
    "share_favourable": (0.0, 1.0),
    "share_unfavourable": (0.0, 1.0),
}

CHANCE = "inclusion_probability"


@dataclass(frozen=True)
class Population:
    """The documents with a score toward one target, in arrays of one entry each."""

    doc_ids: np.ndarray
    clusters: np.ndarray
    predictions: np.ndarray  # (N, 3), a column per quantity
    values: np.ndarray  # (N, 3), relevance times label, 0 without a label
    relevant: np.ndarray  # (N,), share of coders, 0 without a label
    weights: np.ndarray  # (N,), inverse inclusion probability, 0 without a label
    cells: list[tuple[str, str]]  # grouping and group
    members: list[np.ndarray]  # documents of each cell
    drawn: bool  # the labels are a probability sample

    def n_labels(self, members: np.ndarray) -> int:
        """Return how many documents among ``members`` have a label that finds it relevant."""
        labelled = members[self.relevant[members] > 0]
        return len(np.unique(self.doc_ids[labelled]))


def population_of(
    target: str, stance: pl.DataFrame, groups: pl.DataFrame, labels: pl.DataFrame
) -> Population | None:
    """Return the documents of ``groups`` that have a score toward ``target``, None without any.

    ``groups`` and ``labels`` are as in :func:`geostance.validate.estimates.estimate`.
    """
    scores = stance.filter(pl.col("target") == target).select(
        "doc_id", pl.col("stance").alias("score"), predicted_class().alias("class")
    )
    drawn = CHANCE in labels.columns
    chance = pl.col(CHANCE).first() if drawn else pl.lit(1.0)
    judged = (
        labels.filter(pl.col("target") == target)
        .group_by("doc_id")
        .agg(
            pl.col("relevant").mean().alias("judged_relevant"),
            # Null, which is no stance, adds nothing to the sum but counts in the length.
            *((value.sum() / pl.len()).alias(name) for name, value in _label_values()),
            (1 / chance).alias("judged_weight"),
        )
    )
    groupings = [column for column in groups.columns if column not in {"doc_id", "cluster_id"}]
    rows = (
        groups.with_columns(pl.col(groupings).cast(pl.String))
        .join(scores, on="doc_id", how="inner")
        .join(judged, on="doc_id", how="left")
        # The draws follow the order of clusters and sums that of rows: neither may hang
        # on how the caller happened to order them.
        .sort("doc_id", "cluster_id", *groupings)
        .with_columns(pl.col("^judged_.*$").fill_null(0))
    )
    if rows.is_empty():
        return None
    cells, members = [("all", "all")], [np.arange(rows.height)]
    for grouping in groupings:
        present = np.flatnonzero(rows[grouping].is_not_null().to_numpy())
        names, codes = np.unique(rows[grouping].drop_nulls().to_numpy(), return_inverse=True)
        order = present[np.argsort(codes, kind="stable")]
        cells += [(grouping, str(name)) for name in names]
        members += np.split(order, np.cumsum(np.bincount(codes)))[: len(names)]
    return Population(
        doc_ids=rows["doc_id"].to_numpy(),
        clusters=np.unique(rows["cluster_id"].to_numpy(), return_inverse=True)[1],
        predictions=np.stack(
            [rows["score"], rows["class"] == 1, rows["class"] == -1], axis=1
        ).astype(float),
        values=rows.select(name for name, _ in _label_values()).to_numpy().astype(float),
        relevant=rows["judged_relevant"].to_numpy().astype(float),
        weights=rows["judged_weight"].to_numpy().astype(float),
        cells=cells,
        members=members,
        drawn=drawn,
    )


def _label_values() -> list[tuple[str, pl.Expr]]:
    label = pl.col("stance")
    values = (label, label == 1, label == -1)
    return [(f"judged_{name}", value) for name, value in zip(QUANTITIES, values, strict=True)]
