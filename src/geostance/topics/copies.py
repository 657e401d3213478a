"""Copies of a text share its topic."""

import polars as pl


def copies_follow(topics: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """Give each copy the topic of the text that stands for its cluster.

    ``topics`` is the table of that name for some documents, ``clusters`` the table ``unique``.
    """
    of_cluster = clusters.select("doc_id", "cluster_id").join(topics, on="doc_id")
    return (
        clusters.select("doc_id", "cluster_id")
        .join(of_cluster.drop("doc_id").unique("cluster_id"), on="cluster_id")
        .drop("cluster_id")
        .sort("doc_id")
        if len(of_cluster) < len(clusters)
        else topics
    )
