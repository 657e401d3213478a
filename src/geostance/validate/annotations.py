"""Read the rows of annotation files, each with the place it stands at."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geostance.coding.returned import read_returned
from geostance.coding.words import meaning
from geostance.errors import AnnotationError
from geostance.ingest.encodings import decode

_NOTES = frozenset({".md", ".txt"})
# What an import leaves beside the labels it wrote.
_BESIDE = (".run.json", ".rejected.csv")
_MISSING = frozenset({"", "na", "nan", "null", "none"})


@dataclass(frozen=True)
class Annotation:
    """One row: its values by column, where it stands, and its file's name for a coder."""

    where: str
    file_coder: str
    values: dict[str, Any]

    def text(self, column: str) -> str | None:
        """Return a value as text, null where it is empty."""
        value = self.values.get(column)
        if value is None:
            return None
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return text.strip() or None

    def number(self, column: str) -> float | None:
        """Return a number as spreadsheets and people write it: 1, 1.0, +1, −1, 0,5, or its word."""
        text = (self.text(column) or "").casefold()
        if text in _MISSING:
            return None
        text = meaning(column, text)
        try:
            return float(text.replace("−", "-").replace(",", "."))
        except ValueError:
            raise self.fault(f"{column} is {text!r}, not a number", "write a number") from None

    def choice(self, column: str, allowed: tuple[int, ...]) -> int | None:
        """Return a whole number out of ``allowed``, null where it is empty."""
        number = self.number(column)
        if number is None or number in allowed:
            return None if number is None else int(number)
        named = ", ".join(map(str, allowed))
        raise self.fault(f"{column} is {self.text(column)}", f"{column} is one of {named}")

    def fault(self, what: str, mend: str) -> AnnotationError:
        """Return the error to raise for this row."""
        return AnnotationError(what, self.where, mend)


def read_annotations(path: Path, needed: tuple[str, ...]) -> Iterator[Annotation]:
    """Yield the rows of a file, told by its content: CSV, JSONL, a workbook or a tool's export.

    Notes (.md, .txt), hidden files and what an import left beside its labels hold none.

    Raises:
        AnnotationError: another kind of file, a malformed one, or a ``needed`` column is missing.
    """
    suffix = path.suffix.lower()
    if path.name.startswith(".") or suffix in _NOTES or path.name.endswith(_BESIDE):
        return
    for place, coder, values in _rows(path, suffix):
        row = Annotation(f"{path}, {place}", coder or path.stem, values)
        missing = [column for column in needed if column not in values]
        if missing:
            raise row.fault(
                f"no column {', '.join(missing)}; the columns are {', '.join(values)}",
                f"name the columns doc_id or source, {', '.join(needed)}",
            )
        yield row


def _rows(path: Path, suffix: str) -> Iterator[tuple[str, str | None, dict[str, Any]]]:
    data = path.read_bytes()
    if (returned := read_returned(data, str(path))) is not None:
        yield from returned
        return
    if suffix not in _READERS:
        raise AnnotationError(
            f"labels cannot be read from a {suffix or 'nameless'} file",
            str(path),
            "save it as CSV, JSONL or XLSX, or take it out of the annotation folder",
        )
    for line, values in _READERS[suffix](path, decode(data)):
        yield f"line {line}", None, values


def _read_csv(path: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    csv.field_size_limit(2**31 - 1)
    first = text.split("\n", 1)[0]
    # strict: a stray quote must not swallow the rows after it as one field.
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True
    )
    header: list[str] = []
    line = 1
    try:
        for fields in reader:
            where = f"{path}, line {line}"
            if not header:
                header = [name.strip() for name in fields]
                doubled = sorted({name for name in header if header.count(name) > 1})
                if doubled:
                    raise AnnotationError(
                        f"doubled columns: {', '.join(doubled)}", where, "keep one of each"
                    )
            elif any(field.strip() for field in fields):
                if len(fields) != len(header):
                    raise AnnotationError(
                        f"{len(fields)} fields under a header of {len(header)}",
                        where,
                        "quote fields that hold the delimiter, and fill the row",
                    )
                yield line, dict(zip(header, fields, strict=True))
            line = reader.line_num + 1
    except csv.Error as error:
        raise AnnotationError(
            f"not CSV: {error}", f"{path}, line {line}", "mend the quotes of that row"
        ) from error


def _read_jsonl(path: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, written in enumerate(text.split("\n"), start=1):
        if not written.strip():
            continue
        try:
            value = json.loads(written)
        except (ValueError, RecursionError) as error:
            raise AnnotationError(
                f"not JSON: {error}", f"{path}, line {line}", "write one JSON object a line"
            ) from error
        if not isinstance(value, dict):
            raise AnnotationError(
                f"not a JSON object but {type(value).__name__}",
                f"{path}, line {line}",
                "write one JSON object a line",
            )
        yield line, value


_READERS = {".csv": _read_csv, ".tsv": _read_csv, ".jsonl": _read_jsonl}
