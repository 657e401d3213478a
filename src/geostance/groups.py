"""The groups whose estimates are asked: outlets, periods, topics, any metadata, and crossings."""

from collections.abc import Iterable

import polars as pl

from geostance.errors import ConfigError

PERIODS = ("month", "quarter", "year")
# Between the names of columns and of groups that are crossed.
_CROSSED = " × "
_DAYS_OF_A_YEAR = 365.25


def describe_documents(articles: pl.DataFrame, languages: pl.DataFrame) -> pl.DataFrame:
    """Return one row per cleaned document with all by which it can be grouped but its topic.

    Args:
        articles: the table ``documents``, with any further columns the source gave.
        languages: ``doc_id`` and the ``language`` that cleaning found.

    Returns:
        ``doc_id``, ``outlet``, ``language``, ``month``, ``quarter``, ``year``, ``time`` (years
        since the first date) and the further columns, null where unknown.
    """
    date = pl.col("date")
    return (
        articles.drop("language")
        .join(languages, on="doc_id")
        .with_columns(
            month=_known_to_the_month(date.dt.strftime("%Y-%m")),
            quarter=_known_to_the_month(pl.format("{}-Q{}", date.dt.year(), date.dt.quarter())),
            year=date.dt.strftime("%Y"),
            time=(date - date.min()).dt.total_days() / _DAYS_OF_A_YEAR,
        )
    )


def grouped(documents: pl.DataFrame, groupings: Iterable[str | tuple[str, ...]]) -> pl.DataFrame:
    """Return ``doc_id`` and one column per grouping; crossed columns are joined by "×".

    Args:
        documents: from :func:`describe_documents`.
        groupings: names of its columns, or several to cross.

    Raises:
        ConfigError: no document has such a column.
    """
    crossed = [(one,) if isinstance(one, str) else one for one in groupings]
    known = set(documents.columns) - {"doc_id"}
    if unknown := sorted({name for names in crossed for name in names} - known):
        raise ConfigError(
            f"no document has a column {', '.join(unknown)}",
            "validation.groupings, validation.regressions or sensitivity.differences",
            f"the columns are {', '.join(sorted(known))}",
        )
    return documents.select(
        "doc_id",
        *(
            pl.col(names[0])
            if len(names) == 1
            else pl.concat_str(*names, separator=_CROSSED).alias(_CROSSED.join(names))
            for names in crossed
        ),
    )


def _known_to_the_month(period: pl.Expr) -> pl.Expr:
    """Return ``period`` where the date tells the month; a season lies in several of them."""
    return pl.when(pl.col("date_precision").is_in(["day", "month"])).then(period)
