"""From the fields of one Factiva article, under Factiva's codes, to a document."""

import codecs
import re
from collections.abc import Iterable, Mapping

from geostance.ingest.dates import date_of_field
from geostance.ingest.encodings import decode
from geostance.ingest.languages import language_tag
from geostance.ingest.records import EXCERPT_CHARACTERS, Document, Rejected, tidy, tidy_field
from geostance.ingest.sources import Source
from geostance.ingest.urls import plain_url
from geostance.settings.corpus import IngestSettings

# The codes in the order in which an article prints them: column, section, headline, author,
# credit, words, date, time, source and its code, newspaper groups, edition, page, volume,
# language, copyright, lead and text, contact, reference, art, ..., accession number.
CODES = (
    *("CLM", "SE", "HD", "BY", "CR", "WC", "PD", "ET", "SN", "SC", "NGC", "GC", "ED", "PG"),
    *("VOL", "LA", "CY", "LP", "TD", "CT", "RF", "ART", "CX", "CO", "IN", "NS", "RE", "IPC"),
    *("IPD", "PUB", "AN"),
)
BODY = ("LP", "TD")

# The lines of each field, under its code.
Fields = Mapping[str, list[str]]

_TIME = re.compile(r"[\s,]*\b\d{1,2}:\d{2}\b.*$", re.DOTALL)
_COUNT = re.compile(r"\d+(?:[\s.,’']\d{3})*")
_NOT_GIVEN = "n/a"
_EXTRAS = {
    "author": ("BY",),
    "section": ("SE",),
    "page": ("PG",),
    "edition": ("ED",),
    "volume": ("VOL",),
    "copyright": ("CY",),
    "kicker": ("CLM",),
    "credit": ("CR",),
    "publisher": ("PUB",),
}
# Several codes each, with " | " between them.
_INDEXING = {
    "subjects": ("NS", "IPD", "IPC"),
    "regions": ("RE",),
    "companies": ("CO",),
    "industries": ("IN",),
}


def text_of(source: Source) -> str:
    """Return the text of an export; a character that its end cuts in two is left out.

    Pages that declare UTF-8 may be in cp1252: what they declare does not count.
    """
    data = source.read()
    try:
        return tidy(codecs.getincrementaldecoder("utf-8-sig")().decode(data))
    except UnicodeDecodeError:
        return tidy(decode(data))


def accession_number(fields: Fields) -> str | None:
    """Return the whole id of an article, without the word before it ("Document")."""
    written = one_line(fields.get("AN", ()))
    return written.rsplit(None, 1)[-1] if written else None


def document(
    fields: Fields,
    position: int,
    settings: IngestSettings,
    *,
    shown_in: str | None = None,
    link: str | None = None,
) -> Document | Rejected:
    """Return the document of ``fields``, or why there is none.

    ``shown_in`` is the tag of the language in which the export sets the article, for one
    that names no known language. The publisher's own descriptors stand behind Factiva's
    subjects.
    """
    title = one_line(fields.get("HD", ()))
    text = "\n".join(line for code in BODY for line in fields.get(code, ()))
    if not text.strip():
        return Rejected("no text", position, (title or "")[:EXCERPT_CHARACTERS])
    own_id = accession_number(fields)
    extra = {name: one_line(fields.get(code, ())) for name, (code,) in _EXTRAS.items()}
    if extra["author"] and extra["author"].lower() == _NOT_GIVEN:
        extra["author"] = None
    for name, codes in _INDEXING.items():
        given = (one_line(fields.get(code, ())) for code in codes)
        extra[name] = " | ".join(filter(None, given)) or None
    words = _COUNT.match(one_line(fields.get("WC", ())) or "")
    extra["word_count"] = re.sub(r"\D", "", words[0]) if words else None
    extra["source_id"] = own_id
    written = one_line(fields.get("PD", ()))
    dated, unread = date_of_field(_TIME.sub("", written or ""), settings.latest_date)
    extra.update(unread)
    named = one_line(fields.get("LA", ()))
    return Document(
        text=text,
        position=position,
        key=own_id or str(position),
        outlet=one_line(fields.get("SN", ())),
        title=title,
        date=dated.date if dated else None,
        date_precision=dated.precision if dated else None,
        url=plain_url(link) if link else None,
        language=(language_tag(named) if named else None) or shown_in,
        extra={name: value for name, value in extra.items() if value},
    )


def one_line(lines: Iterable[str]) -> str | None:
    """Return the lines of a field as one, or None when nothing is in them."""
    return tidy_field(" ".join(lines))


def cut_off(where: str, position: int, fields: Fields) -> Rejected:
    """Return the record that an unfinished download ends with."""
    title = one_line(fields.get("HD", ())) or ""
    return Rejected(f"cut off: {where}", position, title[:EXCERPT_CHARACTERS])
