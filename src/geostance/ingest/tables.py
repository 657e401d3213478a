"""Read tables of articles as text, a row each: csv, tsv."""

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from geostance.ingest import fields
from geostance.ingest.records import EXCERPT_CHARACTERS, Document, Rejected, tidy
from geostance.ingest.rows import no_text_column, row_document
from geostance.ingest.sources import HEAD_BYTES, Source
from geostance.ingest.texts import lines
from geostance.settings.corpus import IngestSettings

DELIMITERS = ",;\t|"
# The header is looked for among the first rows: exports put a title or "sep=;" above it.
_FIRST_ROWS = 20
# Words of a header that make a table unmistakable when two stand side by side.
_KNOWN_COLUMNS = {
    *("id", "title", "text", "date", "url", "outlet", "language", "author", "source", "content"),
    *("titre", "texte", "contenu", "auteur", "langue", "body", "headline", "article", "link"),
    *("заголовок", "текст", "дата", "источник", "автор", "titel", "datum", "texto", "fecha"),
}


def read_csv(source: Source, settings: IngestSettings) -> Iterator[Document | Rejected]:
    """Yield one article a row, under the first row that names the column of the text.

    Raises:
        InputError: no such row is among the first.
    """
    csv.field_size_limit(fields.MAX_CHARACTERS)
    whole = lines(source)
    first = list(islice(whole, _FIRST_ROWS))
    if not any(line is None or line.strip() for line in first):
        yield Rejected("empty")
        return
    delimiter, n_above = _delimiter_and_header(first, settings.columns.text)
    rows = _rows(_Lines(chain(first[n_above:], whole)), delimiter)
    header = next(rows, [])
    if isinstance(header, Rejected):
        yield header
        return
    header = [name.strip() for name in header]
    if settings.columns.text not in header:
        raise no_text_column(header, settings, source.name)
    for number, row in enumerate(rows, start=1):
        yield from [row] if isinstance(row, Rejected) else csv_row(header, row, number, settings)


def looks_like_csv(source: Source) -> bool:
    """Tell a table whatever its name: a header with known words, and rows as wide as it."""
    cut = len(source.head) >= HEAD_BYTES
    first = source.head_text.lstrip("\ufeff").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    header = [cell.lower() for cell in _cells(first, delimiter)]
    if len(header) < 2 or len(_KNOWN_COLUMNS.intersection(header)) < 2:
        return False
    # The last row may be cut where the head ends.
    whole = source.head_text.rstrip("\n").rpartition("\n")[0] if cut else source.head_text
    rows = csv.reader(io.StringIO(whole), delimiter=delimiter)
    try:
        widths = [len(row) for row in islice(rows, _FIRST_ROWS) if row]
    except csv.Error:
        return False
    return len(widths) > 1 and set(widths) == {len(header)}


def csv_row(
    header: Sequence[str], row: Sequence[object], number: int, settings: IngestSettings
) -> Iterator[Document | Rejected]:
    """Yield the article of a row under its header, or nothing for an empty line."""
    if len(row) > len(header):
        reason = f"{len(row)} fields under a header of {len(header)}"
        yield Rejected(reason, number, tidy(" ".join(map(str, row)))[:EXCERPT_CHARACTERS])
    elif row:
        yield row_document(dict(zip(header, row, strict=False)), number, settings)


class _Lines:
    """Lines for the csv module; one that is too long is an error behind which it goes on."""

    def __init__(self, lines: Iterator[str | None]) -> None:
        self._lines = lines

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        if line is None:
            raise csv.Error(fields.too_long("a line"))
        return f"{line}\n"


def _rows(lines: _Lines, delimiter: str) -> Iterator[list[str] | Rejected]:
    rows, number = csv.reader(lines, delimiter=delimiter), 0
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            reason = str(error)
            if "field larger" in reason:
                reason = fields.too_long("a cell")
            # The first row is the header.
            yield Rejected(reason, max(number, 1))
        number += 1


def _delimiter_and_header(first: list[str | None], wanted: str) -> tuple[str, int]:
    """Return the delimiter, and how many lines stand above the header."""
    written = [line or "" for line in first]
    for delimiter in DELIMITERS:
        for n_above, line in enumerate(written):
            if wanted in line and wanted in _cells(line, delimiter):
                return delimiter, n_above
    # Without the column, the error names those of the first line.
    header = next((n for n, line in enumerate(written) if line.strip()), 0)
    return max(DELIMITERS, key=written[header].count), header


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []
