"""Stages that go on after a crash where they were."""

import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from geostance import files
from geostance.config import Config
from geostance.errors import StaleError
from geostance.files import join_parts, read_table, write_table
from geostance.schema import empty_table
from geostance.stages import parts as module
from geostance.stages.corpus import clean, embed, sentences
from geostance.stages.measurement import mentions
from geostance.stages.parts import cut_documents, kept_parts

ROWS = 3
TEXTS = [
    f"Le ministre a reçu le délégué numéro {n} de la Russie. La réunion a duré {n} heures à Paris."
    for n in range(8)
]


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    for one in (files, module):
        monkeypatch.setattr(one, "PART_ROWS", ROWS)


@pytest.fixture
def study(tmp_path):
    """A corpus of three parts, and a fingerprint as Make hands it to the stages."""
    documents = pl.concat(
        [
            empty_table("documents"),
            pl.DataFrame(
                {
                    "doc_id": [f"{9 - n:016d}" for n in range(len(TEXTS))],
                    "source": [f"{n}.txt" for n in range(len(TEXTS))],
                    "outlet": "Le Phare",
                    "text": TEXTS,
                }
            ),
        ],
        how="diagonal",
    ).select(*empty_table("documents").columns)
    write_table(tmp_path / "documents.parquet", documents, "documents")
    (tmp_path / "fingerprint.json").write_text("{}")
    return tmp_path


def kept(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob(".*.kept/*"))


def run_all(folder: Path, source: Path, fingerprint: Path | None) -> dict[str, bytes]:
    """Run the stages that work part by part; return what they wrote."""
    folder.mkdir(exist_ok=True)
    config, mark = Config(), {"fingerprint": fingerprint}
    cleaned, cut = folder / "cleaned.parquet", folder / "sentences.parquet"
    clean(config, documents=source, output=cleaned, **mark)
    sentences(config, cleaned=cleaned, output=cut, **mark)
    embed(config, sentences=cut, output=folder / "embeddings.parquet", **mark)
    record = mentions(
        config,
        cleaned=cleaned,
        sentences=cut,
        responses=folder / "responses",
        output=folder / "mentions.parquet",
        **mark,
    )
    assert record["mentions"] == len(TEXTS)
    return {path.name: path.read_bytes() for path in folder.glob("*.parquet")}


def test_parts_leave_no_trace_in_the_tables(study, monkeypatch):
    cut = run_all(study / "cut", study / "documents.parquet", study / "fingerprint.json")
    for one in (files, module):
        monkeypatch.setattr(one, "PART_ROWS", 10_000)
    whole = run_all(study / "whole", study / "documents.parquet", None)
    for name in ("cleaned.parquet", "dropped.parquet", "sentences.parquet", "mentions.parquet"):
        read = [pl.read_parquet(study / folder / name) for folder in ("cut", "whole")]
        assert read[0].equals(read[1]), name
    assert cut.keys() == whole.keys()
    assert not list(study.glob("*/.*"))


KILLED = """
import os, signal, sys
from pathlib import Path
from geostance import files
from geostance.stages import corpus, parts
from geostance import sentences
from geostance.config import Config

files.PART_ROWS = parts.PART_ROWS = 3
whole, calls = sentences.sentence_table, []

def killed_in_the_third(part):
    calls.append(part)
    if len(calls) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return whole(part)

sentences.sentence_table = killed_in_the_third
source, output, mark = map(Path, sys.argv[1:])
corpus.sentences(Config(), cleaned=source, output=output, fingerprint=mark)
"""


def test_a_killed_stage_goes_on_behind_its_last_part(study, monkeypatch):
    cleaned, mark = study / "cleaned.parquet", study / "fingerprint.json"
    clean(Config(), documents=study / "documents.parquet", output=cleaned)
    sentences(Config(), cleaned=cleaned, output=study / "uninterrupted.parquet")
    output = study / "sentences.parquet"
    arguments = [sys.executable, "-c", KILLED, str(cleaned), str(output), str(mark)]
    killed = subprocess.run(arguments, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert not output.exists()
    assert kept(study) == ["sentences-000000.parquet", "sentences-000001.parquet"]
    asked = []
    from geostance import sentences as owner

    whole = owner.sentence_table
    monkeypatch.setattr(owner, "sentence_table", lambda part: asked.append(part) or whole(part))
    record = sentences(Config(), cleaned=cleaned, output=output, fingerprint=mark)
    assert len(asked) == 1
    assert record == {"read": len(TEXTS), "sentences": 2 * len(TEXTS)}
    assert output.read_bytes() == (study / "uninterrupted.parquet").read_bytes()
    assert not list(study.glob(".*"))


def stopped(study: Path, mark: Path) -> None:
    """Leave the first part of three behind."""

    def work(part: pl.DataFrame) -> tuple[pl.DataFrame]:
        if "2.txt" not in part["source"]:
            raise KeyboardInterrupt
        return (part.select("source", "position", reason=pl.lit("r"), excerpt=pl.lit("")),)

    source = study / "documents.parquet"
    with pytest.raises(KeyboardInterrupt):
        with kept_parts(study / "x.parquet", ("rejected",), [source], mark) as parts:
            list(parts.make(work, files.read_parts(source, "documents"), 3, "parts"))


@pytest.mark.parametrize("changed", ["fingerprint.json", "documents.parquet"])
def test_parts_of_other_settings_or_other_sources_are_not_taken(study, changed):
    mark = study / "fingerprint.json"
    stopped(study, mark)
    assert kept(study) == ["rejected-000000.parquet"]
    if changed == "fingerprint.json":
        mark.write_text('{"other": 1}')
    else:
        frame = read_table(study / changed, "documents").with_columns(outlet=pl.lit("Autre"))
        write_table(study / changed, frame, "documents")
    with kept_parts(
        study / "x.parquet", ("rejected",), [study / "documents.parquet"], mark
    ) as parts:
        frame = empty_table("rejected")
        made = list(parts.make(lambda _: (frame,), [1, 2, 3], 3, "parts"))
        assert len(made) == 3
        join_parts(study / "x.parquet", parts.files("rejected"), "rejected")
    assert len(read_table(study / "x.parquet", "rejected")) == 0
    assert not list(study.glob(".*"))


def test_without_a_fingerprint_nothing_stays(study):
    stopped(study, None)
    assert not list(study.glob(".*"))


def test_sentences_of_other_documents_are_told(study):
    cleaned, cut = study / "cleaned.parquet", study / "sentences.parquet"
    clean(Config(), documents=study / "documents.parquet", output=cleaned)
    sentences(Config(), cleaned=cleaned, output=cut)
    pairs = list(cut_documents(cleaned, cut))
    assert [len(kept) for kept, _ in pairs] == [3, 3, 2]
    assert [own["doc_id"].n_unique() for _, own in pairs] == [3, 3, 2]
    fewer = read_table(cleaned, "cleaned").head(6)
    write_table(cleaned, fewer, "cleaned")
    with pytest.raises(StaleError, match="other documents"):
        list(cut_documents(cleaned, cut))
