"""What is given out to a tool or a spreadsheet comes back as it was answered."""

import io
import json
import xml.etree.ElementTree as ElementTree
import zipfile

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from geostance.coding.doccano import doccano_examples, doccano_labels
from geostance.coding.inception import (
    EVIDENCE,
    JUDGEMENT,
    STRUCTURES,
    inception_document,
    inception_layers,
)
from geostance.coding.labelstudio import label_studio_config, label_studio_tasks
from geostance.coding.returned import read_returned
from geostance.coding.sheet import coding_sheet, coding_workbook
from geostance.coding.words import meaning
from geostance.errors import AnnotationError
from geostance.sheets import spreadsheet

WORDS = "coupe le gaz"


def read(value, name="file"):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return list(read_returned(data, name))


def place(text):
    start = text.index(WORDS)
    return start, start + len(WORDS)


def units(text, offset):
    return len(text[:offset].encode("utf-16-le")) // 2


def zipped(**members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, value in members.items():
            archive.writestr(name, json.dumps(value))
    return packed.getvalue()


def answered(rows):
    [(_, coder, values)] = rows
    keys = ("doc_id", "target", "relevant", "stance", "voice", "codebook", "note")
    said = [values[key] and meaning(key, values[key]) for key in keys]
    assert [one["text"] for one in values["evidence"]] == [WORDS]
    return coder, said


SAID = ["aaaa", "russia", "1", "-1", "author", "c0de", "hard"]


def test_label_studio_there_and_back(task):
    [given] = label_studio_tasks([task], "c0de")
    assert "score" not in json.dumps(given) and "predictions" not in given
    config = ElementTree.fromstring(label_studio_config())
    names = {one.get("name") for one in config.iter() if one.get("toName")}
    assert names == {"relevant", "stance", "voice", "evidence", "note"}

    def result(start, end, **more):
        parts = [("relevant", {"choices": ["relevant"]}), ("stance", {"choices": ["unfavourable"]}), ("voice", {"choices": ["author"]}), ("note", {"text": ["hard"]})]  # fmt: skip
        span = {"start": start, "end": end, "labels": ["evidence"], **more}
        return [{"from_name": name, "value": value} for name, value in [*parts, ("evidence", span)]]

    start, end = place(task.text)
    for offsets in ((start, end), (units(task.text, start), units(task.text, end))):
        done = {"completed_by": {"email": "ana@x"}, "result": result(*offsets, text=WORDS), "updated_at": "2026-05-04T09:12:33.5Z"}  # fmt: skip
        cancelled = {"was_cancelled": True, "result": result(0, 2)}
        rows = read([{"id": 7, **given, "annotations": [cancelled, done]}])
        assert answered(rows) == ("ana@x", SAID)
        assert rows[0][0] == "task 7" and rows[0][2]["coded_at"] == "2026-05-04T09:12:33.5Z"


def test_a_task_skipped_in_label_studio_is_no_label(task):
    [given] = label_studio_tasks([task], "c0de")
    skip = {"completed_by": 3, "result": [{"from_name": "relevant", "value": {"choices": ["skip"]}}]}  # fmt: skip
    [(_, coder, values)] = read([{**given, "annotations": [skip]}])
    assert coder == "3" and values["relevant"] is None and values["stance"] is None


def test_doccano_there_and_back(task):
    [given] = doccano_examples([task], "c0de")
    names = {one["text"] for one in doccano_labels()["categories"]}
    cats = ["relevant", "unfavourable", "voice: author"]
    assert set(cats) < names
    done = {"id": 4, **given, "cats": cats, "entities": [[*place(task.text), "evidence"]], "Comments": ["hard"]}  # fmt: skip
    assert answered(read(done)) == (None, SAID)
    # Not told from the portrayal, and two that exclude each other.
    assert read({**done, "cats": ["favourable"]})[0][2]["relevant"] == "relevant"
    assert read({**done, "cats": ["neutral", "favourable"]})[0][2]["stance"] == "neutral, favourable"  # fmt: skip
    # An export of several coders is an archive with a file for each.
    [(where, coder, _)] = read(zipped(**{"ana.jsonl": done, "all/ben.jsonl": {}}))
    assert (where, coder) == ("ana.jsonl, line 1", "ana")


def test_inception_there_and_back(task):
    cas = inception_document(task, "c0de")
    judgement = next(one for one in cas[STRUCTURES] if one["%TYPE"] == JUDGEMENT)
    assert judgement["begin"] == 1 and read(cas) == []
    mention = [one for one in cas[STRUCTURES] if one["%TYPE"].endswith("Mention")][1]
    # One more than the characters, for the letter that takes two units.
    assert (mention["begin"], mention["end"]) == (15, 21)
    layers = ElementTree.fromstring(inception_layers())
    assert {one.text for one in layers.iter() if one.tag.endswith("}name")} >= {JUDGEMENT, "voice"}

    judgement |= {"relevant": "yes", "portrayal": "Unfavourable", "voice": "author", "note": "hard"}
    start, end = (units(task.text, one) for one in place(task.text))
    cas[STRUCTURES].append({"%ID": 99, "%TYPE": EVIDENCE, "@sofa": 1, "begin": start, "end": end})
    assert answered(read(cas)) == (None, SAID)
    export = zipped(
        **{
            "annotation/aaaa.russia.json/ana.json": cas,
            "annotation/aaaa.russia.json/INITIAL_CAS.json": cas,
            "curation/aaaa.russia.json/CURATION_USER.json": cas,
            "source/aaaa.russia.json": cas,
        }
    )
    assert answered(read(export)) == ("ana", SAID)


def test_a_workbook_there_and_back(task, codebook):
    xlsxwriter = pytest.importorskip("xlsxwriter")
    assert xlsxwriter
    sheet = coding_sheet([task], "c0de")
    blank = coding_workbook(sheet, codebook, "fr")
    assert blank == coding_workbook(sheet, codebook, "fr")
    [(where, coder, values)] = read(blank)
    assert (where, coder, values["text"]) == ("sheet labels, row 2", None, task.text)
    answers = {"relevant": "oui", "stance": "défavorable", "voice": "auteur", "note": "hard", "evidence": WORDS}  # fmt: skip
    filled = sheet.with_columns(**{name: pl.lit(said) for name, said in answers.items()})
    [(_, _, values)] = read(coding_workbook(filled, codebook, "fr"))
    assert [meaning(key, values[key]) for key in ("relevant", "stance", "voice")] == SAID[2:5]
    book = CalamineWorkbook.from_filelike(io.BytesIO(blank))
    assert book.sheet_names == ["labels", "codebook"]
    with zipfile.ZipFile(io.BytesIO(blank)) as parts:
        page = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in page and '"oui,non"' in page and '"défavorable,neutre,favorable"' in page


def test_long_texts_are_cut_and_say_so(task, codebook):
    pytest.importorskip("xlsxwriter")
    sheet = coding_sheet([task], "c0de").with_columns(text=pl.lit("x" * 40_000))
    [(_, _, values)] = read(coding_workbook(sheet, codebook, "en"))
    assert len(values["text"]) < 32_767 and values["text"].endswith("the whole article is in the study")  # fmt: skip


def test_a_csv_sheet_holds_no_formula(task):
    text = spreadsheet(coding_sheet([task], "c0de"))
    assert "'=Moscou" in text and "'=Le Phare" in text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04 torn", "damaged archive"),
        (b'[{"data": 1}]', "no export of Label Studio"),
        (b'[{"data": ', "not JSON"),
        (b'{"text": "a", "cats": [], "entities": []}\n{"torn', "not a line of doccano"),
        (b"\xd0\xcf\x11\xe0 torn", "damaged workbook"),
    ],
)
def test_damaged_files_say_what_they_are(data, said):
    with pytest.raises(AnnotationError, match=said):
        list(read_returned(data, "file"))


