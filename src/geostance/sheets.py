"""CSV for people: opens in a spreadsheet with its letters, and without running what a text says."""

import polars as pl

# A spreadsheet takes cells that begin so for formulas.
_FORMULA = r"^(\s*[=+\-@\t\r])"


def sheet(frame: pl.DataFrame) -> str:
    """Return ``frame`` as CSV in UTF-8 with its mark, texts that look like formulas behind a quote.

    Source: OWASP, CSV Injection.
    """
    safe = frame.with_columns(pl.col(pl.String).str.replace(_FORMULA, "'$1"))
    return "\ufeff" + safe.write_csv()
