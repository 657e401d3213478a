import json

import polars as pl
import pytest

from geostance.validate.codebooks import codebook_notes, label_table
from geostance.validate.imports import import_labels
from geostance.validate.labels import read_labels

TARGETS = ("russia", "nato")


@pytest.fixture
def given(tmp_path, documents):
    def take(**files):
        paths = []
        for name, text in files.items():
            path = tmp_path / name.replace("_", ".")
            path.write_text(text, encoding="utf-8")
            paths.append(path)
        return import_labels(paths, documents, TARGETS)

    return take


def test_good_rows_are_taken_and_bad_ones_kept_with_their_reason(given):
    labels, rejected = given(
        ana_csv="doc_id,target,relevant,stance,voice,note\n"
        "aaaa,russia,yes,unfavourable,author,sharp\n"
        "aaaa,nato,,,,\n"
        "bbbb,russia,1,pro,author,\n"
        "zzzz,russia,1,1,author,\n"
        "bbbb,nato,non,,,\n"
        "aaaa,russia,1,1,,\n"
    )
    assert labels == [
        {"doc_id": "aaaa", "target": "russia", "relevant": 1, "stance": -1, "voice": "author", "coder": "ana", "note": "sharp"},
        {"doc_id": "bbbb", "target": "nato", "relevant": 0, "stance": None, "voice": None, "coder": "ana"},
    ]  # fmt: skip
    assert rejected["reason"].to_list() == [
        "stance is 'pro', not a number",
        "the document zzzz is not in the corpus",
        "coder 'ana' labels russia in document aaaa again",
    ]
    assert rejected["where"][0].endswith("ana.csv, line 4") and "pro" in rejected["row"][0]


def test_a_file_that_breaks_off_is_rejected_from_there_on(given):
    labels, rejected = given(
        ana_csv='doc_id,target,relevant,stance\naaaa,nato,1,1\nbbbb,"nato,1,1\n',
        ben_csv="doc_id,target,relevant,stance\nbbbb,nato,1,0\n",
    )
    assert [(row["doc_id"], row["coder"]) for row in labels] == [("aaaa", "ana"), ("bbbb", "ben")]
    assert len(rejected) == 1


def test_what_was_imported_is_read_as_labels(given, tmp_path, documents):
    rows, _ = given(ana_csv="doc_id,target,relevant,stance,codebook\naaaa,nato,1,1,c0de\n")
    path = tmp_path / "again" / "imported.jsonl"
    path.parent.mkdir()
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    for beside in ("imported.jsonl.run.json", "imported.rejected.csv"):
        path.with_name(beside).write_text("{}", encoding="utf-8")
    labels = read_labels(path.parent.iterdir(), documents, TARGETS)
    assert label_table(labels).rows() == [("aaaa", "nato", True, 1, None, "ana", None, None, "c0de", None)]  # fmt: skip


def test_labels_by_two_codebooks_are_told():
    table = pl.DataFrame({"codebook": ["old", "new", "new", None]})
    assert codebook_notes(table) == [
        "labels were made by 3 codebooks: new (2), old (1), none named (1); they are used "
        "together, the column codebook of the table labels tells them apart"
    ]
    assert codebook_notes(table.filter(codebook="new")) == codebook_notes(table.head(0)) == []


def test_a_decision_is_by_the_codebook_of_the_answers_it_decides_on():
    labels = pl.DataFrame({
        "doc_id": ["a"] * 3, "target": ["nato"] * 3, "relevant": [True] * 3, "stance": [-1, 1, 0],
        "voice": ["author"] * 3, "coder": ["ana", "ben", "maria"], "codebook": ["c0de", "c0de", None],
        "adjudicates": [None, None, "ana: stance -1; ben: stance 1"],
    })  # fmt: skip
    assert codebook_notes(labels) == []
    assert len(codebook_notes(labels.drop("adjudicates"))) == 1
