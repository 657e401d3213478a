"""A study made again: after an interruption, for coders and for an archive."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import polars as pl
import pytest

ROOT = Path(__file__).parents[2]
# Of the notebooks one: they are all made in the same way.
PART = {"NOTEBOOK_IDS": "01-corpus"}


@pytest.fixture(scope="module")
def study(new_study, make):
    """A finished study, of which a part is published."""
    data, config = new_study()
    make(data, config=config, **PART)
    return data, config


def test_intrusion_sheets_are_a_goal_of_their_own(study, make):
    data, config = study
    assert not (data / "intrusion").exists()
    assert make(data, "intrusion", config=config, **PART)[0] == ["topics-intrusion"]
    make(data, "clean", config=config, **PART)
    assert (data / "intrusion" / "intrusion_key.parquet").exists()
    make(data, config=config, **PART)


def test_a_deposit_holds_no_text_and_is_verified(study, make):
    data, config = study
    make(data, "deposit", config=config, **PART)
    first = (data / "deposit.zip").read_bytes()
    texts = pl.read_parquet(data / "interim" / "sentences.parquet")["text"].to_list()
    for path in (path for path in (data / "deposit").rglob("*") if path.is_file()):
        held = (
            pl.read_parquet(path).write_json()
            if path.suffix == ".parquet"
            else path.read_bytes().decode(errors="replace")
        )
        assert [text for text in texts if len(text) > 25 and text in held] == [], path
    assert "as SHA256SUMS says" in make(data / "deposit", "verify")[1].stdout
    make(data, "deposit", config=config, **PART)
    assert (data / "deposit.zip").read_bytes() == first


@pytest.mark.parametrize(
    ("signal_", "hash_seed"), [(signal.SIGINT, "1"), (signal.SIGKILL, "2")], ids=["Ctrl-C", "kill"]
)
def test_an_interrupted_run_is_completed_by_the_next(
    study, tmp_path, monkeypatch, signal_, hash_seed, make, contents
):
    """Completed to the byte, in another folder and under another order of Python's sets."""
    data, config = study
    make(data, config=config, **PART)
    whole = contents(data)
    again = tmp_path / "again"
    for part in ("raw", "annotations"):
        shutil.copytree(data / part, again / part)
    monkeypatch.setenv("PYTHONHASHSEED", hash_seed)
    process = subprocess.Popen(
        [
            "make",
            f"DATA={again}",
            f"CONFIG={config}",
            *(f"{k}={v}" for k, v in PART.items()),
            "all",
        ],
        cwd=ROOT,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    # Interrupted when the measuring is under way, whatever the machine's speed.
    reached = next(line for line in process.stderr if line.startswith("sentences"))
    assert reached and not (again / "published" / "manifest.json").exists()
    os.killpg(process.pid, signal_)
    process.communicate()
    make(again, config=config, **PART)
    assert contents(again) == whole
    assert not list(again.rglob("*.part"))
