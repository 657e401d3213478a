"""Recognise what a source is by its content; its name only decides between plain texts."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from geostance.ingest.docx import looks_like_docx, read_docx
from geostance.ingest.europresse import looks_like_europresse, read_europresse
from geostance.ingest.factiva import (
    looks_like_factiva_html,
    looks_like_factiva_rtf,
    looks_like_factiva_text,
    looks_like_factiva_xml,
    read_factiva_html,
    read_factiva_rtf,
    read_factiva_text,
    read_factiva_xml,
)
from geostance.ingest.feeds import looks_like_feed, read_feed
from geostance.ingest.integrum import looks_like_integrum, read_integrum
from geostance.ingest.integrum_tables import looks_like_integrum_table, read_integrum_table
from geostance.ingest.json_lines import read_json
from geostance.ingest.mhtml import looks_like_mhtml, read_mhtml
from geostance.ingest.nexis import (
    looks_like_nexis_docx,
    looks_like_nexis_html,
    looks_like_nexis_txt,
    read_nexis_docx,
    read_nexis_html,
    read_nexis_txt,
)
from geostance.ingest.parquet import read_parquet
from geostance.ingest.records import Document, Rejected
from geostance.ingest.signatures import (
    begins_as_html,
    is_parquet,
    is_text,
    is_warc,
    is_workbook,
    is_xml,
)
from geostance.ingest.sources import Source
from geostance.ingest.tables import looks_like_csv, read_csv
from geostance.ingest.texts import read_text
from geostance.ingest.warc import read_warc
from geostance.ingest.web import read_web
from geostance.ingest.workbooks import read_workbook
from geostance.settings.corpus import IngestSettings

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


# Plain text under a name that claims another format of articles is an article all the same;
# under others (.css, .js, .log, .py) it is something else.
_ARTICLES = (".txt", ".text", ".md", ".asc", "", ".html", ".htm", ".xhtml", ".doc", ".docx", ".rtf")
_PAGES = (".html", ".htm", ".xhtml")
_TAG = re.compile(r"<(?:p|div|br|span|table|a|h\d|article|li|b|i)\b[^<>]*>", re.IGNORECASE)
_JSON = re.compile(r"\s*(?:\[\s*)?\{\s*(?:\"|\}\s*$)")


def _is_page(source: Source) -> bool:
    if not is_text(source):
        return False
    named = source.ending in _PAGES and _TAG.search(source.head_text)
    return bool(named) or begins_as_html(source.head_text)


def _is_json(source: Source) -> bool:
    named = source.ending in (".jsonl", ".ndjson", ".json")
    return is_text(source) and (named or bool(_JSON.match(source.head_text)))


def _is_csv(source: Source) -> bool:
    named = source.ending in (".csv", ".tsv", ".tab")
    return is_text(source) and (named or looks_like_csv(source))


def _is_article(source: Source) -> bool:
    return source.ending in _ARTICLES and is_text(source) and not is_xml(source)


# The first that matches decides: what is told by its first bytes, then text that is told by
# its markup, then by its shape, at last what is only text. A new format is one reader and
# one line here.
KINDS: tuple[Kind, ...] = (
    Kind("parquet", is_parquet, read_parquet),
    Kind("Integrum table", looks_like_integrum_table, read_integrum_table),
    Kind("workbook", is_workbook, read_workbook),
    Kind("Nexis DOCX", looks_like_nexis_docx, read_nexis_docx),
    Kind("Word document", looks_like_docx, read_docx, one_article=True),
    Kind("web archive", is_warc, read_warc),
    Kind("Factiva HTML", looks_like_factiva_html, read_factiva_html),
    Kind("Factiva RTF", looks_like_factiva_rtf, read_factiva_rtf),
    Kind("Factiva XML", looks_like_factiva_xml, read_factiva_xml),
    Kind("Factiva text", looks_like_factiva_text, read_factiva_text),
    Kind("Europresse", looks_like_europresse, read_europresse),
    Kind("Integrum", looks_like_integrum, read_integrum),
    Kind("Nexis HTML", looks_like_nexis_html, read_nexis_html),
    Kind("Nexis TXT", looks_like_nexis_txt, read_nexis_txt),
    Kind("saved page", looks_like_mhtml, read_mhtml, one_article=True),
    Kind("feed", looks_like_feed, read_feed),
    Kind("web page", _is_page, read_web, one_article=True),
    Kind("json", _is_json, read_json),
    Kind("csv", _is_csv, read_csv),
    Kind("text", _is_article, read_text, one_article=True),
)


def kind_of(source: Source) -> Kind | None:
    """Return the kind of ``source``, or None when it is no known one."""
    return next((kind for kind in KINDS if kind.matches(source)), None)
