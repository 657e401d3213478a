import json

import pytest

from geostance.errors import InputError
from geostance.train.stance_data import mad_tsc, press, ruopinionne


def write(path, *records):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")


def test_press_rows_without_their_target_are_left_out(tmp_path):
    row = {"lang": "en", "target": "RU", "relevant": 1, "stance": -1, "voice": "quoted"}
    write(
        tmp_path / "press.jsonl",
        {**row, "text": "Moscow lies, they say."},
        {**row, "text": "Nobody is named."},
    )
    (only,) = press(tmp_path / "press.jsonl")
    assert only.passage.text[only.passage.start : only.passage.end] == "Moscow"
    assert (only.stance, only.relevant, only.quoted, only.target) == (-1, True, True, "russia")


def test_press_rows_know_the_spans_of_their_evidence(tmp_path):
    row = {"lang": "en", "target": "RU", "relevant": 1, "stance": -1, "voice": "author"}
    text = "Yesterday Moscow broke its word again."
    write(
        tmp_path / "press.jsonl",
        {**row, "text": text, "evidence": ["broke its word", "not in the text"]},
        {**row, "text": text, "evidence": []},
    )
    marked, plain = press(tmp_path / "press.jsonl")
    assert [marked.passage.text[start:end] for start, end in marked.evidence] == ["broke its word"]
    assert plain.evidence == ()


def test_translations_of_a_sentence_share_their_group(tmp_path):
    for language in ("fr", "de"):
        target = {"from": 0, "to": 3, "mention": "Ada", "polarity": 6.0}
        record = {"primary_gid": "17_2_0_3", "sentence_normalized": "Ada won.", "targets": [target]}
        write(tmp_path / "MAD-TSC" / language / "train.jsonl", record)
    groups = {row.group for code in ("fr", "de") for row in mad_tsc(tmp_path, code, "train")}
    assert groups == {"17"}


def test_an_absent_set_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="labelled set is not there"):
        list(press(tmp_path / "none.jsonl"))


def opinion(start: int, end: int, polarity: str) -> dict:
    return {"Target": [["name"], [f"{start}:{end}"]], "Polarity": polarity}


def test_opinions_of_a_target_are_summed_and_held_out_sentences_left_out(tmp_path):
    columns = "sentence\tentity_pos_start_rel\tentity_pos_end_rel\tlabel\n"
    folder = tmp_path / "RuSentNE-2023"
    folder.mkdir()
    (folder / "train_data.csv").write_text(columns + "Анна пела.\t0\t4\t1\n", encoding="utf-8")
    (folder / "validation_data_labeled.csv").write_text(
        columns + "Иван солгал – снова.\t0\t4\t-1\n", encoding="utf-8"
    )
    write(
        tmp_path / "RuOpinionNE-2024" / "train.jsonl",
        {"text": "Пётр спас Ольгу.", "opinions": [opinion(0, 4, "POS"), opinion(0, 4, "POS")]},
        {
            "text": "Олег и спас, и солгал.",
            "opinions": [opinion(0, 4, "POS"), opinion(0, 4, "NEG")],
        },
        {"text": "Иван солгал - снова.", "opinions": [opinion(0, 4, "NEG")]},
        {"text": "Вечер. Иван солгал – снова. Все ушли.", "opinions": [opinion(7, 11, "NEG")]},
        {"text": "Никто не назван.", "opinions": []},
    )
    write(tmp_path / "RuOpinionNE-2024" / "validation_labeled.jsonl")
    (only,) = ruopinionne(tmp_path)
    assert (only.passage.text[only.passage.start : only.passage.end], only.stance) == ("Пётр", 1)
