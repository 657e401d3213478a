"""From the researcher's files to the table of documents; nothing is lost on the way."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from geostance.config import IngestSettings
from geostance.errors import InputError
from geostance.ingest.records import Document, Rejected, document_id, tidy_field
from geostance.ingest.tables import read_csv, read_jsonl, read_parquet, read_text
from geostance.ingest.web import read_web
from geostance.schema import TABLES, check_table

__all__ = ["READERS", "Document", "Reader", "Rejected", "read_corpus"]

Reader = Callable[[Path, IngestSettings], Iterator[Document | Rejected]]

# A new format is one reader and one line here.
READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".csv": read_csv,
    ".parquet": read_parquet,
    ".html": read_web,
    ".htm": read_web,
}

# Where a file is one article, its folder bears the outlet's name.
_ONE_ARTICLE = frozenset({".txt", ".html", ".htm"})
_DEFAULT = IngestSettings()
_ABOUT_THE_CORPUS = ("readme", "notice", "license", "licence")


def read_corpus(
    path: Path | str, settings: IngestSettings = _DEFAULT
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the tables ``documents`` and ``rejected`` of a file or a folder of files.

    Rows stand in the order of the sorted paths and of the records within a file.

    Raises:
        InputError: nothing is there, no article can be read, a table has no text
            column, or more than ``settings.max_rejected_share`` of the records failed.
    """
    documents: list[dict[str, object]] = []
    rejected: list[dict[str, object]] = []
    ids: set[str] = set()
    for file, source in _files(Path(path)):
        for record in _read(file, settings):
            if isinstance(record, Document) and record.date is None and settings.undated != "keep":
                record = Rejected("undated", record.position, record.title or record.text[:200])
            if isinstance(record, Rejected):
                rejected.append(
                    {
                        "source": source,
                        "position": record.position,
                        "reason": record.reason,
                        "excerpt": record.excerpt,
                    }
                )
            else:
                documents.append(_row(record, source, ids))
    _refuse_a_rump(path, len(documents), rejected, settings)
    return _documents(documents), pl.DataFrame(rejected, schema=TABLES["rejected"])


def _files(path: Path) -> list[tuple[Path, str]]:
    if path.is_file():
        return [(path, _printable(path.name))]
    if not path.is_dir():
        raise InputError("there is no such file or folder", str(path), "name the corpus's folder")
    found = [
        Path(folder, name)
        for folder, folders, names in os.walk(path)
        if not _prune(folders)
        for name in names
        if not name.startswith(".") and not name.lower().startswith(_ABOUT_THE_CORPUS)
    ]
    return sorted(
        ((file, _printable(file.relative_to(path).as_posix())) for file in found),
        key=lambda pair: pair[1],
    )


def _prune(folders: list[str]) -> None:
    # os.walk descends into what is left in this list.
    folders[:] = [name for name in folders if not name.startswith(".")]


def _printable(name: str) -> str:
    # A file name is bytes on Linux; what is not UTF-8 is written as \xNN, so names stay distinct.
    return os.fsencode(name).decode("utf-8", errors="backslashreplace")


def _read(file: Path, settings: IngestSettings) -> Iterator[Document | Rejected]:
    reader = READERS.get(file.suffix.lower())
    if reader is None:
        yield Rejected(f"unknown extension {_printable(file.suffix) or '(none)'}")
        return
    try:
        yield from reader(file, settings)
    except OSError as error:
        yield Rejected(f"cannot be read: {error.strerror}")


def _row(record: Document, source: str, ids: set[str]) -> dict[str, object]:
    identifier = document_id(source, record.text, record.key)
    if identifier in ids:
        # The source's own id stands twice over the same text: the place tells them apart.
        identifier = document_id(source, record.text, f"{record.key}\0{record.position}")
    ids.add(identifier)
    outlet = record.outlet
    if outlet is None and "/" in source and Path(source).suffix.lower() in _ONE_ARTICLE:
        outlet = tidy_field(source.rsplit("/", 2)[-2])
    return {
        "doc_id": identifier,
        "source": source,
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


def _refuse_a_rump(
    path: Path, n_documents: int, rejected: list[dict[str, object]], settings: IngestSettings
) -> None:
    if n_documents and len(rejected) <= settings.max_rejected_share * (n_documents + len(rejected)):
        return
    if not rejected:
        raise InputError(
            "no article is there",
            str(path),
            f"put files with articles there: {', '.join(READERS)}",
        )
    first = rejected[0]
    reasons = Counter(str(record["reason"]) for record in rejected).most_common(3)
    counts = ", ".join(f"{reason} ({n})" for reason, n in reasons)
    what = f"{len(rejected)} of {n_documents + len(rejected)} records cannot be read: {counts}"
    raise InputError(
        what if n_documents else f"no readable article; {what}",
        f"{path}, first {first['source']} at record {first['position']}: {first['reason']}",
        "mend or remove those files"
        + (", or raise ingest.max_rejected_share" if n_documents else ""),
    )


def _documents(rows: list[dict[str, object]]) -> pl.DataFrame:
    schema = dict(TABLES["documents"])
    for row in rows:
        schema.update(dict.fromkeys(row.keys() - schema.keys(), pl.String))
    extra = sorted(schema.keys() - TABLES["documents"].keys())
    ordered = {name: schema[name] for name in (*TABLES["documents"], *extra)}
    return check_table(pl.DataFrame(rows, schema=ordered), "documents", where="ingest")
