"""The share of each topic over time, by outlet and by language, with its interval."""

import polars as pl

from geostance.proportions import normal_quantile, wilson
from geostance.schema import TABLES

GROUPINGS = ("all", "month", "quarter", "year", "outlet", "language")
CONFIDENCE = 0.95


def topic_trends(
    topics: pl.DataFrame, groups: pl.DataFrame, representatives: pl.DataFrame
) -> pl.DataFrame:
    """Return the schema's table ``topic_trends``, also where a topic has no document.

    A share is that of the group's documents, outliers (topic −1) among them, so that the shares
    of a group sum to 1. Copies of one text are one observation: the interval is Wilson's with the
    effective number of documents, which for distinct texts is their number.

    Args:
        topics: doc_id and topic of every document as printed.
        groups: doc_id, cluster_id and, null where unknown, a column for each grouping but "all".
        representatives: doc_id of the document that stands for each cluster.

    Source: Kish 1965, Survey Sampling, for the effective number.
    """
    printed = groups.join(topics.select("doc_id", "topic"), on="doc_id").with_columns(
        all=pl.lit("all")
    )
    units = {
        "distinct": printed.join(representatives, on="doc_id", how="semi"),
        "printed": printed,
    }
    parts = [
        _shares(own, grouping).with_columns(grouping=pl.lit(grouping), unit=pl.lit(unit))
        for unit, own in units.items()
        for grouping in GROUPINGS
    ]
    return (
        pl.concat(parts)
        .select(*TABLES["topic_trends"])
        .sort(
            "unit",
            pl.col("grouping").replace_strict({g: at for at, g in enumerate(GROUPINGS)}),
            "topic",
            "group",
        )
    )


def _shares(own: pl.DataFrame, grouping: str) -> pl.DataFrame:
    topics = own.select(pl.col("topic").unique())
    own = own.rename({grouping: "group"}).drop_nulls("group")
    copies = own.group_by("group", "cluster_id").agg(size=pl.len().cast(pl.Int64))
    totals = copies.group_by("group").agg(
        n_group=pl.col("size").sum(),
        # Kish: the number of independent documents that would tell as much.
        effective=pl.col("size").sum() ** 2 / (pl.col("size") ** 2).sum(),
    )
    found = own.group_by("topic", "group").agg(n=pl.len().cast(pl.Int64))
    p = pl.col("n") / pl.col("n_group")
    low, high = wilson(p, pl.col("effective"), normal_quantile(CONFIDENCE))
    return (
        topics.join(totals, how="cross")
        .join(found, on=["topic", "group"], how="left")
        .with_columns(pl.col("n").fill_null(0))
        # At 0 and 1 rounding would else leave the share just outside its interval.
        .with_columns(
            share=p,
            low=pl.min_horizontal(low.clip(0, 1), p),
            high=pl.max_horizontal(high.clip(0, 1), p),
        )
    )
