"""Read plain text files and tables of articles: txt, jsonl, csv, parquet."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

import polars as pl

from geostance.config import IngestSettings
from geostance.errors import InputError
from geostance.ingest.dates import date_of_field, date_of_name
from geostance.ingest.encodings import decode
from geostance.ingest.records import (
    EXCERPT_CHARACTERS,
    Document,
    Rejected,
    tidy,
    tidy_field,
)
from geostance.ingest.sources import Source
from geostance.schema import TABLES

Record = Mapping[str, Any]


def read_text(source: Source, settings: IngestSettings) -> Iterator[Document | Rejected]:
    """Yield the one article of a text file, dated by the beginning of the file's name."""
    text = tidy(decode(source.read()))
    if not text.strip():
        yield Rejected("empty")
        return
    dated = date_of_name(source.name.rsplit("/", 1)[-1], settings.latest_date)
    yield Document(
        text=text,
        date=dated.date if dated else None,
        date_precision=dated.precision if dated else None,
    )


def read_jsonl(source: Source, settings: IngestSettings) -> Iterator[Document | Rejected]:
    """Yield one article a line; a line that is no JSON object is rejected under its number.

    Raises:
        InputError: no line has the column of the text.
    """
    objects: list[tuple[int, Record]] = []
    for number, line in enumerate(decode(source.read()).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield Rejected(f"not JSON: {error}", number, _excerpt(line))
            continue
        if isinstance(value, dict):
            objects.append((number, value))
        else:
            yield Rejected("not a JSON object", number, _excerpt(line))
    if objects:
        _need_text_column({key for _, value in objects for key in value}, settings, source)
    for number, value in objects:
        yield _document(value, number, settings)


def read_csv(source: Source, settings: IngestSettings) -> Iterator[Document | Rejected]:
    """Yield one article a row; the first row names the columns.

    Raises:
        InputError: no column of the text.
    """
    text = tidy(decode(source.read()))
    if not text.strip():
        yield Rejected("empty")
        return
    csv.field_size_limit(2**31 - 1)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    header = [name.strip() for name in next(rows)]
    _need_text_column(header, settings, source)
    for number, row in enumerate(_rows(rows), start=1):
        if isinstance(row, Rejected):
            yield row
        elif len(row) > len(header):
            reason = f"{len(row)} fields under a header of {len(header)}"
            yield Rejected(reason, number, _excerpt(" ".join(row)))
        elif row:
            yield _document(dict(zip(header, row, strict=False)), number, settings)


def read_parquet(source: Source, settings: IngestSettings) -> Iterator[Document | Rejected]:
    """Yield one article a row.

    Raises:
        InputError: no column of the text.
    """
    try:
        frame = pl.read_parquet(io.BytesIO(source.read()))
    except (pl.exceptions.PolarsError, OSError) as error:
        yield Rejected(f"not Parquet: {error}"[:EXCERPT_CHARACTERS])
        return
    _need_text_column(frame.columns, settings, source)
    for number, row in enumerate(frame.iter_rows(named=True), start=1):
        yield _document(row, number, settings)


def _rows(rows: Iterator[list[str]]) -> Iterator[list[str] | Rejected]:
    try:
        yield from rows
    except csv.Error as error:
        yield Rejected(f"not CSV from here on: {error}")


def _delimiter(text: str) -> str:
    header = text[: text.find("\n")] if "\n" in text else text
    return max(",;\t", key=header.count)


def _need_text_column(columns: Iterable[str], settings: IngestSettings, source: Source) -> None:
    wanted = settings.columns.text
    if wanted not in columns:
        there = ", ".join(sorted(columns))
        raise InputError(
            f'no column "{wanted}" holds the text; the columns are {there}',
            source.name,
            "name the column of the text under ingest.columns.text",
        )


def _document(record: Record, position: int, settings: IngestSettings) -> Document | Rejected:
    columns = settings.columns
    text = tidy(_as_text(record.get(columns.text)) or "")
    title = tidy_field(_as_text(record.get(columns.title)))
    if not text.strip() and title is None:
        return Rejected("empty", position)
    own_id = tidy_field(_as_text(record.get(columns.id)))
    written = tidy_field(_as_text(record.get(columns.date)))
    dated, unread = date_of_field(written, settings.latest_date)
    known = set(columns.model_dump().values())
    extra = {
        f"source_{name}" if name in TABLES["documents"] else name: tidy_field(_as_text(value))
        for name, value in record.items()
        if name not in known
    }
    if own_id is not None:
        extra["source_id"] = own_id
    extra |= unread
    return Document(
        text=text if text.strip() else "",
        position=position,
        key=own_id or str(position),
        outlet=tidy_field(_as_text(record.get(columns.outlet))),
        title=title,
        date=dated.date if dated else None,
        date_precision=dated.precision if dated else None,
        url=tidy_field(_as_text(record.get(columns.url))),
        language=tidy_field(_as_text(record.get(columns.language))),
        extra=extra,
    )


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, ensure_ascii=False, default=str)


def _excerpt(text: str) -> str:
    return tidy(text)[:EXCERPT_CHARACTERS]
