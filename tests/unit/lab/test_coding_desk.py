import json
import multiprocessing
from datetime import UTC, datetime

import polars as pl
import pytest

pytest.importorskip("anywidget")

from geostance.errors import AnnotationError, ConfigError, StaleError
from geostance.files import read_table, write_table
from geostance.lab import Coder
from geostance.lab.answerbook import AnswerBook
from geostance.lab.codingdesk import answer_file
from geostance.schema import empty_table


@pytest.fixture
def coder(coding_study):
    return Coder("ana", coding_study)


def rows(study, name="ana"):
    path = study / "annotations" / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def press(coder, **sent):
    coder.handle({"id": "m1", "key": coder.widget.view["key"], **sent})
    return coder.widget.view


def test_what_is_shown_is_the_article_and_nothing_of_the_model(coder):
    view = coder.widget.view
    assert (view["place"], view["total"], view["open"]) == (1, 30, 30)
    assert view["target"] == "Russia" and view["mentions"]
    assert "-0.6" not in json.dumps(view) and view["message"] == ""
    assert coder.widget.codebook["hash"] == coder.codebook.hash


def test_every_answer_is_in_the_file_before_the_next(coder, coding_study):
    view = press(coder, do="set", relevant=True)
    assert view["ack"] == "m1" and view["saved"]
    assert rows(coding_study)[0]["draft"] == {"relevant": True, "stance": None, "voice": None}
    press(coder, do="set", stance=-1)
    press(coder, do="set", voice="quoted")
    press(coder, do="evidence", span=[0, 5])
    press(coder, do="note", text="hard")
    [row] = rows(coding_study)
    assert (row["relevant"], row["stance"], row["voice"], row["note"]) == (1, -1, "quoted", "hard")
    assert row["evidence"] == [{"start": 0, "end": 5, "text": coder.desk.task.text[:5]}]
    assert row["coder"] == "ana" and row["codebook"] == coder.codebook.hash
    assert datetime.fromisoformat(row["coded_at"]).tzinfo == UTC


def test_a_key_that_came_too_late_answers_no_other_article(coder, coding_study):
    first = coder.widget.view["key"]
    press(coder, do="move", steps=1)
    coder.handle({"id": "late", "key": first, "do": "set", "relevant": False})
    assert not (coding_study / "annotations" / "ana.jsonl").exists()
    assert coder.widget.view["place"] == 2 and coder.widget.view["ack"] == "late"


def test_undo_takes_answers_back_one_by_one_and_goes_where_they_were(coder, coding_study):
    press(coder, do="set", relevant=False)
    press(coder, do="move", steps=1)
    press(coder, do="skip")
    press(coder, do="set", stance=1)
    assert press(coder, do="undo")["message"] == "skipped"
    press(coder, do="undo")
    assert len(rows(coding_study)) == 1
    view = press(coder, do="undo")
    assert view["place"] == 1 and rows(coding_study) == []
    assert press(coder, do="undo")["message"] == "There is nothing to take back."


def test_opened_again_it_goes_on_at_the_first_open_article(coder, coding_study):
    press(coder, do="skip")
    press(coder, do="move", steps=1)
    press(coder, do="set", relevant=False)
    press(coder, do="move", steps=1)
    press(coder, do="set", stance=0)
    again = Coder("ana", coding_study).widget.view
    assert (again["place"], again["coded"], again["skipped"]) == (3, 1, 1)
    assert again["answer"]["stance"] == 0


def test_sentences_are_chosen_by_number(coder):
    sentences = coder.desk.task.sentences
    view = press(coder, do="sentences", numbers=[2, 1])
    assert view["answer"]["evidence"] == [list(sentences[0]), list(sentences[1])]
    assert "there is no sentence 9" in press(coder, do="sentences", numbers=[9])["message"]
    assert press(coder, do="drop")["answer"]["evidence"] == [list(sentences[0])]


def test_evidence_lies_in_the_text_and_has_no_spaces_around_it(coder):
    text = coder.desk.task.text
    end = len(text)
    assert press(coder, do="evidence", span=[3, end + 1])["warning"]
    gap = text.index("\n\n")
    view = press(coder, do="evidence", span=[gap - 2, gap + 2])
    assert view["answer"]["evidence"] == [[gap - 2, gap]]


