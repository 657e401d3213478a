"""Recognise what a source is by its content; its name only decides between plain texts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from geostance.config import IngestSettings
from geostance.ingest.europresse import looks_like_europresse, read_europresse
from geostance.ingest.integrum import looks_like_integrum, read_integrum
from geostance.ingest.integrum_tables import looks_like_integrum_table, read_integrum_table
from geostance.ingest.records import Document, Rejected
from geostance.ingest.sources import Source
from geostance.ingest.tables import read_csv, read_jsonl, read_parquet, read_text
from geostance.ingest.web import read_web

Reader = Callable[[Source, IngestSettings], Iterator[Document | Rejected]]


@dataclass(frozen=True)
class Kind:
    """A format: how it is told, and what reads it.

    ``one_article`` says that a source of this kind is one article, so that the folder it
    lies in bears the outlet's name.
    """

    name: str
    matches: Callable[[Source], bool]
    read: Reader
    one_article: bool = False


def _named(*endings: str) -> Callable[[Source], bool]:
    return lambda source: source.name.lower().endswith(endings)


# The first that matches decides. A new format is one reader and one line here.
KINDS: tuple[Kind, ...] = (
    Kind("parquet", _named(".parquet"), read_parquet),
    Kind("jsonl", _named(".jsonl", ".ndjson"), read_jsonl),
    Kind("csv", _named(".csv"), read_csv),
    Kind("Europresse", looks_like_europresse, read_europresse),
    Kind("Integrum", looks_like_integrum, read_integrum),
    Kind("Integrum table", looks_like_integrum_table, read_integrum_table),
    Kind("web page", _named(".html", ".htm"), read_web, one_article=True),
    Kind("text", _named(".txt"), read_text, one_article=True),
)


def kind_of(source: Source) -> Kind | None:
    """Return the kind of ``source``, or None when it is no known one."""
    return next((kind for kind in KINDS if kind.matches(source)), None)
