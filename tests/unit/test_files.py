import os
import subprocess
import sys

import polars as pl
import pytest

from geostance.errors import SchemaError, StaleError
from geostance.files import (
    PART_ROWS,
    data_lock,
    file_hashes,
    keep_only,
    read_parts,
    read_table,
    replacing,
    sha256,
    sweep,
    write_json,
    write_parts,
    write_table,
)
from geostance.schema import TABLES, empty_table


def test_a_failed_write_leaves_the_old_file_and_no_rest(tmp_path):
    path = tmp_path / "kept.txt"
    path.write_text("old")
    with pytest.raises(RuntimeError), replacing(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_written_file_is_readable_by_others_as_the_umask_says(tmp_path):
    ordinary = tmp_path / "ordinary"
    ordinary.touch()
    write_json(tmp_path / "ours.json", {"a": 1})
    assert (tmp_path / "ours.json").stat().st_mode == ordinary.stat().st_mode


def test_json_is_written_with_sorted_keys_and_letters_as_they_are(tmp_path):
    write_json(tmp_path / "a.json", {"b": "é", "a": 1})
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == '{\n "a": 1,\n "b": "é"\n}\n'


def test_a_table_keeps_further_columns_behind_its_own(tmp_path):
    frame = empty_table("unique").with_columns(section=pl.lit("Monde"))
    write_table(tmp_path / "u.parquet", frame.select(sorted(frame.columns)), "unique")
    assert read_table(tmp_path / "u.parquet", "unique").columns == [*TABLES["unique"], "section"]


def rejected(*sources: str) -> pl.DataFrame:
    return empty_table("rejected").vstack(
        pl.DataFrame(
            [(source, 1, "empty", "") for source in sources],
            empty_table("rejected").schema,
            orient="row",
        )
    )


def test_parts_become_one_table_in_their_order(tmp_path):
    parts = [rejected("b", "a"), rejected(), rejected("c").with_columns(page=pl.lit("3"))]
    write_parts(tmp_path / "r.parquet", iter(parts), "rejected")
    read = read_table(tmp_path / "r.parquet", "rejected")
    assert read.select("source", "page").rows() == [("b", None), ("a", None), ("c", "3")]
    assert [path.name for path in tmp_path.iterdir()] == ["r.parquet"]


def test_a_part_that_fails_leaves_no_table(tmp_path):
    def parts():
        yield rejected("a")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_parts(tmp_path / "r.parquet", parts(), "rejected")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("n_rows", [0, 1, PART_ROWS, PART_ROWS + 1])
def test_a_table_is_read_part_by_part(tmp_path, n_rows):
    whole = rejected(*map(str, range(n_rows)))
    write_table(tmp_path / "r.parquet", whole, "rejected")
    read = list(read_parts(tmp_path / "r.parquet", "rejected", ["position", "excerpt"]))
    assert len(read) == max(1, -(-n_rows // PART_ROWS))
    assert pl.concat(read).equals(whole.select("source", "reason"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f.drop("cluster_id"), "cluster_id is missing"),
        (lambda f: f.with_columns(pl.col("cluster_size").cast(pl.Int32)), "cluster_size is Int32"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_by_column(tmp_path, change, said):
    with pytest.raises(SchemaError, match=said):
        write_table(tmp_path / "u.parquet", change(empty_table("unique")), "unique")
    assert not (tmp_path / "u.parquet").exists()


def test_the_same_table_gives_the_same_bytes(tmp_path):
    frame = pl.DataFrame(
        {
            "doc_id": ["a", "b"],
            "cluster_id": ["a", "a"],
            "cluster_size": [2, 2],
            "is_representative": [True, False],
            "relation": ["representative", "exact"],
            "similarity": [1.0, 1.0],
            "containment": [1.0, 1.0],
        }
    )
    for name in ("one", "two"):
        write_table(tmp_path / name, frame, "unique")
    assert sha256(tmp_path / "one") == sha256(tmp_path / "two")


def test_what_a_killed_process_left_is_swept_and_a_living_ones_is_not(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    (tmp_path / f".table.parquet.{ended.pid}.part").touch()
    (tmp_path / f".table.parquet.{ended.pid}.parts").mkdir()
    (tmp_path / f".table.parquet.{ended.pid}.parts" / "000000.parquet").touch()
    (tmp_path / f".table.parquet.{os.getpid()}.part").touch()
    sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [f".table.parquet.{os.getpid()}.part"]


def test_two_runs_never_hold_one_output(tmp_path):
    with data_lock(tmp_path, "topics"), data_lock(tmp_path, "stance"):
        with pytest.raises(StaleError, match="another run is writing topics"):
            with data_lock(tmp_path, "topics"):
                pass
    with data_lock(tmp_path, "topics"):
        pass


def test_a_damaged_table_is_named(tmp_path):
    path = tmp_path / "unique.parquet"
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(SchemaError, match="cannot be read") as error:
        read_table(path, "unique")
    assert error.value.where == str(path)


def test_a_full_disk_is_an_error_of_the_system(tmp_path, monkeypatch):
    def full(frame, path, **options):
        path.write_bytes(b"PAR1")
        raise pl.exceptions.ComputeError("No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(OSError, match="No space left") as error:
        write_table(tmp_path / "u.parquet", empty_table("unique"), "unique")
    assert error.value.filename == str(tmp_path / "u.parquet")
    assert not list(tmp_path.iterdir())


def test_only_the_files_named_stay_and_an_empty_folder_goes(tmp_path):
    folder = tmp_path / "side"
    keep_only(folder, {"a"})
    folder.mkdir()
    (folder / "a").touch()
    (folder / "b").touch()
    (folder / "own").mkdir()
    keep_only(folder, {"a", "c"})
    assert sorted(path.name for path in folder.iterdir()) == ["a", "own"]
    (folder / "own").rmdir()
    keep_only(folder, set())
    assert not folder.exists()


def test_every_file_below_a_folder_has_its_hash_whatever_its_name(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_bytes(b"")
    (tmp_path / os.fsdecode(b"caf\xe9")).write_bytes(b"1")
    found = file_hashes(tmp_path)
    assert list(found) == ["caf\\xe9", "in/a.txt"]
    assert found["in/a.txt"] == sha256(tmp_path / "in" / "a.txt")
    assert file_hashes(tmp_path / "absent") == {}