def test_what_cannot_be_written_is_told_and_kept_out(coder, coding_study, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("geostance.lab.answerbook.write_text", full)
    view = press(coder, do="set", relevant=True)
    assert view["warning"] and "No space left" in view["message"]
    assert view["answer"]["relevant"] is None and view["saved"] == ""


def test_two_coders_on_one_file_lose_no_label(coding_study):
    shared = coding_study / "annotations" / "both.jsonl"
    ana, ben = (Coder(name, coding_study, file=shared) for name in ("ana", "ben"))
    for coder in (ana, ben, ana, ben):
        press(coder, do="set", relevant=False)
        press(coder, do="move", steps=1)
    press(ana, do="undo")
    left = [(row["coder"], row["doc_id"]) for row in rows(coding_study, "both")]
    assert sorted(left) == [("ana", "a00"), ("ben", "a00"), ("ben", "a01")]


def write_many(path, coder):
    book = AnswerBook(path, coder)
    for number in range(25):
        book.put((f"d{number}", "russia"), {"doc_id": f"d{number}", "target": "russia", "coder": coder})  # fmt: skip


def test_two_processes_writing_at_once_lose_no_label(tmp_path):
    path = tmp_path / "both.jsonl"
    workers = [multiprocessing.get_context("fork").Process(target=write_many, args=(path, coder)) for coder in ("ana", "ben")]  # fmt: skip
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(path.read_text(encoding="utf-8").splitlines()) == 50


def test_lines_of_others_and_lines_that_cannot_be_read_stay_as_they_are(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"torn\n{"coder": "ben", "doc_id": "d"}\n[1]\n', encoding="utf-8")
    AnswerBook(path, "ana").put(("d", "russia"), {"doc_id": "d", "target": "russia", "coder": "ana"})  # fmt: skip
    assert path.read_text(encoding="utf-8").splitlines()[:3] == ['{"torn', '{"coder": "ben", "doc_id": "d"}', "[1]"]  # fmt: skip


def test_what_a_killed_kernel_left_half_written_goes_with_the_next_answer(tmp_path):
    left = tmp_path / ".a.jsonl.123.part"
    other = tmp_path / ".b.jsonl.123.part"
    for path in (left, other):
        path.write_text('{"doc', encoding="utf-8")
    AnswerBook(tmp_path / "a.jsonl", "ana").put(("d", "russia"), {"coder": "ana"})
    assert not left.exists() and other.exists()


def test_labels_by_another_codebook_are_told_and_kept(coder, coding_study):
    press(coder, do="set", relevant=False)
    (coding_study / "codebook.yml").write_text("en: Judge anew.\n", encoding="utf-8")
    again = Coder("ana", coding_study)
    assert "1 of your labels were made by another codebook" in again.widget.view["message"]
    assert rows(coding_study)[0]["codebook"] == coder.codebook.hash != again.codebook.hash


def test_a_desk_that_shows_the_model_says_so_in_every_row(coding_study):
    coder = Coder("ana", coding_study, blind=False, language="fr")
    assert "le modèle dit : défavorable" in coder.widget.view["message"]
    press(coder, do="set", relevant=False)
    assert rows(coding_study)[0]["blind"] is False


def test_a_page_lists_what_there_is_and_makes_no_widget(coding_study, monkeypatch):
    monkeypatch.setenv("GEOSTANCE_PAGE", "yes")
    coder = Coder("ana", coding_study)
    assert coder.widget is None and "0 coded" in coder._page()


@pytest.mark.parametrize("name", ["", "a/b", "..", ".hidden", "a\nb"])
def test_a_name_that_is_no_file_is_refused(tmp_path, name):
    with pytest.raises(ConfigError):
        answer_file(tmp_path, name)


def test_without_a_drawn_sample_it_says_what_to_do(coding_study):
    with pytest.raises(AnnotationError, match="make annotate"):
        Coder("ana", coding_study, frame=empty_table("frame"))
    (coding_study / "sampling" / "frame.parquet").unlink()
    with pytest.raises(StaleError, match="make annotate"):
        Coder("ana", coding_study)


def test_a_deposit_has_no_texts_to_code(coding_study):
    path = coding_study / "interim" / "cleaned.parquet"
    emptied = read_table(path, "cleaned").with_columns(text=pl.lit(None, pl.String))
    write_table(path, emptied, "cleaned")
    with pytest.raises(StaleError, match="texts of this study are not there"):
        Coder("ana", coding_study)
