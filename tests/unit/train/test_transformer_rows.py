import json

import pytest

from geostance.errors import InputError
from geostance.stance.passages import Passage
from geostance.train.stance_data import Row
from geostance.train.transformer_rows import counts, split, training_rows

LABELLED = [
    {"stance": -1, "relevant": 1, "voice": "author", "evidence": ["lies"]},
    {"stance": 1, "relevant": 1, "voice": "quoted", "evidence": ["wins"]},
    {"stance": 0, "relevant": 1, "voice": "none", "evidence": []},
    {"stance": 0, "relevant": 0, "voice": "none", "evidence": []},
]


def row(text, source="press", group=None, language="en"):
    return Row(Passage(text, 0, 1, language), 0, None, None, "", source, group or text)


def press(folder, name, texts):
    path = folder / "press" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [
        {"lang": "en", "target": "RU", "text": text, **label}
        for text, label in zip(texts, LABELLED, strict=True)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


TEXTS = ["Russia lies.", "Russia wins.", "Russia meets.", "A hotel in Russia."]


def test_a_group_is_whole_on_one_side():
    rows = [row(f"{n} {code}", "set", str(n), code) for n in range(50) for code in ("fr", "de")]
    training, development = split(rows)
    assert len(development) == 10 and len(training) == 90
    assert not {r.group for r in training} & {r.group for r in development}


def test_the_split_does_not_hang_on_the_order_of_the_rows():
    rows = [row(str(n)) for n in range(40)]
    assert {r.group for r in split(rows)[1]} == {r.group for r in split(rows[::-1])[1]}


def test_every_set_has_development_rows_and_equal_groups_of_two_sets_are_apart():
    rows = [row(f"a{n}", "one", str(n)) for n in range(3)]
    rows += [row(f"b{n}", "two", str(n)) for n in range(30)]
    assert {r.source for r in split(rows)[1]} == {"one", "two"}
    assert counts(split(rows)[1]) == {"one": {"en": 1}, "two": {"en": 3}}


def test_a_text_of_the_development_rows_is_in_no_training_row_of_another_set():
    rows = [row(f"text {n}", source) for source in ("one", "two") for n in range(20)]
    rows += [row("shared", "three", str(n)) for n in range(5)]
    training, development = split(rows)
    assert not {r.passage.text for r in training} & {r.passage.text for r in development}


def test_texts_of_the_press_test_are_not_learnt_from(tmp_path):
    again = [text.replace("Russia", "Moscow") for text in TEXTS]
    press(tmp_path, "train.jsonl", TEXTS)
    path = tmp_path / "press" / "train.jsonl"
    first = path.read_text()
    press(tmp_path, "train.jsonl", again)
    path.write_text(first + path.read_text())
    press(tmp_path, "dev.jsonl", again)
    assert [r.passage.text for r in training_rows(tmp_path)] == TEXTS


def test_further_sets_are_read_where_they_are(tmp_path):
    press(tmp_path, "train.jsonl", TEXTS)
    target = {"from": 0, "to": 3, "mention": "Ada", "polarity": 6.0}
    record = {"primary_gid": "1_2", "sentence_normalized": "Ada won.", "targets": [target]}
    for name in ("MAD-TSC/de", "NewsMTSC"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "train.jsonl").write_text(json.dumps(record) + "\n")
    assert counts(training_rows(tmp_path)) == {
        "mad-tsc": {"de": 1},
        "news-mtsc": {"en": 1},
        "press": {"en": 4},
    }


def test_labels_that_cannot_be_learnt_are_named(tmp_path):
    with pytest.raises(InputError, match="labelled set is not there"):
        training_rows(tmp_path)
    press(tmp_path, "train.jsonl", TEXTS)
    path = tmp_path / "press" / "train.jsonl"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[1:]))
    with pytest.raises(InputError, match="every value of stance, voice"):
        training_rows(tmp_path)


@pytest.mark.parametrize("line", ['{"text": "Russia lies."}', "no JSON", "[1]"])
def test_rows_of_another_form_are_refused_in_three_lines(tmp_path, line):
    press(tmp_path, "train.jsonl", TEXTS)
    path = tmp_path / "press" / "train.jsonl"
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(InputError, match="has another form") as refused:
        training_rows(tmp_path)
    assert refused.value.where == str(path)
