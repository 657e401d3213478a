import numpy as np
import polars as pl
import pytest

from geostance.config import Config
from geostance.files import write_json, write_table
from geostance.schema import empty_table
from geostance.stages.topics import topics_describe

THEMES = {
    "gaz": "le gazoduc livre du gaz",
    "vote": "le scrutin désigne un maire",
    "mer": "un cargo quitte le port",
}


@pytest.fixture
def study(tmp_path):
    """Nine texts in three topics of the fit, and a copy of the first text."""
    ids = [f"{theme}{i}" for theme in THEMES for i in range(3)]
    texts = [text for text in THEMES.values() for _ in range(3)]
    cleaned = pl.DataFrame(
        {
            "doc_id": [*ids, "copy"],
            "text": [*texts, texts[0]],
            "language": "fr",
            "language_confidence": 1.0,
        }
    ).with_columns(
        title=pl.lit(None, pl.String),
        dropped_reason=pl.lit(None, pl.String),
        blocks=pl.lit(
            [],
            pl.List(
                pl.Struct(
                    {
                        "text": pl.String,
                        "start": pl.Int64,
                        "end": pl.Int64,
                        "kept": pl.Boolean,
                        "reason": pl.String,
                    }
                )
            ),
        ),
    )
    unique = pl.DataFrame(
        {"doc_id": [*ids, "copy"], "cluster_id": [*ids, ids[0]], "cluster_size": 1, "is_representative": [True] * 9 + [False]}
    ).with_columns(
        relation=pl.lit("representative"), similarity=pl.lit(1.0), containment=pl.lit(1.0),
        cluster_size=pl.col("cluster_size").cast(pl.Int64),
    )  # fmt: skip
    vectors = np.repeat(np.eye(3, 4), 3, axis=0)
    embeddings = pl.DataFrame(
        {"sentence_id": [f"{one}-1" for one in ids], "doc_id": ids, "vector": vectors.tolist()},
        schema_overrides={"vector": pl.Array(pl.Float32, 4)},
    )
    fitted = pl.DataFrame(
        {
            "doc_id": ids,
            "topic": [0] * 3 + [1] * 3 + [2] * 3,
            "probability": 1.0,
            "x": 0.0,
            "y": 0.0,
            "topic_found": 0,
        },
        schema_overrides={"topic": pl.Int64, "topic_found": pl.Int64},
    ).sort("doc_id")
    for table, frame in {"cleaned": cleaned, "unique": unique, "embeddings": embeddings}.items():
        write_table(tmp_path / f"{table}.parquet", frame, table)
    write_table(tmp_path / "fitted.parquet", fitted, "topics")
    for table in ("documents", "sentences"):
        frame = pl.concat([empty_table(table), pl.DataFrame({"doc_id": ids})], how="diagonal")
        write_table(tmp_path / f"{table}.parquet", frame, table)
    passages = empty_table("topic_passages")
    write_table(tmp_path / "topic_passages_fitted.parquet", passages, "topic_passages")
    model = {"themes": [], "seed": 1, "fitted": {"drawn": 9, "of": 9}}
    write_json(tmp_path / "topic_model.json", model)

    def describe(edits=None):
        path = tmp_path / "topics.yml"
        if edits:
            path.write_text(edits)
        record = topics_describe(
            Config(),
            fitted=tmp_path / "fitted.parquet",
            documents=tmp_path / "documents.parquet",
            cleaned=tmp_path / "cleaned.parquet",
            sentences=tmp_path / "sentences.parquet",
            responses=tmp_path / "responses",
            unique=tmp_path / "unique.parquet",
            embeddings=tmp_path / "embeddings.parquet",
            output=tmp_path / "topics.parquet",
            edits=path if edits else None,
        )
        names = ("topics", "topic_info", "topic_words", "topic_words_fitted", "topic_edits")
        return record, {name: pl.read_parquet(tmp_path / f"{name}.parquet") for name in names}

    return describe


def test_without_edits_topics_are_those_of_the_fit_and_copies_follow(study):
    record, tables = study()
    assert record == {"topics": 3, "shares": 9}
    assert dict(tables["topics"].select("doc_id", "topic").iter_rows())["copy"] == 0
    assert tables["topic_info"]["label"][0].startswith("0 ")
    assert tables["topic_edits"].is_empty()


def test_merged_topics_are_described_as_one_and_the_words_of_the_fit_stay(study, caplog):
    record, tables = study(
        "topics:\n"
        "- {match: {documents: [gaz0, copy]}, merge: trade, name: Trade by sea and pipe}\n"
        "- {match: {documents: [mer0]}, merge: trade}\n"
        "- {match: {documents: [vote1]}, mark: drop}\n"
        "- {match: {documents: [gone]}, name: Gone}\n"
    )
    assert record == {"topics": 2, "shares": 9, "edits": {"applied": 3, "drifted": 0, "lost": 1}}
    topics = dict(tables["topics"].select("doc_id", "topic").iter_rows())
    assert topics["gaz0"] == topics["copy"] == topics["mer2"] == 0 and topics["vote0"] == 1
    labels = tables["topic_info"]["label"].to_list()
    assert labels[0] == "Trade by sea and pipe" and labels[1].endswith(" [drop]")
    assert tables["topic_info"]["n_documents"].to_list() == [6, 3]
    assert {"gazoduc", "cargo"} <= set(tables["topic_words"].filter(topic=0)["word"])
    assert "cargo" not in set(tables["topic_words_fitted"].filter(topic=0)["word"])
    assert tables["topic_edits"]["fitted_topic"].to_list() == [0, 2, 1, None]
    assert "edit 4 (Gone) is lost" in caplog.text and "marked drop" in caplog.text
