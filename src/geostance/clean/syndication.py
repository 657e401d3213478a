"""Where and when a text was printed: one row for each text printed more than once."""

import polars as pl

from geostance.schema import TABLES


def syndication_table(unique: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """Return the table ``syndication``: one row per cluster of two documents or more.

    ``documents`` gives doc_id, date, date_precision, outlet and title. Dates not known to the
    day count as unknown.
    """
    copies = unique.filter(pl.col("cluster_size") > 1).select("doc_id", "cluster_id")
    outlets = pl.col("outlet").drop_nulls().unique(maintain_order=True)
    return (
        as_printed(copies.join(documents, on="doc_id", how="left"))
        .group_by("cluster_id")
        .agg(
            first_doc_id=pl.col("doc_id").first(),
            first_date=pl.col("day").min(),
            last_date=pl.col("day").max(),
            n_printed=pl.len().cast(pl.Int64),
            outlets=outlets,
            n_outlets=outlets.len().cast(pl.Int64),
            title=pl.col("title").first(),
        )
        .with_columns(
            spread_days=(pl.col("last_date") - pl.col("first_date")).dt.total_days(),
        )
        .select(*TABLES["syndication"])
        .sort("cluster_id")
    )


def as_printed(documents: pl.DataFrame) -> pl.DataFrame:
    """Return ``documents`` in the order of printing, with ``day``: the date if it is known so far.

    Documents of a known day come first, by day; then those of a month or year, by it; then
    the undated. Ties go by doc_id.
    """
    known = pl.col("date_precision").fill_null("day") == "day"
    return documents.with_columns(day=pl.when(known).then("date")).sort(
        "day", "date", "doc_id", nulls_last=True
    )
