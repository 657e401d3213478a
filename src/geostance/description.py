"""What a corpus holds: counts, spans, gaps and lengths, and what was lost with its reason."""

from collections.abc import Iterable
from typing import NamedTuple

import polars as pl

from geostance.schema import TABLES

# Runs of letters and digits, with what belongs inside a word in French and English.
_WORD = r"[\p{L}\p{M}\p{N}]+"
# Columns of documents that say where a record stands, and not what the source gave of it.
_PLACE = frozenset({"doc_id", "source", "position", "date_precision", "text"})


class Description(NamedTuple):
    """The tables ``description``, ``missing`` and ``losses``."""

    groups: pl.DataFrame
    missing: pl.DataFrame
    losses: pl.DataFrame


class Lengths(NamedTuple):
    """What :func:`measure` keeps of the cleaned texts.

    ``texts`` has doc_id, language, dropped_reason, untitled and n_words of each document;
    ``blocks`` has the number of blocks, and of documents they stand in, by reason: null for
    those that were kept.
    """

    texts: pl.DataFrame
    blocks: pl.DataFrame


def measure(cleaned: Iterable[pl.DataFrame]) -> Lengths:
    """Return the lengths and losses of the table ``cleaned``, given in parts."""
    texts, blocks = [], []
    for part in cleaned:
        texts.append(
            part.select(
                "doc_id",
                "language",
                "dropped_reason",
                untitled=pl.col("title").is_null(),
                n_words=word_count(),
            )
        )
        exploded = part.select("doc_id", "blocks").explode("blocks").unnest("blocks")
        blocks.append(
            exploded.select("doc_id", reason=pl.when(~pl.col("kept")).then("reason"))
            .drop_nulls("doc_id")
            .group_by("reason")
            .agg(n=pl.len(), n_documents=pl.col("doc_id").n_unique())
        )
    counted = pl.concat(blocks).group_by("reason").agg(pl.col("n", "n_documents").sum())
    return Lengths(pl.concat(texts), counted.sort(["n", "reason"], descending=[True, False]))


def describe(
    documents: pl.DataFrame, rejected: pl.DataFrame, lengths: Lengths, unique: pl.DataFrame
) -> Description:
    """Describe a corpus; texts count as printed, and once for each group of copies.

    Args:
        documents: the table ``documents``; its texts are not needed.
        rejected: the table ``rejected``.
        lengths: what :func:`measure` found in ``cleaned``.
        unique: the table ``unique``.
    """
    kept = (
        lengths.texts.filter(pl.col("dropped_reason").is_null())
        .select("doc_id", "untitled", "n_words", language=pl.col("language").fill_null("und"))
        .join(documents.select("doc_id", "outlet", "date"), on="doc_id")
        .join(unique.select("doc_id", "is_representative"), on="doc_id", how="left")
        .with_columns(pl.col("is_representative").fill_null(True))
    )
    groupings = {
        "all": pl.lit("all"),
        "outlet": pl.col("outlet"),
        "language": pl.col("language"),
        "year": pl.col("date").dt.year().cast(pl.String),
        "words": length_class(pl.col("n_words")),
    }
    groups = pl.concat(
        _counted(kept.with_columns(group=group), grouping) for grouping, group in groupings.items()
    )
    return Description(
        groups.select(*TABLES["description"]),
        _missing(documents.join(kept, on="doc_id", how="semi")),
        _losses(documents, rejected, lengths, unique),
    )


def word_count() -> pl.Expr:
    """Return how many words the column ``text`` has."""
    return pl.col("text").str.count_matches(_WORD).cast(pl.Int64)


def length_class(n_words: pl.Expr) -> pl.Expr:
    """Return the first of the words of a class that doubles: 0, 1, 2, 4, 8 …"""
    # The small addition keeps the powers of two on their side of the rounding.
    low = pl.lit(2).pow((n_words.log(2) + 1e-9).floor()).cast(pl.Int64)
    return pl.when(n_words > 0).then(low).otherwise(0).cast(pl.String)


def _counted(kept: pl.DataFrame, grouping: str) -> pl.DataFrame:
    return (
        kept.drop_nulls("group")
        .group_by("group")
        .agg(
            n_documents=pl.len().cast(pl.Int64),
            n_distinct=pl.col("is_representative").sum().cast(pl.Int64),
            n_outlets=pl.col("outlet").drop_nulls().n_unique().cast(pl.Int64),
            first_date=pl.col("date").min(),
            last_date=pl.col("date").max(),
            n_undated=pl.col("date").is_null().sum().cast(pl.Int64),
            n_untitled=pl.col("untitled").sum().cast(pl.Int64),
            n_words=pl.col("n_words").sum(),
            median_words=pl.col("n_words").median(),
        )
        .with_columns(grouping=pl.lit(grouping))
        .sort(["n_documents", "group"], descending=[True, False])
    )


def _missing(kept: pl.DataFrame) -> pl.DataFrame:
    fields = [name for name in kept.columns if name not in _PLACE]
    rows = [(name, kept[name].null_count(), len(kept)) for name in fields]
    schema = {"field": pl.String, "n_missing": pl.Int64, "n_documents": pl.Int64}
    return (
        pl.DataFrame(rows, schema=schema, orient="row")
        .with_columns(missing_share=pl.col("n_missing") / pl.col("n_documents"))
        .fill_nan(None)
        .select(*TABLES["missing"])
    )


def _losses(
    documents: pl.DataFrame, rejected: pl.DataFrame, lengths: Lengths, unique: pl.DataFrame
) -> pl.DataFrame:
    copies = unique.filter(~pl.col("is_representative"))
    n_blocks = int(lengths.blocks["n"].sum())
    dropped = lengths.blocks.drop_nulls("reason")
    parts = [
        _by_reason(rejected["reason"], "rejected", len(documents) + len(rejected)),
        _by_reason(lengths.texts["dropped_reason"].drop_nulls(), "set_aside", len(documents)),
        _by_reason(pl.Series(["copy"] * len(copies), dtype=pl.String), "copy", len(unique)),
        dropped.select(
            "reason",
            "n",
            "n_documents",
            step=pl.lit("block"),
            share=pl.col("n") / max(n_blocks, 1),
        ),
    ]
    return pl.concat(part.select(*TABLES["losses"]).cast(TABLES["losses"]) for part in parts)


def _by_reason(reasons: pl.Series, step: str, of: int) -> pl.DataFrame:
    return (
        pl.DataFrame({"reason": reasons})
        .group_by("reason")
        .agg(n=pl.len())
        .sort(["n", "reason"], descending=[True, False])
        .with_columns(step=pl.lit(step), n_documents=pl.col("n"), share=pl.col("n") / max(of, 1))
    )
