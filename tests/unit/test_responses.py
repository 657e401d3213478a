import json
import logging
import subprocess
import sys

import pytest

from geostance.responses import Responses

KEY, OTHER = "ab12", "cd34"


@pytest.mark.parametrize("kept", ["folder", "memory"])
def test_an_answer_comes_back(tmp_path, kept):
    responses = Responses(tmp_path / "answers" if kept == "folder" else None)
    assert responses.get(KEY) is None
    responses.put(KEY, {"content": "नमस्ते", "tokens_in": None})
    assert responses.get(KEY) == {"content": "नमस्ते", "tokens_in": None}
    assert responses.get(OTHER) is None


def test_looking_makes_no_folder(tmp_path):
    assert Responses(tmp_path / "answers").get(KEY) is None
    assert not (tmp_path / "answers").exists()


def test_another_process_finds_it_in_a_readable_file(tmp_path):
    Responses(tmp_path).put(KEY, {"content": "Ankara"})
    assert Responses(tmp_path).get(KEY) == {"content": "Ankara"}
    assert json.loads((tmp_path / "ab" / "ab12.json").read_text()) == {"content": "Ankara"}


@pytest.mark.parametrize("damaged", ["", '{"content": "An', "[1]", "\x00\x00"])
def test_a_damaged_answer_is_none_and_told(tmp_path, damaged, caplog):
    responses = Responses(tmp_path)
    responses.put(KEY, {"content": "Ankara"})
    (tmp_path / "ab" / "ab12.json").write_text(damaged)
    with caplog.at_level(logging.WARNING):
        assert responses.get(KEY) is None
    assert "asked for again" in caplog.text
    responses.put(KEY, {"content": "Ankara"})
    assert responses.get(KEY) == {"content": "Ankara"}


def test_two_processes_write_one_folder_without_harm(tmp_path):
    code = (
        "import sys; from pathlib import Path; from geostance.responses import Responses\n"
        "kept = Responses(Path(sys.argv[1]))\n"
        "for n in range(60): kept.put(f'{n % 20:04d}', {'content': 'x' * 500, 'by': sys.argv[2]})"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name]) for name in "ab"]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 20
    assert all(json.loads(path.read_text())["content"] == "x" * 500 for path in files)
