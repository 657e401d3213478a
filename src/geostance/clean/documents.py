"""Clean a table of documents."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import polars as pl

from geostance.clean.folding import words
from geostance.clean.repeats import Repeats, key
from geostance.clean.text import Cleaned, clean_texts
from geostance.schema import BLOCK, TABLES
from geostance.settings.corpus import CleanSettings

# A block of the table ``cleaned`` is a block of the text without its rule.
_BLOCK_FIELDS = len(BLOCK.fields)
# Of so many characters on, a text has the least number of words for certain.
_CHARACTERS_PER_WORD = 60


class CleanedTables(NamedTuple):
    """The tables ``cleaned``, a row per document, and ``dropped``, a row per dropped block."""

    cleaned: pl.DataFrame
    dropped: pl.DataFrame


def clean_documents(
    documents: pl.DataFrame, settings: CleanSettings, repeats: Repeats | None = None
) -> pl.DataFrame:
    """Return the table ``cleaned`` of :func:`clean_tables`."""
    return clean_tables(documents, settings, repeats).cleaned


def clean_tables(
    documents: pl.DataFrame, settings: CleanSettings, repeats: Repeats | None = None
) -> CleanedTables:
    """Return the tables ``cleaned`` and ``dropped`` of the table ``documents``, or of a part.

    A document with fewer than ``settings.min_words`` words left, headline counted,
    keeps its row with ``dropped_reason`` "empty" or "too_short". ``repeats`` is what
    ``learn_repeats`` found in the whole table.
    """
    learned = repeats or Repeats()
    if "outlet" not in documents.columns:
        documents = documents.with_columns(outlet=pl.lit(None, pl.String))
    columns = documents.select("doc_id", "text", "title", "language", "outlet")
    rows: list[tuple[Any, ...]] = []
    blocks: list[tuple[Any, ...]] = []
    lengths: list[int] = []
    dropped: list[tuple[Any, ...]] = []
    given = list(columns.iter_rows())
    texts = clean_texts(
        (text or "", title, _primary(language), learned.of(outlet))
        for _, text, title, language, outlet in given
    )
    for (doc_id, *_, outlet), cleaned in zip(given, texts, strict=True):
        own = learned.of(outlet)
        rows.append(_row(doc_id, cleaned, settings))
        lengths.append(len(cleaned.blocks))
        blocks += [b[:_BLOCK_FIELDS] for b in cleaned.blocks]
        dropped += _dropped(doc_id, outlet, cleaned, {**own.lines, **own.edges})
    frame = pl.DataFrame(
        rows,
        schema={name: kind for name, kind in TABLES["cleaned"].items() if name != "blocks"},
        orient="row",
    ).with_columns(blocks=_nested(blocks, lengths))
    return CleanedTables(frame, pl.DataFrame(dropped, schema=TABLES["dropped"], orient="row"))


def _row(doc_id: str, cleaned: Cleaned, settings: CleanSettings) -> tuple[Any, ...]:
    return (
        doc_id,
        cleaned.title,
        cleaned.text,
        cleaned.language,
        cleaned.language_confidence,
        _reason(cleaned, settings.min_words),
    )


def _reason(cleaned: Cleaned, least: int) -> str | None:
    if cleaned.text.count(" ") >= _CHARACTERS_PER_WORD * least:
        return None
    n_words = len(words(cleaned.title or "")) + len(words(cleaned.text))
    return None if n_words >= least else "too_short" if n_words else "empty"


def _dropped(
    doc_id: str, outlet: str | None, cleaned: Cleaned, shares: dict[str, float]
) -> Iterator[tuple[Any, ...]]:
    for block in cleaned.blocks:
        if not block.kept:
            learned = block.reason == "repeated_in_outlet"
            share = shares.get(key(block.text)) if learned else None
            yield (
                doc_id,
                outlet,
                block.start,
                block.end,
                block.text,
                block.reason,
                block.rule,
                share,
            )


def _nested(blocks: list[tuple[Any, ...]], lengths: list[int]) -> pl.Series:
    """Return a list of structs per document; made of whole columns, it takes a tenth."""
    flat = pl.DataFrame(blocks, schema=dict(BLOCK.to_schema()), orient="row").to_struct("blocks")
    owners = pl.Series("owner", range(len(lengths)), dtype=pl.UInt32)
    lists = (
        pl.DataFrame(
            {
                "owner": owners.gather(
                    [n for n, length in enumerate(lengths) for _ in range(length)]
                ),
                "blocks": flat,
            }
        )
        .group_by("owner", maintain_order=True)
        .agg("blocks")
    )
    joined = pl.DataFrame({"owner": owners}).join(
        lists, on="owner", how="left", maintain_order="left"
    )
    return joined["blocks"].fill_null([])


def _primary(tag: str | None) -> str | None:
    """Return the language of a BCP 47 tag such as fr-CA, or None when it is none."""
    primary = tag.replace("_", "-").split("-")[0].lower() if tag else ""
    return primary if len(primary) == 2 and primary.isalpha() else None
