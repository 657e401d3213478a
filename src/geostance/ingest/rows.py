"""From a row of a table to a document: the column map of ``ingest.columns``."""

from collections.abc import Iterable, Mapping
from typing import Any

from geostance.errors import InputError
from geostance.ingest import fields
from geostance.ingest.records import Document, Rejected, tidy_field
from geostance.schema import TABLES
from geostance.settings.corpus import IngestSettings

# Mapped, but no column of their own in the schema: they follow as what the source gave.
_FURTHER = ("author", "section", "page", "word_count")
_TAKEN = {*TABLES["documents"], *_FURTHER, "source_id", "unread_date", "unread_date_reason"}


def row_document(
    row: Mapping[str, Any], position: int, settings: IngestSettings
) -> Document | Rejected:
    """Return the article of a row; its key is its own id, else its position."""
    names = settings.columns
    mapped = set(names.model_dump().values())
    further = {
        f"source_{name}" if name in _TAKEN else name: fields.as_text(value)
        for name, value in row.items()
        if name not in mapped
    }
    for field in _FURTHER:
        if (name := getattr(names, field)) in row:
            further[field] = fields.as_text(row[name])
    own_id = tidy_field(fields.as_text(row.get(names.id)))
    if own_id is not None:
        further["source_id"] = own_id
    return fields.document(
        fields.as_text(row.get(names.text)),
        settings,
        position=position,
        key=own_id or str(position),
        outlet=fields.as_text(row.get(names.outlet)),
        title=fields.as_text(row.get(names.title)),
        written_date=fields.as_text(row.get(names.date)),
        url=fields.as_text(row.get(names.url)),
        language=fields.as_text(row.get(names.language)),
        extra=further,
    )


def no_text_column(columns: Iterable[str], settings: IngestSettings, where: str) -> InputError:
    """Return the error of a table in which no column has the name of the text's."""
    there = ", ".join(sorted(filter(None, columns)))
    return InputError(
        f'no column "{settings.columns.text}" holds the text; the columns are {there}',
        where,
        "name the column of the text under ingest.columns.text; where tables name it "
        "differently, give it one name in all of them",
    )
