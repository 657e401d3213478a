"""Read workbooks of Excel and LibreOffice: one article a row of each sheet that has a text."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from typing import Any

from geostance.ingest.records import EXCERPT_CHARACTERS, Document, Rejected
from geostance.ingest.rows import no_text_column
from geostance.ingest.sources import MAX_BYTES, Source, TooLargeError
from geostance.ingest.tables import csv_row
from geostance.settings.corpus import IngestSettings

# A cell in the far corner of a sheet, be it damage or a stray format, makes calamine ask for
# hundreds of gigabytes, which ends the process. So another one reads the workbook first.
_TRIAL = """
import io, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (4 * 2**30, 4 * 2**30))
except (ImportError, ValueError, OSError):
    pass
from python_calamine import CalamineWorkbook
workbook = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
for name in workbook.sheet_names:
    workbook.get_sheet_by_name(name)
"""
# As in csv: a title may stand above the header.
_FIRST_ROWS = 20


def read_workbook(source: Source, settings: IngestSettings) -> Iterator[Document | Rejected]:
    """Yield one article a row; a formula gives its value, a date cell its date.

    The header is the first row of a sheet that names the column of the text. A sheet
    without one is rejected as a whole, unless it is empty; rows are counted over all sheets.

    Raises:
        InputError: no sheet has the column.
    """
    sheets = read_sheets(source)
    if isinstance(sheets, Rejected):
        yield sheets
        return
    wanted = settings.columns.text
    tables = [(name, rows, _header_at(rows, wanted)) for name, rows in sheets if rows]
    if tables and all(at is None for _, _, at in tables):
        widest = max(tables[0][1][:_FIRST_ROWS], key=lambda row: sum(cell != "" for cell in row))
        raise no_text_column(map(str, widest), settings, source.name)
    if not tables:
        yield Rejected("empty")
    number = 0
    for name, rows, at in tables:
        if at is None:
            number += 1
            yield Rejected(f'a sheet has no column "{wanted}"', number, name)
            continue
        header = [str(cell).strip() for cell in rows[at]]
        named = ["sheet"] if len(sheets) > 1 and "sheet" not in header else []
        for row in rows[at + 1 :]:
            number += 1
            if any(cell != "" for cell in row):
                row = [cell if cell != "" else None for cell in row]
                yield from csv_row(header + named, row + [name] * len(named), number, settings)


def read_sheets(source: Source) -> list[tuple[str, list[list[Any]]]] | Rejected:
    """Return the rows of each sheet by its name, empty cells as "", or why they cannot be read.

    Raises:
        TooLargeError: the workbook unpacks to more than ``MAX_BYTES``.
    """
    # Imported here: it is a compiled library that only workbooks need.
    from python_calamine import CalamineWorkbook

    data = source.read()
    if _unpacked_size(data) > MAX_BYTES:
        raise TooLargeError(f"unpacks to more than {MAX_BYTES // 2**20} MB")
    tried = subprocess.run(
        [sys.executable, "-c", _TRIAL], input=data, capture_output=True, check=False
    )
    if tried.returncode:
        return Rejected("a damaged workbook, or one with a cell far off the others")
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return [(n, workbook.get_sheet_by_name(n).to_python()) for n in workbook.sheet_names]
    except Exception as error:
        # calamine has an exception a format, and passes on those of its parsers.
        return Rejected(f"a damaged workbook: {error}"[:EXCERPT_CHARACTERS])


def _unpacked_size(data: bytes) -> int:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            return sum(part.file_size for part in book.infolist())
    except (zipfile.BadZipFile, ValueError):
        # What cannot be opened is told by the trial.
        return 0


def _header_at(rows: list[list[Any]], wanted: str) -> int | None:
    first = enumerate(rows[:_FIRST_ROWS])
    return next((n for n, row in first if wanted in (str(cell).strip() for cell in row)), None)
