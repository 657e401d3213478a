"""Read a whole corpus, file by file, into tables; nothing is lost on the way."""

import os
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from geostance.errors import InputError
from geostance.files import PART_ROWS
from geostance.ingest.archives import sources_in
from geostance.ingest.kinds import KINDS, Kind, kind_of
from geostance.ingest.names import articles
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
from geostance.settings.corpus import IngestSettings

_DEFAULT = IngestSettings()


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


def corpus_parts(
    path: Path | str, settings: IngestSettings = _DEFAULT
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Yield the tables of :func:`read_corpus` part by part, at least one.

    A part of ``documents`` has the columns its own records gave.

    Raises:
        InputError: as :func:`read_corpus`; what concerns the whole corpus, behind the last part.
    """
    part, tally, ids = _Part(), _Tally(), set[str]()
    for source in _sources(Path(path)):
        for record, kind in read_source(source, settings):
            if isinstance(record, Document) and record.date is None and settings.undated != "keep":
                record = Rejected("undated", record.position, _undated(record))
            if isinstance(record, Rejected):
                tally.reject(source.name, record)
                part.rejected.append(_rejected_row(record, source.name))
            else:
                tally.documents += 1
                part.documents.append(_row(record, source, kind, ids))
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

    def reject(self, source: str, record: Rejected) -> None:
        self.first = self.first or f"{source} at record {record.position}: {record.reason}"
        self.reasons[record.reason] += 1

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


def _sources(path: Path) -> Iterator[Source]:
    if path.is_file():
        yield from sources_in(Source.of_file(path, _printable(path.name)))
        return
    if not path.is_dir():
        raise InputError("there is no such file or folder", str(path), "name the corpus's folder")
    refused: list[OSError] = []
    found = [
        Path(folder, name)
        for folder, folders, names in os.walk(path, onerror=refused.append)
        for name in (*names, *_prune(folder, folders))
    ]
    if any(Path(error.filename) == path for error in refused):
        raise refused[0]
    found += [Path(os.fsdecode(error.filename)) for error in refused]
    named = {_printable(file.relative_to(path).as_posix()): file for file in found}
    for name in articles(named):
        yield from sources_in(_file(named[name], name))


def _file(path: Path, name: str) -> Source:
    """Return the source of a path; what is no file that can be opened is refused by its reason."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            if path.is_symlink():
                return Source.refused(name, UnreadableError("a link to a folder: copy it here"))
            return Source.refused(name, UnreadableError("the folder cannot be read"))
        if not stat.S_ISREG(mode):
            # To open a pipe would wait for ever.
            return Source.refused(name, UnreadableError("no file, but a pipe, socket or device"))
        return Source.of_file(path, name)
    except OSError as error:
        return Source.refused(name, error)


def _prune(folder: str, folders: list[str]) -> list[str]:
    """Leave the folders to go into in the list; return links to folders, which may be loops."""
    seen = [name for name in folders if not name.startswith(".")]
    links = [name for name in seen if Path(folder, name).is_symlink()]
    # os.walk descends into what is left in this list.
    folders[:] = [name for name in seen if name not in links]
    return links


def _printable(name: str) -> str:
    # A file name is bytes on Linux; what is not UTF-8 is written as \xNN, so names stay distinct.
    return os.fsencode(name).decode("utf-8", errors="backslashreplace")


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


def _row(record: Document, source: Source, kind: Kind | None, ids: set[str]) -> dict[str, Any]:
    identifier = document_id(source.name, record.text, record.key)
    if identifier in ids:
        # The source's own id stands twice over the same text: the place tells them apart.
        identifier = document_id(source.name, record.text, f"{record.key}\0{record.position}")
    ids.add(identifier)
    outlet = record.outlet
    if outlet is None and source.folder and kind and kind.one_article:
        outlet = tidy_field(source.folder)
    return {
        "doc_id": identifier,
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
