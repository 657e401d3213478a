from datetime import date

import polars as pl
import pytest

from geostance.config import Config
from geostance.files import read_table, write_json, write_table
from geostance.schema import TABLES, empty_table
from geostance.stages.topics import topics_describe

TEXTS = {
    "a": ("fr", "Le gazoduc livre du gaz au port."),
    "b": ("ru", "Газопровод снова даёт газ порту."),
    "c": ("fr", "Le scrutin commence dans la ville."),
    "d": ("fr", "Le gazoduc livre du gaz au port !"),
}


def filled(table, rows):
    """A table with the columns given, the others null."""
    frame = pl.DataFrame(rows)
    missing = {name: kind for name, kind in TABLES[table].items() if name not in frame.columns}
    return frame.with_columns(**{name: pl.lit(None, kind) for name, kind in missing.items()})


@pytest.fixture
def study(tmp_path):
    day = date(2024, 3, 1)
    tables = {
        "documents": [
            {"doc_id": one, "outlet": "Phare", "date": day, "date_precision": "day", "text": text}
            for one, (_, text) in TEXTS.items()
        ],
        "cleaned": [
            {"doc_id": one, "title": None, "text": text, "language": language}
            for one, (language, text) in TEXTS.items()
        ],
        "unique": [
            {
                "doc_id": one,
                "cluster_id": "a" if one == "d" else one,
                "is_representative": one != "d",
            }
            for one in TEXTS
        ],
        "topics": [{"doc_id": one, "topic": int(one == "c"), "x": 0.0, "y": 0.0} for one in "abc"],
    }
    for name, rows in tables.items():
        frame = filled(name, rows).select(
            pl.col(column).cast(kind) for column, kind in TABLES[name].items()
        )
        write_table(tmp_path / f"{name}_in.parquet", frame, name)
    passages = empty_table("topic_passages")
    write_table(tmp_path / "topic_passages_fitted.parquet", passages, "topic_passages")
    model = {"themes": [], "seed": 1, "fitted": {"drawn": 3, "of": 3}}
    write_json(tmp_path / "topic_model.json", model)
    # As wide as those of the shipped encoder.
    vectors = {"a": [1.0, 0.0], "b": [0.9, 0.1], "c": [0.0, 1.0], "d": [1.0, 0.0]}
    write_table(
        tmp_path / "embeddings_in.parquet",
        pl.DataFrame(
            [(f"{one}-1", one, vector + [0.0] * 254) for one, vector in vectors.items()],
            schema={**empty_table("embeddings").schema, "vector": pl.Array(pl.Float32, 256)},
            orient="row",
        ),
        "embeddings",
    )

    def run(**topics):
        return topics_describe(
            Config.model_validate({"topics": topics}),
            fitted=tmp_path / "topics_in.parquet",
            documents=tmp_path / "documents_in.parquet",
            cleaned=tmp_path / "cleaned_in.parquet",
            unique=tmp_path / "unique_in.parquet",
            sentences=tmp_path / "sentences_in.parquet",
            embeddings=tmp_path / "embeddings_in.parquet",
            responses=tmp_path / "responses",
            output=tmp_path / "topics.parquet",
        )

    return tmp_path, run


def test_the_topics_are_told_in_tables_beside_them(study):
    folder, run = study
    assert run()["topics"] == 2
    words = read_table(folder / "topic_words.parquet", "topic_words")
    assert "gazoduc" in set(words.filter(topic=0, language="fr")["word"])
    assert set(words["language"]) == {"fr", "ru", "mul"}
    chosen = read_table(folder / "topic_documents.parquet", "topic_documents")
    assert set(chosen.filter(topic=0)["doc_id"]) == {"a", "b"}
    tree = read_table(folder / "topic_hierarchy.parquet", "topic_hierarchy")
    assert tree["n_documents"].to_list() == [2, 1, 3]
    # The copy follows the text that stands for it, and counts as printed.
    assert read_table(folder / "topics.parquet", "topics")["doc_id"].to_list() == list("abcd")
    trends = read_table(folder / "topic_trends.parquet", "topic_trends")
    march = trends.filter(grouping="month", group="2024-03", topic=0).sort("unit")
    assert march.select("unit", "n", "n_group").rows() == [("distinct", 2, 3), ("printed", 3, 4)]


def test_words_can_be_chosen_by_the_encoder(study):
    folder, run = study
    run(representation="mmr", words=3)
    words = read_table(folder / "topic_words.parquet", "topic_words")
    assert words["rank"].max() == 3
    assert not (folder / "responses").exists()
