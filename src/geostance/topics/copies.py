"""Copies of a text share its topic."""

import polars as pl


def copies_follow(table: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """Give each copy the rows of the text that stands for its cluster.

    ``table`` has one row or several for each document that was fitted, which keeps its own;
    ``clusters`` is the table ``unique``.
    """
    fitted = table["doc_id"].unique()
    source = pl.when(pl.col("doc_id").is_in(fitted.implode())).then("doc_id")
    return (
        clusters.select("doc_id", source=source.otherwise("cluster_id"))
        .join(table.rename({"doc_id": "source"}), on="source", maintain_order="left_right")
        .select(table.columns)
        .sort("doc_id", maintain_order=True)
    )
