import csv
import io

import polars as pl
import pytest

from geostance.sheets import spreadsheet


def cells(text):
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-2", "@SUM(A1)", "\t=1", " =1", "\r=1", "\n=1", "＝1+1", "＠x"]
)
def test_a_text_that_looks_like_a_formula_is_text(cell):
    assert cells(spreadsheet(pl.DataFrame({"text": [cell]})))[1][0].startswith("'")


def test_names_of_columns_and_categories_are_text_too():
    frame = pl.DataFrame({"=HYPERLINK(A1)": ["a"], "kind": ["@x"]}).with_columns(
        pl.col("kind").cast(pl.Categorical)
    )
    assert cells(spreadsheet(frame)) == [["'=HYPERLINK(A1)", "kind"], ["a", "'@x"]]


def test_other_cells_stay_as_they_are():
    frame = pl.DataFrame({"text": ["Été, « ici »\nà 2 = 2", None], "n": [-1, 2]})
    assert spreadsheet(frame).startswith("\ufeff")
    assert cells(spreadsheet(frame)) == [["text", "n"], ["Été, « ici »\nà 2 = 2", "-1"], ["", "2"]]