@pytest.mark.parametrize(
    "value",
    [
        {STRUCTURES: [1, 2]},
        {STRUCTURES: [{"%TYPE": EVIDENCE, "begin": "a", "end": 3}]},
        [{"data": {}, "annotations": [1]}],
        [{"data": {"text": "a"}, "annotations": [{"result": [{"from_name": "evidence", "value": {"start": float("inf")}}]}]}],
        {"text": "a", "cats": [], "entities": [[0, 1]]},
        {"text": "a", "cats": [], "entities": [], "meta": "none"},
    ],
)  # fmt: skip
def test_an_export_that_was_tampered_with_is_told_and_no_traceback(value):
    with pytest.raises(AnnotationError, match="not as the tool writes it") as refused:
        read(value, "ana.json")
    assert refused.value.where == "ana.json"


def test_archives_without_names_damaged_or_without_end_are_refused_or_passed_over(task):
    done = {**doccano_examples([task], "c0de")[0], "cats": ["neutral"]}
    assert [coder for _, coder, _ in read(zipped(**{".": done, "ana.jsonl": done}))] == ["", "ana"]  # fmt: skip
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ana.jsonl", json.dumps(done))
    torn = bytearray(packed.getvalue())
    torn[45:55] = b"\xff" * 10
    with pytest.raises(AnnotationError, match="damaged archive"):
        read(bytes(torn))
    tower = packed.getvalue()
    for _ in range(2):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("ana.zip", tower)
        tower = packed.getvalue()
    with pytest.raises(AnnotationError, match="3 deep"):
        read(tower)


@pytest.mark.parametrize(
    "data", [b"doc_id,target\n", b"[1]", b'{"doc_id": "a", "target": "nato"}', b""]
)
def test_what_no_tool_wrote_is_left_to_others(data):
    assert read_returned(data, "file") is None


@pytest.mark.parametrize(
    ("column", "word", "value"),
    [("relevant", "Oui", "1"), ("stance", "Défavorable", "-1"), ("voice", "cité", "quoted"), ("relevant", "true", "1"), ("stance", "0,5", "0,5"), ("voice", "?", "?")],
)  # fmt: skip
def test_words_of_both_languages_are_understood(column, word, value):
    assert meaning(column, word) == value
