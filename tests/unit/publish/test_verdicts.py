import polars as pl
import pytest

from geostance.files import sha256
from geostance.publish.verdicts import compare, hold_artefacts, hold_tables

TABLE = pl.DataFrame({"doc_id": ["a", "b"], "stance": [0.5, None], "vector": [[1.0, 2.0], [0.0]]})


@pytest.mark.parametrize(
    ("change", "verdict", "what"),
    [
        ({"stance": [0.5 + 1e-9, None]}, "equal", "stance by at most 1.0e-09"),
        ({"vector": [[1.0, 2.0 + 1e-8], [0.0]]}, "equal", "vector by at most 1.0e-08"),
        ({"stance": [0.51, None]}, "different", "columns stance"),
        ({"stance": [0.5, 0.5]}, "different", "columns stance"),
        ({"stance": [0.5, float("nan")]}, "different", "columns stance"),
        ({"doc_id": ["a", "c"]}, "different", "columns doc_id"),
        ({"vector": [[1.0], [2.0, 0.0]]}, "different", "columns vector"),
        ({"stance": ["0.5", None]}, "different", "columns stance"),
    ],
)
def test_columns_are_held_one_by_one(change, verdict, what):
    again = TABLE.with_columns(pl.Series(name, values) for name, values in change.items())
    assert compare(TABLE, again) == (verdict, what)


def test_infinite_numbers_agree_only_with_themselves():
    one = pl.DataFrame({"x": [float("inf"), 1.0]})
    assert compare(one, pl.DataFrame({"x": [float("inf"), 1.0 + 1e-9]}))[0] == "equal"
    assert compare(one, pl.DataFrame({"x": [float("-inf"), 1.0]}))[0] == "different"


@pytest.mark.parametrize(
    ("again", "what"),
    [
        (TABLE.drop("stance"), "other columns: stance"),
        (TABLE.select("stance", "doc_id", "vector"), "other columns: in another order"),
        (TABLE.head(1), "1 rows, not 2"),
    ],
)
def test_tables_of_another_shape_are_different(again, what):
    assert compare(TABLE, again) == ("different", what)


@pytest.fixture
def folders(tmp_path):
    for name in ("first", "again"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.csv").write_text("x\n0.5\n")
        (tmp_path / name / "a.html").write_text("<p>")
    return tmp_path / "first", tmp_path / "again"


def verdicts(folders):
    first, again = folders
    manifest = {"artefacts": {path.name: sha256(path) for path in sorted(first.iterdir())}}
    return lambda: {
        one.name: (one.verdict, one.what) for one in hold_artefacts(manifest, first, again)
    }


def test_artefacts_are_same_equal_or_different(folders):
    first, again = folders
    held = verdicts(folders)
    assert held() == {"a.csv": ("same", ""), "a.html": ("same", "")}
    (again / "a.csv").write_text("x\n0.50000000001\n")
    (again / "a.html").write_text("<p>Another")
    assert held() == {
        "a.csv": ("equal", "x by at most 1.0e-11"),
        "a.html": ("different", "other bytes"),
    }
    (first / "a.csv").unlink()
    (again / "a.html").unlink()
    assert held()["a.csv"][1] == "other bytes; the published file is not here to compare"
    assert held()["a.html"] == ("different", "it was not made")


def test_tables_are_found_in_either_folder(tmp_path):
    TABLE.write_parquet(tmp_path / "stance.parquet")
    manifest = {"tables": {"stance": {"file": "stance.parquet", "sha256": "0" * 64}}}
    held = list(hold_tables(manifest, [tmp_path / "none"], [tmp_path / "none", tmp_path]))
    assert [(one.name, one.verdict) for one in held] == [("table stance", "different")]
    manifest["tables"]["stance"]["sha256"] = sha256(tmp_path / "stance.parquet")
    assert next(hold_tables(manifest, [], [tmp_path])).verdict == "same"
