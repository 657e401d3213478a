"""Read a whole corpus, file by file, into tables; nothing is lost on the way."""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from geostance.compute import map_batches
from geostance.errors import InputError
from geostance.files import PART_ROWS
from geostance.ingest.archives import sources_in
from geostance.ingest.folders import files_of, source_of
from geostance.ingest.kinds import KINDS, Kind, kind_of
from geostance.ingest.records import (
    EXCERPT_CHARACTERS,
    Document,
    Rejected,
    UnreadableError,
    document_id,
    tidy_field,
)
from geostance.ingest.signatures import is_text, unread
from geostance.ingest.sources import Source
from geostance.schema import TABLES, check_table
from geostance.settings.compute import LOCAL, ComputeSettings
from geostance.settings.corpus import IngestSettings

_DEFAULT = IngestSettings()
# Files that a worker is given at a time, and the characters of records that it may give back:
# what is more than that is read here, where nothing has to be held whole.
_FILES = 50
_CHARACTERS = 1 << 24


def read_corpus(
    path: Path | str, settings: IngestSettings = _DEFAULT
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the tables ``documents`` and ``rejected`` of a file or a folder of files.

    Rows stand in the order of the sorted paths and of the records within a file.

    Raises:
        InputError: nothing is there, no article can be read, a table has no text
            column, or more than ``settings.max_rejected_share`` of the records failed.
    """
    parts = list(corpus_parts(path, settings))
    documents, rejected = zip(*parts, strict=True)
    return _ordered(pl.concat(documents, how="diagonal")), pl.concat(rejected)


class _Read(NamedTuple):
    """A row of the table ``documents`` and the key of its record, or a row of ``rejected``."""

    row: dict[str, Any]
    key: str | None = None
    rejected: bool = False


def corpus_parts(
    path: Path | str, settings: IngestSettings = _DEFAULT, engine: ComputeSettings = LOCAL
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Yield the tables of :func:`read_corpus` part by part, at least one.

    A part of ``documents`` has the columns its own records gave. On Dask the files are read by
    its workers, with the same result; those that they do not see, and large ones, are read here.

    Raises:
        InputError: as :func:`read_corpus`; what concerns the whole corpus, behind the last part.
    """
    part, tally, ids = _Part(), _Tally(), set[str]()
    for read in _records(Path(path), settings, engine):
        if read.rejected:
            tally.reject(read.row)
            part.rejected.append(read.row)
        else:
            tally.documents += 1
            part.documents.append(_told_apart(read, ids))
        if len(part) >= PART_ROWS:
            yield part.tables()
            part = _Part()
    yield part.tables()
    tally.refuse_a_rump(path, settings.max_rejected_share)


@dataclass
class _Part:
    documents: list[dict[str, Any]] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.documents) + len(self.rejected)

    def tables(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        schema = dict(TABLES["documents"])
        for row in self.documents:
            schema.update(dict.fromkeys(row.keys() - schema.keys(), pl.String))
        documents = _ordered(pl.DataFrame(self.documents, schema=schema))
        return documents, pl.DataFrame(self.rejected, schema=TABLES["rejected"])


@dataclass
class _Tally:
    """How many records were read and refused, and why."""

    documents: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    first: str = ""

    def reject(self, row: dict[str, Any]) -> None:
        place = f"{row['source']} at record {row['position']}"
        self.first = self.first or f"{place}: {row['reason']}"
        self.reasons[row["reason"]] += 1

    def refuse_a_rump(self, path: Path | str, max_rejected_share: float) -> None:
        rejected = self.reasons.total()
        total = self.documents + rejected
        if self.documents and rejected <= max_rejected_share * total:
            return
        if not rejected:
            kinds = ", ".join(kind.name for kind in KINDS)
            raise InputError(
                "no article is there", str(path), f"put files with articles there: {kinds}"
            )
        counts = ", ".join(f"{reason} ({n})" for reason, n in self.reasons.most_common(3))
        what = f"{rejected} of {total} records cannot be read: {counts}"
        raise InputError(
            what if self.documents else f"no readable article; {what}",
            f"{path}, first {self.first}",
            "mend or remove those files"
            + (", or raise ingest.max_rejected_share" if self.documents else ""),
        )


def _records(path: Path, settings: IngestSettings, engine: ComputeSettings) -> Iterator[_Read]:
    files = files_of(path)
    if engine.engine == "local":
        for file, name in files:
            yield from _file_records(file, name, settings)
        return
    work = partial(_read_files, settings=settings)
    for bundle in map_batches(work, _bundles(files), engine=engine):
        for file, name, found in bundle:
            yield from _file_records(file, name, settings) if found is None else found


def _bundles(files: Iterator[tuple[Path, str]]) -> Iterator[list[tuple[Path, str]]]:
    while bundle := [(file.absolute(), name) for file, name in islice(files, _FILES)]:
        yield bundle


def _read_files(
    bundle: list[tuple[Path, str]], settings: IngestSettings
) -> list[tuple[Path, str, list[_Read] | None]]:
    """Return what is in each file; None for one that is not there, or holds too much."""
    room = _CHARACTERS
    read = []
    for file, name in bundle:
        found: list[_Read] | None = None
        if file.is_file() and os.access(file, os.R_OK) and file.stat().st_size <= room:
            found = []
            for record in _file_records(file, name, settings):
                found.append(record)
                room -= EXCERPT_CHARACTERS + len(record.row.get("text", ""))
                if room < 0:
                    found = None
                    break
        read.append((file, name, found))
    return read


def _file_records(file: Path, name: str, settings: IngestSettings) -> Iterator[_Read]:
    for source in sources_in(source_of(file, name)):
        for record, kind in read_source(source, settings):
            if isinstance(record, Document) and record.date is None and settings.undated != "keep":
                record = Rejected("undated", record.position, _undated(record))
            if isinstance(record, Rejected):
                yield _Read(_rejected_row(record, source.name), rejected=True)
            else:
                yield _Read(_row(record, source, kind), record.key)


def read_source(
    source: Source, settings: IngestSettings = _DEFAULT
) -> Iterator[tuple[Document | Rejected, Kind | None]]:
    """Yield the records of a source that is no archive, each with the kind that it was read as.

    Raises:
        InputError: a table has no text column.
    """
    kind, number = None, 0
    try:
        kind = kind_of(source)
        if kind is None:
            yield Rejected(unread(source), excerpt=_excerpt(source)), None
            return
        for record in kind.read(source, settings):
            number = record.position
            yield record, kind
    except UnreadableError as error:
        yield Rejected(str(error), number + 1), kind
    except OSError as error:
        yield Rejected(f"cannot be read: {error.strerror or error}", number + 1), kind


def _excerpt(source: Source) -> str:
    return tidy_field(source.head_text[:EXCERPT_CHARACTERS]) or "" if is_text(source) else ""


def _undated(record: Document) -> str:
    # The date as written and why it is none say more than the article's first words.
    begin = record.title or record.text
    if written := record.extra.get("unread_date"):
        begin = f"{written} ({record.extra.get('unread_date_reason')}) {begin}"
    return begin[:EXCERPT_CHARACTERS]


def _rejected_row(record: Rejected, source: str) -> dict[str, Any]:
    return {
        "source": source,
        "position": record.position,
        "reason": record.reason,
        "excerpt": record.excerpt,
    }


def _told_apart(read: _Read, ids: set[str]) -> dict[str, Any]:
    row = read.row
    if row["doc_id"] in ids:
        # The source's own id stands twice over the same text: the place tells them apart.
        key = f"{read.key}\0{row['position']}"
        row["doc_id"] = document_id(row["source"], row["text"], key)
    ids.add(row["doc_id"])
    return row


def _row(record: Document, source: Source, kind: Kind | None) -> dict[str, Any]:
    outlet = record.outlet
    if outlet is None and source.folder and kind and kind.one_article:
        outlet = tidy_field(source.folder)
    return {
        "doc_id": document_id(source.name, record.text, record.key),
        "source": source.name,
        "position": record.position,
        "outlet": outlet,
        "title": record.title,
        "date": record.date,
        "date_precision": record.date_precision,
        "url": record.url,
        "language": record.language,
        "text": record.text,
        **record.extra,
    }


def _ordered(documents: pl.DataFrame) -> pl.DataFrame:
    extra = sorted(set(documents.columns) - TABLES["documents"].keys())
    return check_table(documents.select(*TABLES["documents"], *extra), "documents", where="ingest")
