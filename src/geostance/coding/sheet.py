"""Sheets for coders without Jupyter: CSV, or a workbook with lists to choose from."""

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from geostance.coding.codebook import Codebook
from geostance.coding.labelstudio import Returned
from geostance.coding.tasks import Task
from geostance.coding.words import SHEET_WORDS
from geostance.errors import AnnotationError
from geostance.ingest.records import Rejected
from geostance.ingest.sources import Source
from geostance.ingest.workbooks import read_sheets

# Filled in by the coder.
ANSWERS = ("relevant", "stance", "voice", "evidence", "coder", "note")
_WIDTHS = {
    "doc_id": 9,
    "target": 9,
    "outlet": 14,
    "date": 11,
    "text": 90,
    "evidence": 30,
    "note": 24,
}
# What a cell of Excel holds; the rest of a longer text would be lost in silence.
_CELL = 32_000
_CUT = "\n[…] cut here: the whole article is in the study"
_EPOCH = datetime(2000, 1, 1)


def coding_sheet(tasks: Sequence[Task], codebook: str) -> pl.DataFrame:
    """Return a row for each task with empty columns for the answers."""
    columns = ("doc_id", "target", "outlet", "date", "text")
    frame = pl.DataFrame(
        [[getattr(task, column) for column in columns] for task in tasks],
        schema=dict.fromkeys(columns, pl.String),
        orient="row",
    )
    return frame.with_columns(
        *(pl.lit(None, pl.String).alias(answer) for answer in ANSWERS),
        codebook=pl.lit(codebook),
    )


def coding_workbook(sheet: pl.DataFrame, codebook: Codebook, language: str) -> bytes:
    """Return a sheet of :func:`coding_sheet` as XLSX: lists for the answers, the codebook beside.

    No text is taken for a formula, a number or an address. The same sheet gives the same bytes.
    """
    # Imported here: only this needs it.
    import xlsxwriter

    written = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(written, plain)
    book.set_properties({"created": _EPOCH})
    head = book.add_format({"bold": True, "bg_color": "#dce6f1", "border": 1})
    cell = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    page = book.add_worksheet("labels")
    words = SHEET_WORDS.get(language, SHEET_WORDS["en"])
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, _WIDTHS.get(column, 13), cell)
        page.write_string(0, place, column, head)
        for row, text in enumerate(sheet[column], start=1):
            if text:
                page.write_string(
                    row, place, text if len(text) <= _CELL else text[:_CELL] + _CUT, cell
                )
        if column in words and len(sheet):
            rule = {"validate": "list", "source": list(words[column].values())}
            page.data_validation(1, place, len(sheet), place, rule)
    page.freeze_panes(1, 2)
    for row in range(1, len(sheet) + 1):
        page.set_row(row, 150)
    beside = book.add_worksheet("codebook")
    beside.set_column(0, 0, 110, cell)
    lines = codebook.texts[codebook.language(language)].strip().split("\n")
    for row, line in enumerate([f"version {codebook.hash}", *lines]):
        beside.write_string(row, 0, line, cell)
    book.close()
    return written.getvalue()


def read_workbook_rows(data: bytes, name: str) -> Iterator[Returned]:
    """Yield place, coder and values of the rows of a workbook, from sheets with labels in them.

    Raises:
        AnnotationError: it is damaged, or no sheet has the columns target and relevant.
    """
    sheets = read_sheets(Source.of_bytes(data, name))
    if isinstance(sheets, Rejected):
        raise AnnotationError(sheets.reason, name, "open it, save it again, or save it as CSV")
    found = False
    for title, rows in sheets:
        header = [str(cell).strip() for cell in rows[0]] if rows else []
        if not {"target", "relevant"} <= set(header):
            continue
        found = True
        for number, row in enumerate(rows[1:], start=2):
            if any(cell != "" for cell in row):
                values = {column: _text(cell) for column, cell in zip(header, row, strict=False)}
                yield f"sheet {title}, row {number}", None, values
    if not found:
        raise AnnotationError(
            "no sheet has the columns target and relevant",
            name,
            "keep the first row of the sheet as it was given out",
        )


def _text(cell: Any) -> str:
    # A spreadsheet keeps every number as 1.0.
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
