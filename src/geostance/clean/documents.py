"""Clean a table of documents."""

import polars as pl

from geostance.clean.folding import words
from geostance.clean.text import Cleaned, clean_text
from geostance.config import CleanSettings
from geostance.log import progress
from geostance.schema import TABLES


def clean_documents(documents: pl.DataFrame, settings: CleanSettings) -> pl.DataFrame:
    """Return the table ``cleaned`` of the table ``documents``, row for row.

    A document with fewer than ``settings.min_words`` words left, headline counted,
    keeps its row with ``dropped_reason`` "empty" or "too_short".
    """
    columns = documents.select("doc_id", "text", "title", "language")
    rows = [
        _row(doc_id, clean_text(text or "", title, _primary(language)), settings)
        for doc_id, text, title, language in progress(columns.iter_rows(), len(columns), "cleaning")
    ]
    return pl.DataFrame(rows, schema=TABLES["cleaned"], orient="row")


def _row(doc_id: str, cleaned: Cleaned, settings: CleanSettings) -> tuple[object, ...]:
    n_words = len(words(cleaned.title or "")) + len(words(cleaned.text))
    dropped = None if n_words >= settings.min_words else "too_short" if n_words else "empty"
    blocks = [
        {"text": b.text, "start": b.start, "end": b.end, "kept": b.kept, "reason": b.reason}
        for b in cleaned.blocks
    ]
    return (
        doc_id,
        cleaned.title,
        cleaned.text,
        cleaned.language,
        cleaned.language_confidence,
        dropped,
        blocks,
    )


def _primary(tag: str | None) -> str | None:
    """Return the language of a BCP 47 tag such as fr-CA, or None when it is none."""
    primary = tag.replace("_", "-").split("-")[0].lower() if tag else ""
    return primary if len(primary) == 2 and primary.isalpha() else None
