"""What can happen to a run: three lines say it, nothing half-written has a final name."""

import errno
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import polars as pl
import pytest

from geostance import files
from geostance.cli import main
from geostance.config import Config
from geostance.errors import SchemaError, StaleError
from geostance.files import read_json, read_table, sha256, sweep, write_json, write_table
from geostance.fingerprints import write_fingerprints
from geostance.schema import empty_table

GOOD = "Un pont neuf\n\nLe pont a été rouvert hier soir, après deux ans de travaux."


@pytest.fixture
def ingest(tmp_path):
    """The call that reads a corpus of one article into ``interim``."""
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text(GOOD)
    (tmp_path / "study.yml").write_text("")
    output = tmp_path / "interim" / "documents.parquet"
    return [
        *("ingest", f"--config={tmp_path / 'study.yml'}", f"--corpus={tmp_path / 'raw'}"),
        f"--output={output}",
    ]


def failing(capsys, arguments):
    """Run a command that must fail; return its three lines."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code not in (0, None)
    lines = capsys.readouterr().err.strip().split("\n")
    assert [line[:8] for line in lines[1:]] == ["  where:", "  mend: "]
    return lines


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES])
def test_a_full_or_closed_disk_keeps_the_old_file(tmp_path, capsys, monkeypatch, ingest, code):
    main(ingest)
    interim = tmp_path / "interim"
    old = {name: sha256(interim / name) for name in left(interim)}
    (tmp_path / "raw" / "b.txt").write_text(GOOD + " Un autre.")
    capsys.readouterr()

    def refuse(frame, file, **options):
        Path(file).write_bytes(b"PAR1 half")
        raise OSError(code, os.strerror(code), str(file))

    monkeypatch.setattr(pl.DataFrame, "write_parquet", refuse)
    assert os.strerror(code) in failing(capsys, ingest)[0]
    assert {name: sha256(interim / name) for name in left(interim)} == old
    monkeypatch.undo()
    main(ingest)
    assert len(read_table(interim / "documents.parquet", "documents")) == 2


def test_a_disk_that_fills_up_at_the_last_moment_keeps_the_old_file(tmp_path, monkeypatch):
    write_json(tmp_path / "a.json", {"a": 1})

    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_json(tmp_path / "a.json", {"a": 2})
    assert read_json(tmp_path / "a.json") == {"a": 1} and left(tmp_path) == ["a.json"]


KILLED = """
    import os, signal, sys
    from pathlib import Path
    import polars as pl
    from geostance.files import write_parts
    from geostance.schema import empty_table

    def parts():
        yield empty_table("rejected")
        os.kill(os.getpid(), signal.SIGKILL)

    write_parts(Path(sys.argv[1]), parts(), "rejected")
"""


def test_a_killed_writer_leaves_no_final_name_and_the_next_run_sweeps(tmp_path):
    path = tmp_path / "rejected.parquet"
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(path)]
    done = subprocess.run(command, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert not path.exists() and any(tmp_path.iterdir())
    sweep(tmp_path)
    assert list(tmp_path.iterdir()) == []
    write_table(path, empty_table("rejected"), "rejected")
    whole = sha256(path)
    write_table(path, empty_table("rejected"), "rejected")
    assert sha256(path) == whole


HOLDS = """
    import sys, time
    from pathlib import Path
    from geostance.files import data_lock
    with data_lock(Path(sys.argv[1]), "documents.parquet"):
        print("held", flush=True)
        sys.stdin.read()
