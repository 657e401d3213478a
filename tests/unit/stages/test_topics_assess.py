import numpy as np
import polars as pl
import pytest

from geostance.config import Config
from geostance.files import read_table, write_table
from geostance.schema import TABLES, empty_table
from geostance.stages.assessment import topics_assess

SENTENCES = {
    0: "Le gazoduc livre du gaz à la ville avant l'hiver.",
    1: "Les électeurs votent au scrutin municipal.",
}


@pytest.fixture
def study(tmp_path):
    """Twelve documents of two themes; the last prints the first once more."""
    ids = [f"{n:03d}" for n in range(12)]
    themes = [n % 2 for n in range(11)] + [0]
    draw = np.random.default_rng(0)
    vectors = np.eye(2, 256)[themes] + draw.normal(scale=0.01, size=(12, 256))

    def written(name, **columns):
        blank = pl.DataFrame({column: [None] * 12 for column in TABLES[name]})
        frame = blank.with_columns(**columns).cast(
            {column: kind for column, kind in TABLES[name].items() if kind is not pl.Array}
        )
        write_table(tmp_path / f"{name}.parquet", frame, name)

    texts = pl.Series([SENTENCES[theme] for theme in themes])
    language = pl.Series(["fr" if n < 8 else "en" for n in range(12)])
    doc_id = pl.Series(ids)
    outlet = pl.Series([f"Outlet {n % 3}" for n in range(12)])
    written("documents", doc_id=doc_id, outlet=outlet, text=texts)
    written("cleaned", doc_id=doc_id, text=texts, language=language)
    written(
        "unique",
        doc_id=doc_id,
        cluster_id=pl.Series([*ids[:11], ids[0]]),
        is_representative=pl.Series([True] * 11 + [False]),
    )
    vector = pl.Series(vectors.astype(np.float32), dtype=pl.Array(pl.Float32, 256))
    written("embeddings", doc_id=doc_id, sentence_id=doc_id, vector=vector)
    written("topics", doc_id=doc_id, topic=pl.Series(themes))
    words = [
        (theme, "fr", rank, word, word, 1.0)
        for theme, text in SENTENCES.items()
        for rank, word in enumerate(text.lower().strip(".").split()[1:4], start=1)
    ]
    words = pl.DataFrame(words, schema=TABLES["topic_words"], orient="row")
    write_table(tmp_path / "topic_words.parquet", words, "topic_words")
    names = ("documents", "cleaned", "unique", "embeddings", "topics")
    return {name: tmp_path / f"{name}.parquet" for name in names}


def test_all_tables_are_written_and_copies_count_as_printed(study, tmp_path):
    output = tmp_path / "topic_quality.parquet"
    record = topics_assess(Config(), **study, output=output)
    assert record == {"topics": 2, "flagged": 0, "parallel_texts": 0}
    quality = read_table(output, "topic_quality")
    sizes = quality.filter(measure="corpus_share", topic=0).sort("unit")
    assert sizes.select("unit", "n").rows() == [("distinct", 6), ("printed", 7)]
    copies = quality.filter(measure="copies_share", topic=0)["estimate"].to_list()
    assert copies == [pytest.approx(1 / 7)]
    assert read_table(tmp_path / "topic_flags.parquet", "topic_flags").is_empty()
    assert read_table(tmp_path / "topic_pairs.parquet", "topic_pairs").equals(
        empty_table("topic_pairs")
    )
    assert len(read_table(tmp_path / "topic_languages.parquet", "topic_languages")) == 4


def test_parallel_texts_are_encoded_as_the_documents_are(study, tmp_path):
    parallel = tmp_path / "parallel.jsonl"
    parallel.write_text(
        '{"pair": "1", "language": "fr", "text": "Le gaz manque. La ville a froid."}\n'
        '{"pair": "1", "language": "en", "text": "Gas is short. The town is cold."}\n',
        encoding="utf-8",
    )
    output = tmp_path / "topic_quality.parquet"
    record = topics_assess(Config(), **study, parallel=parallel, output=output)
    assert record["parallel_texts"] == 2
    pairs = read_table(tmp_path / "topic_pairs.parquet", "topic_pairs")
    assert pairs["language"].to_list() == ["en", "fr"]
    assert set(pairs["topic"]) <= {0, 1} and pairs["share"].is_between(0, 1).all()
    measured = read_table(output, "topic_quality")["measure"]
    assert {"pairs_outlier_share", "pairs_leakage"} <= set(measured)
