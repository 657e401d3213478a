"""CSV for people: opens in a spreadsheet with its letters, and without running what a text says."""

import re

import polars as pl

# A spreadsheet takes cells that begin so for formulas; the wide signs count in East Asia.
_FORMULA = r"^(\s*[=+\-@\t\r\n＝＋－＠])"


def without_formulas(frame: pl.DataFrame) -> pl.DataFrame:
    """Return ``frame`` with an apostrophe before texts and names that would be computed.

    Source: OWASP, CSV Injection.
    """
    texts = pl.col(pl.String, pl.Categorical, pl.Enum).cast(pl.String)
    return frame.with_columns(texts.str.replace(_FORMULA, "'$1")).rename(
        lambda name: re.sub(_FORMULA, r"'\1", name)
    )


def spreadsheet(frame: pl.DataFrame) -> str:
    """Return ``frame`` as CSV that Excel takes for UTF-8: with its mark and its line ends."""
    return "\ufeff" + without_formulas(frame).write_csv(line_terminator="\r\n")