"""


def test_a_second_terminal_is_turned_away_and_a_killed_one_leaves_no_lock(tmp_path, capsys, ingest):
    (tmp_path / "interim").mkdir()
    command = [sys.executable, "-c", textwrap.dedent(HOLDS), str(tmp_path / "interim")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        assert "another run is writing documents.parquet" in failing(capsys, ingest)[0]
        other.kill()
    main(ingest)
    assert (tmp_path / "interim" / "documents.parquet").exists()


def study(folder: Path) -> dict:
    for name in ("raw", "annotations", "notebooks"):
        (folder / name).mkdir(exist_ok=True)
    return {
        "corpus": folder / "raw",
        "annotations": folder / "annotations",
        "notebooks": folder / "notebooks",
        "figures": [],
    }


def test_results_from_the_future_do_not_stay_when_the_clock_goes_back(tmp_path, caplog):
    prints, known = tmp_path / ".fingerprints", study(tmp_path)
    write_fingerprints(prints, Config(), **known)
    results = [tmp_path / "interim" / "cleaned.parquet", tmp_path / "processed" / "stance.parquet"]
    hour = time.time_ns() + 3600 * 10**9
    for place, path in enumerate(results):
        write_json(path, {})
        write_json(path.with_name(f"{path.name}.run.json"), {})
        os.utime(path, ns=(hour + place, hour + place))
    write_fingerprints(prints, Config(), **known)
    assert results[0].stat().st_mtime_ns == hour
    write_fingerprints(prints, Config(clean={"min_words": 9}), **known)
    dates = [path.stat().st_mtime_ns for path in (*results, prints / "clean.json")]
    assert dates == sorted(dates) and len(set(dates)) == 3


@pytest.mark.parametrize("damage", [b"", b'{"half": ', b"\xff\xfe\x00", b"[1]"])
def test_a_damaged_fingerprint_is_written_anew(tmp_path, damage):
    prints, known = tmp_path / ".fingerprints", study(tmp_path)
    write_fingerprints(prints, Config(), **known)
    whole = (prints / "clean.json").read_bytes()
    (prints / "clean.json").write_bytes(damage)
    write_fingerprints(prints, Config(), **known)
    assert (prints / "clean.json").read_bytes() == whole


@pytest.mark.parametrize("share", [0, 0.3, 0.9, 0.99])
def test_a_truncated_table_is_named(tmp_path, capsys, ingest, share):
    main(ingest)
    path = tmp_path / "interim" / "documents.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    capsys.readouterr()
    output = path.with_name("cleaned.parquet")
    clean = ["clean", f"--config={tmp_path / 'study.yml'}", f"--documents={path}"]
    lines = failing(capsys, [*clean, f"--output={output}"])
    assert "SchemaError: the table documents cannot be read" in lines[0]
    assert str(path) in lines[1] and "delete the file" in lines[2]
    assert not output.exists()


@pytest.mark.parametrize("damage", [b"", b'{"themes": [', b"\xff\xfe", b"[" * 100_000])
def test_a_truncated_record_is_named(tmp_path, damage):
    (tmp_path / "topic_model.json").write_bytes(damage)
    with pytest.raises(SchemaError, match="not JSON") as error:
        read_json(tmp_path / "topic_model.json")
    assert error.value.where.endswith("topic_model.json")


@pytest.mark.parametrize(
    "text",
    [
        "seed: many",
        "seed: {a: 1}",
        "ingest: []",
        "ingest: {columns: 3}",
        "clean: {min_words: -1}",
        "topics: {words: 1e400}",
        "stance: {targets: russia}",
        "publish: {figures: [a]}",
        "validation: {confidence: 7}",
        "compare: {scorers: {}}",
        "seed: .nan",
    ],
)
def test_a_value_of_a_wrong_type_stops_before_anything_is_read(tmp_path, capsys, ingest, text):
    (tmp_path / "study.yml").write_text(text)
    assert failing(capsys, ingest)[0].startswith("ConfigError: ")
    assert not (tmp_path / "interim").exists()


def test_a_published_file_that_was_changed_is_told_from_its_hash(tmp_path):
    from geostance.publish.manifest import MANIFEST, verify_manifest

    (tmp_path / "report.html").write_text("<p>")
    write_json(tmp_path / MANIFEST, {"artefacts": {"report.html": "0" * 64}})
    with pytest.raises(StaleError, match=r"report\.html is changed"):
        verify_manifest(tmp_path)
