"""A published manifest made again; in place of make, a few files are written as it would."""

import json
import sys
from pathlib import Path

import pytest

from geostance import reproduction
from geostance.cli import main
from geostance.config import Config, read_config
from geostance.errors import GeostanceError, InputError, StaleError
from geostance.files import write_json, write_text
from geostance.publish.manifest import build_manifest, table_record
from geostance.reproduction import reproduce_study, run_make

CONFIG = Config.model_validate({"seed": 7, "publish": {"title": "Été : « a »"}})


def made(data: Path, corpus: Path, config: Path, number: float = 0.5) -> None:
    """Write what make would: the corpus as a table, a page and the numbers of a figure."""
    documents = data / "interim" / "documents.parquet"
    main(["ingest", f"--config={config}", f"--corpus={corpus}", f"--output={documents}"])
    write_text(data / "published" / "report.html", f"<h1>{read_config(config).publish.title}</h1>")
    write_text(data / "published" / "figures" / "f.csv", f"stance\n{number}\n")
    write_json(data / "published" / "tables.json", {"documents": table_record(documents)})


class Make:
    """Stands for make: the goals it was asked for, and what it writes."""

    def __init__(self, number=0.5):
        self.goals, self.number = [], number

    def __call__(self, arguments, hidden):
        assert "GEOSTANCE_LLM_KEY" in hidden
        goal, *settings = arguments
        self.goals.append(Path(goal).name)
        given = dict(one.split("=", 1) for one in settings)
        made(Path(given["DATA"]), Path(given["CORPUS"]), Path(given["CONFIG"]), self.number)


@pytest.fixture
def published(tmp_path):
    """The manifest of a study of one article, and its corpus and labels."""
    corpus, data = tmp_path / "articles", tmp_path / "study"
    corpus.mkdir()
    (tmp_path / "labels").mkdir()
    (corpus / "a.txt").write_text("Le pont a été rouvert hier soir, après deux ans de travaux.")
    config = tmp_path / "study.yml"
    write_text(config, reproduction.yaml_text(CONFIG.model_dump(mode="json")))
    assert read_config(config) == CONFIG
    made(data, corpus, config)
    lock = reproduction.REPOSITORY / "requirements.lock"
    write_json(
        data / "published" / "manifest.json",
        build_manifest(CONFIG, config, lock, data / "published"),
    )
    inputs = {"CORPUS": corpus, "ANNOTATIONS": tmp_path / "labels"}
    return data / "published" / "manifest.json", inputs, tmp_path / "again"


def test_the_same_comes_out_of_the_same(published):
    make = Make()
    held, notes = reproduce_study(*published, make)
    assert make.goals == ["documents.parquet", "all"]
    assert {one.verdict for one in held} == {"same"} and notes == []
    assert {one.name for one in held} >= {"table documents", "report.html", "figures/f.csv"}


def test_the_command_says_each_verdict_and_ends_with_an_error(published, monkeypatch, capsys):
    manifest, inputs, output = published
    call = ["reproduce", f"--manifest={manifest}", f"--output={output}"]
    call += [f"--{name.lower()}={path}" for name, path in inputs.items()]
    # The manifest names no such command line: what make would be called with is replaced.
    monkeypatch.setattr(reproduce_study, "__defaults__", (Make(0.5 + 1e-9),))
    main(call)
    said = capsys.readouterr().out
    assert "equal     figures/f.csv: stance by at most 1.0e-09" in said
    assert said.splitlines()[-1].endswith("1 equal, 0 different")
    monkeypatch.setattr(reproduce_study, "__defaults__", (Make(0.6),))
    with pytest.raises(SystemExit) as stopped:
        main(call)
    out, err = capsys.readouterr()
    assert stopped.value.code == 4 and "different figures/f.csv: columns stance" in out
    assert "came out different: figures/f.csv" in err


def test_another_corpus_stops_before_the_rest_is_made(published):
    manifest, inputs, output = published
    (inputs["CORPUS"] / "b.txt").write_text("Un autre article, sur le port et ses bateaux.")
    make = Make()
    with pytest.raises(InputError, match="2 documents are read, 1 were") as error:
        reproduce_study(manifest, inputs, output, make)
    assert make.goals == ["documents.parquet"] and str(inputs["CORPUS"]) in error.value.where


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"lock_sha256": "0"}, "another requirements.lock"),
        ({"geostance": "9.9"}, "another version of geostance: 9.9"),
    ],
)
def test_another_lock_or_version_is_refused(published, change, said):
    manifest, inputs, output = published
    value = json.loads(manifest.read_text())
    value["run"] |= change
    write_json(manifest, value)
    with pytest.raises(StaleError, match=said) as error:
        reproduce_study(manifest, inputs, output, Make())
    assert len(str(error.value).split("\n")) == 3 and not output.exists()


def test_another_python_and_platform_are_noted(published):
    manifest, inputs, output = published
    value = json.loads(manifest.read_text())
    value["run"] |= {"python": "3.9.1", "platform": "Plan9 mips"}
    write_json(manifest, value)
    _, notes = reproduce_study(manifest, inputs, output, Make())
    assert [note.split(",")[0] for note in notes] == ["python was 3.9.1", "platform was Plan9 mips"]


@pytest.mark.parametrize("text", ["{}", "[]", '{"run": {}}', "{half", ""])
def test_a_file_that_is_no_manifest_is_refused(published, text):
    manifest, inputs, output = published
    manifest.write_text(text)
    with pytest.raises(GeostanceError, match=r"no manifest|not JSON"):
        reproduce_study(manifest, inputs, output, Make())


def test_make_is_called_in_the_projects_folder(tmp_path, monkeypatch):
    (tmp_path / "Makefile").write_text("")
    (tmp_path / "make").write_text('#!/bin/sh\necho "$PWD $MAKEFLAGS $@" > said\nexit $CODE\n')
    (tmp_path / "make").chmod(0o755)
    monkeypatch.setattr(reproduction, "REPOSITORY", tmp_path)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("MAKEFLAGS", "n -- DATA=other")
    monkeypatch.setenv("CODE", "0")
    run_make(["all", "DATA=x"], ())
    assert (tmp_path / "said").read_text() == f"{tmp_path}  all DATA=x\n"
    monkeypatch.setenv("CODE", "2")
    with pytest.raises(StaleError, match="make ended with 2"):
        run_make(["all"], ())
    (tmp_path / "Makefile").unlink()
    with pytest.raises(StaleError, match="no Makefile"):
        run_make(["all"], ())


def test_a_manifest_of_others_gets_no_key(monkeypatch, tmp_path):
    """It could name a service of its own to send the key to."""
    fake = tmp_path / "make"
    fake.write_text('#!/bin/sh\necho "${SOME_KEY-hidden} ${OTHER-hidden}" > "$1"\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.setenv("SOME_KEY", "sk-1")
    monkeypatch.setenv("OTHER", "seen")
    reproduction.run_make([str(tmp_path / "said")], {"SOME_KEY"})
    assert (tmp_path / "said").read_text() == "hidden seen\n"
