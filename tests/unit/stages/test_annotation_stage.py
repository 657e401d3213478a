import csv
import io
from datetime import date

import polars as pl
import pytest

from geostance.config import Config
from geostance.files import write_table
from geostance.schema import empty_table
from geostance.settings.annotation import AnnotationSettings
from geostance.stages.annotation import annotate_sample, plan

PROBABILITIES = {"p_unfavourable": 0.7, "p_neutral": 0.2, "p_favourable": 0.1}


def write(folder, table, rows):
    frame = pl.concat([empty_table(table), pl.DataFrame(rows)], how="diagonal_relaxed")
    path = folder / f"{table}.parquet"
    write_table(path, frame.cast(dict(empty_table(table).schema)), table)
    return path


@pytest.fixture
def study(tmp_path):
    ids = [f"d{n:02}" for n in range(40)]
    once = {"doc_id": ids, "cluster_id": ids, "cluster_size": [1] * 40, "relation": ["none"] * 40}
    return {
        "documents": write(
            tmp_path,
            "documents",
            {"doc_id": ids, "outlet": ["=Courier"] * 40, "date": [date(2024, 1, 1)] * 40},
        ),
        "unique": write(
            tmp_path, "unique", once | {"is_representative": [n > 0 for n in range(40)]}
        ),
        "cleaned": write(
            tmp_path,
            "cleaned",
            {"doc_id": ids, "title": ["A title"] * 40, "text": [f"Text {n}." for n in range(40)]},
        ),
        "topics": write(tmp_path, "topics", {"doc_id": ids, "topic": [0] * 40}),
        "stance": write(
            tmp_path,
            "stance",
            [
                {"doc_id": doc_id, "target": target, "stance": -0.6, **PROBABILITIES}
                for doc_id in ids
                for target in ("russia", "nato", "mars")
            ],
        ),
        "info": write(tmp_path, "topic_info", {"topic": [0], "label": ["gas"]}),
    }


def sample(study, tmp_path, size):
    config = Config(annotation=AnnotationSettings(size=size, by=("score", "outlet", "topic")))
    paths = {name: path for name, path in study.items() if name != "info"}
    output = tmp_path / "sampling" / "frame.parquet"
    output.parent.mkdir(exist_ok=True)
    record = annotate_sample(config, **paths, output=output)
    return record, pl.read_parquet(output), output.parent


def rows(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def test_a_round_has_its_sheet_and_its_chances(study, tmp_path):
    record, frame, folder = sample(study, tmp_path, 10)
    assert record == {"to_label": 20, "drawn": {"nato": 10, "russia": 10}}
    sheet = rows(folder / "round-1.csv")
    assert len(sheet) == 20 and {row["target"] for row in sheet} == {"russia", "nato"}
    assert sheet[0]["text"].startswith("Text") and sheet[0]["stance"] == ""
    # The copy is not drawn, a text that looks like a formula is none.
    assert "d00" not in {row["doc_id"] for row in sheet}
    assert sheet[0]["outlet"] == "'=Courier"
    assert set(frame["stratum"]) == {"unfavourable × =Courier × gas"}
    drawn = frame.filter(pl.col("round").is_not_null())
    assert drawn["inclusion_probability"].unique().item() == pytest.approx(10 / 39)


def test_asking_for_more_gives_a_sheet_of_the_rest(study, tmp_path):
    sample(study, tmp_path, 10)
    record, _, folder = sample(study, tmp_path, 15)
    assert record["to_label"] == 10
    earlier, later = rows(folder / "round-1.csv"), rows(folder / "round-2.csv")
    keys = [{(row["doc_id"], row["target"]) for row in part} for part in (earlier, later)]
    assert len(later) == 10 and not keys[0] & keys[1]


def test_asking_for_no_more_draws_nothing(study, tmp_path):
    sample(study, tmp_path, 10)
    record, _, folder = sample(study, tmp_path, 10)
    assert record["to_label"] == 0 and not (folder / "round-2.csv").exists()


def test_the_plan_reckons_with_what_was_measured(study, tmp_path):
    measured = {"group": ["nato"], "measure": ["correlation"], "estimate": [0.6]}
    quality = write(tmp_path, "scorer_quality", measured | {"grouping": ["target"]})
    table = plan(Config(), unique=study["unique"], stance=study["stance"], quality=quality)
    assert dict(
        table.group_by("target").agg(pl.col("correlation").unique().sort()).iter_rows()
    ) == {
        "nato": [0.6],
        "russia": [0.3, 0.5, 0.7],
    }
