"""Make a document of the fields that a reader found, each tidied the same way."""

from collections.abc import Mapping
from typing import Any

from geostance.ingest.dates import date_of_field
from geostance.ingest.records import EXCERPT_CHARACTERS, Document, Rejected, tidy, tidy_field
from geostance.ingest.urls import plain_url
from geostance.settings.corpus import IngestSettings

# One article longer than this is a file of many, read as one by mistake.
MAX_CHARACTERS = 32 * 2**20


def too_long(what: str) -> str:
    """Return the reason for refusing ``what`` because of its length."""
    return f"{what} of more than {MAX_CHARACTERS / 2**20:g} million characters"


def document(
    text: str | None,
    settings: IngestSettings,
    *,
    position: int = 1,
    key: str | None = None,
    outlet: str | None = None,
    title: str | None = None,
    written_date: str | None = None,
    url: str | None = None,
    language: str | None = None,
    extra: Mapping[str, str | None] | None = None,
) -> Document | Rejected:
    """Return the article, or why it is none: neither text nor title is in it, or it is endless.

    A date as written that states none is kept with its reason; links lose their proxy.
    """
    text, title = tidy(text or ""), tidy_field(title)
    if len(text) > MAX_CHARACTERS:
        return Rejected(too_long("a text"), position, text[:EXCERPT_CHARACTERS])
    if not text.strip():
        text = ""
        if title is None:
            return Rejected("empty", position)
    dated, unread = date_of_field(tidy_field(written_date), settings.latest_date)
    further = {name: tidy_field(value) for name, value in (extra or {}).items()}
    return Document(
        text=text,
        position=position,
        key=key,
        outlet=tidy_field(outlet),
        title=title,
        date=dated.date if dated else None,
        date_precision=dated.precision if dated else None,
        url=plain_url(tidy_field(url)),
        language=tidy_field(language),
        extra={**further, **unread},
    )


def as_text(value: Any) -> str | None:
    """Return a cell's value as text: whole numbers without ``.0``, dates as ISO, lists as JSON."""
    import json
    from datetime import date, datetime, time, timedelta

    if value is None or isinstance(value, str):
        return value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, ensure_ascii=False, default=str)
