import csv
import io

import polars as pl
import pytest

from geostance.config import Config
from geostance.errors import AnnotationError
from geostance.files import write_table
from geostance.schema import empty_table
from geostance.stages.adjudication import annotate_adjudicate
from geostance.validate import disagreements, read_labels, settled


def write(folder, table, rows):
    frame = pl.concat([empty_table(table), pl.DataFrame(rows)], how="diagonal_relaxed")
    path = folder / f"{table}.parquet"
    write_table(path, frame.cast(dict(empty_table(table).schema)), table)
    return path


@pytest.fixture
def study(tmp_path):
    """Two articles that ana and ben judge; they agree on the second."""
    (tmp_path / "annotations").mkdir()
    for coder, stance in (("ana", -1), ("ben", 1)):
        (tmp_path / "annotations" / f"{coder}.csv").write_text(
            "doc_id,target,relevant,stance,inclusion_probability\n"
            f"d1,nato,1,{stance},0.5\nd2,nato,1,0,0.5\n"
        )
    articles = {"doc_id": ["d1", "d2"], "source": ["a.txt", "b.txt"], "position": [1, 1]}
    texts = {"doc_id": ["d1", "d2"], "title": ["=One", "Two"], "text": ["Text one.", "Text two."]}
    return {
        "documents": write(tmp_path, "documents", articles | {"outlet": ["Le Phare"] * 2}),
        "cleaned": write(tmp_path, "cleaned", texts),
    }


def labels_of(study, tmp_path):
    files = sorted((tmp_path / "annotations").iterdir())
    return read_labels(files, pl.read_parquet(study["documents"]), ["nato"])


@pytest.fixture
def sheet(study, tmp_path):
    """Write the sheet from the labels there are, and return its path and record."""

    def run():
        texts = pl.read_parquet(study["cleaned"]).with_columns(outlet=pl.lit("Le Phare"))
        found = disagreements(labels_of(study, tmp_path), texts)
        write_table(tmp_path / "disagreements.parquet", found, "disagreements")
        output = tmp_path / "sampling" / "adjudication.csv"
        output.parent.mkdir(exist_ok=True)
        paths = study | {"disagreements": tmp_path / "disagreements.parquet"}
        return output, annotate_adjudicate(Config(), **paths, output=output)

    return run


def rows(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def test_a_filled_sheet_comes_back_as_a_decision(study, sheet, tmp_path):
    path, record = sheet()
    assert record == {"to_decide": 1, "decided": 0}
    (row,) = rows(path)
    assert row["adjudicates"] == "ana: stance -1; ben: stance 1"
    assert row["text"] == "Text one." and row["title"] == "'=One"
    with (tmp_path / "annotations" / "maria.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerow(row | {"relevant": "1", "stance": "0"})
    decided = settled(labels_of(study, tmp_path)).filter(doc_id="d1")
    assert decided.select("stance", "coder", "inclusion_probability").rows() == [(0, "maria", 0.5)]
    path, record = sheet()
    assert record == {"to_decide": 0, "decided": 1} and rows(path) == []


def test_answers_are_never_written_over(sheet):
    path, _ = sheet()
    text = path.read_text(encoding="utf-8-sig")
    path.write_text(text.replace("ben: stance 1,,,,,", "ben: stance 1,1,0,,,"))
    before = path.read_text()
    with pytest.raises(AnnotationError, match="would be lost"):
        sheet()
    assert path.read_text() == before and "ben: stance 1,1,0" in before
