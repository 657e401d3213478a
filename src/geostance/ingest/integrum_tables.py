"""Read XLSX tables of Integrum, the archive of the Russian press."""

import datetime
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from geostance.ingest.integrum import article, without_comma
from geostance.ingest.records import EXCERPT_CHARACTERS, Document, Rejected, tidy, tidy_field
from geostance.ingest.sources import Source
from geostance.ingest.urls import plain_url
from geostance.ingest.workbooks import read_sheets
from geostance.ingest.zips import is_zip
from geostance.settings.corpus import IngestSettings

_COLUMNS = ("Источник", "Дата", "Заголовок")
_HEADER_ROWS = 20
_TABLE_PARTS = ("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml")
_PART_HEAD = 64 * 2**10
_BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError)


def looks_like_integrum_table(source: Source) -> bool:
    """Return whether ``source`` is an XLSX table with the columns of Integrum."""
    if not is_zip(source.head) or b"xl/" not in source.head:
        return False
    wanted = [name.encode() for name in _COLUMNS]
    try:
        with source.open_seekable() as stream, zipfile.ZipFile(stream) as book:
            parts = [part for part in _TABLE_PARTS if part in book.namelist()]
            heads = [_head_of(book, part) for part in parts]
    except _BROKEN_ZIP:
        return False
    return any(all(name in head for name in wanted) for head in heads)


def read_integrum_table(source: Source, settings: IngestSettings) -> Iterator[Document | Rejected]:
    """Yield one article a row of an XLSX table.

    The text is the longer of the columns Анонс and Оригинал; where the other is no
    link and not part of it, it becomes ``notes``.
    """
    sheets = read_sheets(source)
    if isinstance(sheets, Rejected):
        yield sheets
        return
    position = 0
    for _, rows in sheets:
        header = next((n for n, row in enumerate(rows[:_HEADER_ROWS]) if _is_header(row)), None)
        if header is None:
            continue
        names = [str(name).strip() for name in rows[header]]
        for row in rows[header + 1 :]:
            if not any(str(value).strip() for value in row):
                continue
            position += 1
            yield _table_record(dict(zip(names, row, strict=False)), position, settings)
    if not position:
        yield Rejected("no article in this Integrum table")


def _table_record(
    row: dict[str, Any], position: int, settings: IngestSettings
) -> Document | Rejected:
    title = tidy_field(_written(row.get("Заголовок")))
    texts = [_written(row.get(name)) for name in ("Анонс", "Оригинал")]
    url = next((plain_url(text.strip()) for text in texts if _is_link(text)), None)
    texts = sorted((_lines(text) for text in texts if not _is_link(text)), key=len)
    text = texts[-1] if texts else ""
    if not text:
        return Rejected("no text", position, (title or "")[:EXCERPT_CHARACTERS])
    other = texts[0]
    return article(
        text,
        position,
        title=title,
        outlet=tidy_field(_written(row.get("Источник"))),
        written=tidy_field(_written(row.get("Дата"))),
        settings=settings,
        url=url,
        extra={
            "author": without_comma(tidy_field(_written(row.get("Автор")))),
            "notes": None if other in text else other,
        },
    )


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)


def _lines(text: str) -> str:
    lines = (" ".join(line.split()) for line in tidy(text).split("\n"))
    return "\n".join(line for line in lines if line)


def _is_link(text: str) -> bool:
    return bool(re.fullmatch(r"\s*https?://\S+\s*", text))


def _is_header(row: Sequence[Any]) -> bool:
    return set(_COLUMNS) <= {str(value).strip() for value in row}


def _head_of(book: zipfile.ZipFile, part: str) -> bytes:
    with book.open(part) as stream:
        return stream.read(_PART_HEAD)
