import csv
import io
from datetime import date

import polars as pl
import pytest

from geostance.coding import read_codebook
from geostance.config import Config
from geostance.errors import ConfigError, StaleError
from geostance.files import write_table
from geostance.schema import empty_table
from geostance.settings.annotation import AnnotationSettings
from geostance.stages.annotation import annotate_export, annotate_import, annotate_sample, plan
from geostance.stages.exports import EXPORTS
from geostance.validate.labels import read_labels

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
            {
                **{"doc_id": ids, "source": ["a.csv"] * 40, "position": list(range(40))},
                **{"outlet": ["=Courier"] * 40, "date": [date(2024, 1, 1)] * 40},
            },
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
    record = annotate_sample(config, **paths, codebook=tmp_path / "codebook.yml", output=output)
    return record, pl.read_parquet(output), output.parent


def rows(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def test_a_round_has_its_sheet_and_its_chances(study, tmp_path):
    record, frame, folder = sample(study, tmp_path, 10)
    version = read_codebook().hash
    assert record == {"to_label": 20, "drawn": {"nato": 10, "russia": 10}, "codebook": version}
    assert read_codebook(tmp_path / "codebook.yml").hash == version
    sheet = rows(folder / "round-1.csv")
    assert len(sheet) == 20 and {row["target"] for row in sheet} == {"russia", "nato"}
    assert sheet[0]["text"].startswith("Text") and sheet[0]["stance"] == ""
    # The copy is not drawn, a text that looks like a formula is none.
    assert "d00" not in {row["doc_id"] for row in sheet}
    assert sheet[0]["outlet"] == "'=Courier" and sheet[0]["codebook"] == version
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


def export(study, tmp_path, to, name):
    output = tmp_path / "sampling" / name
    record = annotate_export(
        Config(),
        frame=tmp_path / "sampling" / "frame.parquet",
        documents=study["documents"],
        cleaned=study["cleaned"],
        codebook=tmp_path / "codebook.yml",
        to=to,
        output=output,
    )
    return record, output


@pytest.mark.parametrize("to", EXPORTS)
def test_an_export_has_every_task_and_no_score(study, tmp_path, to):
    pytest.importorskip("xlsxwriter")
    sample(study, tmp_path, 10)
    record, output = export(study, tmp_path, to, "tasks.json")
    assert record == {"tasks": 20, "to": to, "codebook": read_codebook().hash}
    first = output.read_bytes()
    export(study, tmp_path, to, "tasks.json")
    assert output.read_bytes() == first
    # Given back as it is, it holds no label and stops nothing.
    given = output.rename(tmp_path / "back.csv" if to == "csv" else tmp_path / "back.any")
    labels = read_labels([given], pl.read_parquet(study["documents"]), ["russia", "nato"])
    assert labels.is_empty()


def test_an_export_needs_a_tool_and_a_sample(study, tmp_path):
    with pytest.raises(StaleError, match="make annotate"):
        export(study, tmp_path, "doccano", "tasks.jsonl")
    sample(study, tmp_path, 10)
    with pytest.raises(ConfigError, match="choose from label-studio"):
        export(study, tmp_path, "word", "tasks.doc")


def test_an_import_keeps_what_it_refuses_beside_the_labels(study, tmp_path):
    sample(study, tmp_path, 10)
    sheet = rows(tmp_path / "sampling" / "round-1.csv")
    returned = tmp_path / "returned.csv"
    answers = [{**sheet[0], "relevant": "yes", "stance": "neutral", "coder": "ana"}, {**sheet[1], "relevant": "maybe", "coder": "ana"}, sheet[2]]  # fmt: skip
    with returned.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(sheet[0]))
        writer.writeheader()
        writer.writerows(answers)
    output = tmp_path / "annotations" / "ana.jsonl"
    output.parent.mkdir()
    paths = {"documents": study["documents"], "output": output}
    record = annotate_import(Config(), files=[returned], **paths)
    assert record == {"labels": 1, "rejected": 1, "coders": {"ana": 1}}
    [refused] = rows(output.with_name("ana.rejected.csv"))
    assert refused["reason"] == "relevant is 'maybe', not a number"
    with pytest.raises(ConfigError, match="folder of annotations"):
        annotate_import(Config(), files=[output], **paths)
    with pytest.raises(ConfigError, match="JSONL"):
        annotate_import(Config(), files=[returned], **{**paths, "output": tmp_path / "a.csv"})
