import json

import polars as pl
import pytest

from geostance import published
from geostance.errors import StaleError
from geostance.files import sha256, write_json


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A published figure drawn from one table."""
    figures = tmp_path / "published" / "figures"
    figures.mkdir(parents=True)
    (tmp_path / "processed").mkdir()
    table = tmp_path / "processed" / "stance.parquet"
    pl.DataFrame({"stance": [0.5]}).write_parquet(table)
    record = {"file": table.name, "sha256": sha256(table)}
    write_json(tmp_path / "published" / "tables.json", {"stance": record})
    (figures / "stance-map.csv").write_text("stance\n0.5\n")
    write_json(
        figures / "stance-map.json",
        {
            "id": "stance-map",
            "files": {"stance-map.csv": sha256(figures / "stance-map.csv")},
            "numbers": "stance-map.csv",
            "inputs": {"stance": sha256(table)},
        },
    )
    (figures / "stance-map.json.run.json").write_text("{}")
    monkeypatch.setenv("GEOSTANCE_PUBLISHED", str(tmp_path / "published"))
    return tmp_path


def test_what_is_published_can_be_read(study):
    assert published.figures() == ["stance-map"]
    assert published.numbers("stance-map")["stance"].to_list() == [0.5]
    assert published.table("stance")["stance"].to_list() == [0.5]


def test_an_unknown_name_lists_the_known_ones(study):
    with pytest.raises(StaleError, match="the figures are stance-map"):
        published.show("stance-chart")
    with pytest.raises(StaleError, match="the tables are stance"):
        published.table("stances")


def test_a_changed_file_is_refused(study):
    (study / "published" / "figures" / "stance-map.csv").write_text("stance\n0.9\n")
    with pytest.raises(StaleError, match="not the one that was published"):
        published.numbers("stance-map")


def test_a_table_written_again_is_refused(study):
    pl.DataFrame({"stance": [0.9]}).write_parquet(study / "processed" / "stance.parquet")
    with pytest.raises(StaleError, match="not the one that was published"):
        published.table("stance")


def test_a_figure_of_another_table_is_refused(study):
    path = study / "published" / "tables.json"
    tables = json.loads(path.read_text())
    tables["stance"]["sha256"] = "0" * 64
    path.write_text(json.dumps(tables))
    with pytest.raises(StaleError, match="drawn from another table"):
        published.record("stance-map")


def test_nothing_published_says_how_to_publish(tmp_path, monkeypatch):
    monkeypatch.delenv("GEOSTANCE_PUBLISHED", raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StaleError, match="run make all"):
        published.folder()
