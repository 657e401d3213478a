"""What a reader yields: a document, or a record it could not read and why."""

import datetime
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_SURROGATE = re.compile("[\ud800-\udfff]")
# What a name or a headline shows nothing of, and figures (SVG, PDF) cannot hold: controls,
# zero-width spaces, direction overrides, byte order marks. Joiners and marks of scripts stay.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffc\ufffe\uffff]"
)

EXCERPT_CHARACTERS = 200


class UnreadableError(Exception):
    """A source, or the rest of one, cannot be read; its one argument is the reason."""


@dataclass(frozen=True)
class Document:
    """One article as its source gave it.

    ``key`` tells records of one file apart (a source's own id, or the place in the
    file); it is None where a file is one article. ``position`` counts records from 1.
    ``extra`` is what else the source gave, as text.
    """

    text: str
    position: int = 1
    key: str | None = None
    outlet: str | None = None
    title: str | None = None
    date: datetime.date | None = None
    date_precision: str | None = None
    url: str | None = None
    language: str | None = None
    extra: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Rejected:
    """A record that is not an article, with the reason and its first characters."""

    reason: str
    position: int = 1
    excerpt: str = ""


def document_id(source: str, text: str, key: str | None) -> str:
    """Return the first 16 hexadecimal digits of SHA-256 of source, text and the record's key."""
    parts = [source, text] if key is None else [source, text, key]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def tidy(text: str) -> str:
    r"""Return ``text`` with ``\n`` line ends, without NUL and without lone surrogates.

    JSON may hold half a surrogate pair, which no UTF-8 file can store.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _SURROGATE.sub("\ufffd", text.replace("\0", ""))


def tidy_field(value: str | None) -> str | None:
    """Return a field on one line without invisible characters, or None when nothing is in it."""
    if value is None:
        return None
    return " ".join(_UNSEEN.sub("", tidy(value)).split()) or None
