"""CSV for people: opens in a spreadsheet with its letters, and without running what a text says."""

import polars as pl

# A spreadsheet takes cells that begin so for formulas.
_FORMULA = r"^(\s*[=+\-@\t\r])"


def without_formulas(frame: pl.DataFrame) -> pl.DataFrame:
    """Return ``frame`` with an apostrophe before texts that a spreadsheet would compute.

    Source: OWASP, CSV Injection.
    """
    return frame.with_columns(pl.col(pl.String).str.replace(_FORMULA, "'$1"))


def spreadsheet(frame: pl.DataFrame) -> str:
    """Return ``frame`` as CSV that Excel takes for UTF-8: with its mark and its line ends."""
    return "\ufeff" + without_formulas(frame).write_csv(line_terminator="\r\n")
