"""Whether topics are made of many texts, or of one agency's printed many times."""

import numpy as np
import polars as pl


def effective_number(counts: np.ndarray) -> float:
    """Return how many groups of equal size would be as concentrated: 1 / Σ share².

    Source: Laakso and Taagepera 1979.
    """
    shares = counts / counts.sum()
    return float(1 / (shares**2).sum())


def copies_of_topics(printed: pl.DataFrame) -> pl.DataFrame:
    """Return how far each topic is made of copies of few texts.

    Args:
        printed: one row a document as printed, with ``topic``, ``cluster_id`` and ``outlet``
            (null where it names none).

    Returns:
        One row a topic: ``topic``, ``n_printed``, ``n_distinct`` texts; ``copies_share``, the
        share of its printed documents that are copies of another of them; ``story_share`` and
        ``three_stories_share``, that of its most printed text and of its three (null where no
        text was printed twice); ``outlet_share``, that of its largest outlet, and
        ``effective_outlets`` (null without outlets).
    """
    stories = (
        printed.group_by("topic", "cluster_id")
        .len("n")
        .sort(["topic", "n", "cluster_id"], descending=[False, True, False])
        .group_by("topic", maintain_order=True)
        .agg(pl.col("n"))
    )
    outlets = (
        printed.drop_nulls("outlet")
        .group_by("topic", "outlet")
        .len("n")
        .sort("topic", "outlet")
        .group_by("topic", maintain_order=True)
        .agg(pl.col("n"))
    )
    rows = []
    named = dict(outlets.iter_rows())
    for topic, counts in stories.iter_rows():
        n_printed, repeated = sum(counts), [n for n in counts[:3] if n > 1]
        own = np.array(named.get(topic, []), dtype=float)
        rows.append(
            (
                topic,
                n_printed,
                len(counts),
                1 - len(counts) / n_printed,
                repeated[0] / n_printed if repeated else None,
                sum(repeated) / n_printed if repeated else None,
                float(own.max() / own.sum()) if len(own) else None,
                effective_number(own) if len(own) else None,
            )
        )
    schema = {
        "topic": pl.Int64,
        "n_printed": pl.Int64,
        "n_distinct": pl.Int64,
        "copies_share": pl.Float64,
        "story_share": pl.Float64,
        "three_stories_share": pl.Float64,
        "outlet_share": pl.Float64,
        "effective_outlets": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
