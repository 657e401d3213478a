import numpy as np
import polars as pl
import pytest

from geostance.config import Config
from geostance.errors import InputError, StaleError
from geostance.files import read_json, read_table, write_table
from geostance.schema import TABLES
from geostance.sentences import sentence_table
from geostance.settings.topics import TopicSettings
from geostance.stages.assignment import topics_assign
from geostance.stages.topics import topics_describe, topics_fit

SENTENCES = {
    0: "Le gazoduc livre du gaz avant l'hiver froid.",
    1: "Les électeurs votent au scrutin municipal dimanche.",
    2: "Le gardien arrête un penalty en finale hier.",
}


def write_study(folder, themes, seed, long=0):
    """The tables of a study: one article for each theme; ``long`` ones hold two themes."""
    generator = np.random.default_rng(seed)
    ids = [f"{seed:02d}{row:014d}" for row in range(len(themes))]
    texts = ["\n".join([SENTENCES[theme]] * 4) for theme in themes]
    for row in range(long):
        texts[row] = "\n".join(
            [SENTENCES[themes[row]]] * 4 + [SENTENCES[(themes[row] + 1) % 3]] * 3
        )
    cleaned = pl.DataFrame(
        [
            dict.fromkeys(TABLES["cleaned"])
            | {"doc_id": doc_id, "title": None, "text": text, "language": "fr"}
            for doc_id, text in zip(ids, texts, strict=True)
        ],
        schema=TABLES["cleaned"],
    )
    sentences = sentence_table(cleaned)
    axes = [next(t for t, s in SENTENCES.items() if s == text) for text in sentences["text"]]
    vectors = np.eye(3, 8)[axes] + generator.normal(scale=0.1, size=(len(axes), 8))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    embeddings = sentences.select("sentence_id", "doc_id").with_columns(
        pl.Series("vector", vectors.astype(np.float32), dtype=pl.Array(pl.Float32, 8))
    )
    # The last article is a copy of the first.
    clusters = [*ids[:-1], ids[0]]
    unique = pl.DataFrame(
        {
            "doc_id": ids,
            "cluster_id": clusters,
            "cluster_size": 1,
            "is_representative": [one == other for one, other in zip(ids, clusters, strict=True)],
            "relation": "near",
            "similarity": 1.0,
            "containment": 1.0,
        },
        schema=TABLES["unique"],
    )
    tables = {"cleaned": cleaned, "sentences": sentences, "embeddings": embeddings}
    for name, frame in (tables | {"unique": unique}).items():
        write_table(folder / f"{name}.parquet", frame, name)
    return ids


def run(folder, settings):
    names = ("cleaned", "unique", "sentences", "embeddings")
    paths = {name: folder / f"{name}.parquet" for name in names}
    fitted, config = folder / "topics_fitted.parquet", Config(topics=settings)
    record = topics_fit(config, **paths, output=fitted)
    topics_describe(config, fitted=fitted, **paths, output=folder / "topics.parquet")
    return record


def assign(folder, study, settings):
    paths = {name: folder / f"{name}.parquet" for name in ("cleaned", "sentences", "embeddings")}
    output = folder / "assigned" / "topics.parquet"
    config = Config(topics=settings)
    return topics_assign(config, **paths, tables=[study], output=output), output


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    ids = write_study(folder, [0] * 30 + [1] * 30 + [2] * 30, seed=1)
    settings = TopicSettings(number=9, outliers="nearest", outlier_similarity=0.2)
    return folder, ids, settings, run(folder, settings)


def test_all_tables_of_topics_are_written_and_copies_follow(study):
    folder, ids, _, record = study
    assert record["read"] == 89 and record["topics"] == 3
    assert record["outliers"] <= record["outliers_found"]
    topics = read_table(folder / "topics.parquet", "topics")
    assert topics["doc_id"].to_list() == ids
    assert topics.row(0)[1:] == topics.row(-1)[1:]
    shares = read_table(folder / "topic_shares.parquet", "topic_shares")
    of = {doc_id: shares.filter(doc_id=doc_id).drop("doc_id").rows() for doc_id in ids}
    assert of[ids[0]] == of[ids[-1]] and all(of.values())
    assert len(read_table(folder / "topic_passages.parquet", "topic_passages")) == 0


def test_the_record_says_what_was_chosen_and_found(study):
    folder, _, _, record = study
    model = read_json(folder / "topic_model.json")
    assert model["number"] == {"asked": 9, "found": 3, "kept": 3}
    assert model["messages"] == ["3 topics were found, fewer than the 9 of topics.number"]
    assert model["outliers"] == {"before": record["outliers_found"], "after": record["outliers"]}
    assert model["settings"]["outliers"] == "nearest"


def test_the_same_command_writes_the_same_bytes(study, tmp_path):
    folder, _, settings, _ = study
    write_study(tmp_path, [0] * 30 + [1] * 30 + [2] * 30, seed=1)
    for name in ("cleaned", "sentences", "embeddings", "unique"):
        frame = read_table(tmp_path / f"{name}.parquet", name)
        write_table(
            tmp_path / f"{name}.parquet", frame.sample(fraction=1, shuffle=True, seed=3), name
        )
    run(tmp_path, settings)
    for name in (
        "topics.parquet",
        "topic_shares.parquet",
        "topic_info.parquet",
        "topic_model.json",
    ):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_new_articles_take_the_topics_of_the_study(study, tmp_path):
    folder, _, settings, _ = study
    new = write_study(tmp_path, [2, 1, 0], seed=2)
    record, output = assign(tmp_path, folder, settings)
    assert record["read"] == 3 and record["fitted"] == 89
    topics = read_table(folder / "topics.parquet", "topics")
    expected = [topics["topic"][row] for row in (70, 40, 10)]
    found = read_table(output, "topics")
    assert found["doc_id"].to_list() == new and found["topic"].to_list() == expected
    assert read_table(output.with_name("topic_shares.parquet"), "topic_shares").height >= 3


def test_another_configuration_than_the_fits_is_refused(study, tmp_path):
    folder, _, settings, _ = study
    write_study(tmp_path, [2, 1], seed=2)
    with pytest.raises(StaleError, match=r"not that of the fit: topics\.outliers"):
        assign(tmp_path, folder, settings.model_copy(update={"outliers": "keep"}))


def test_a_study_without_topics_is_refused(tmp_path):
    write_study(tmp_path, [2, 1], seed=2)
    with pytest.raises(InputError, match="the table topics is not there"):
        assign(tmp_path, tmp_path / "none", TopicSettings())


def test_passages_give_long_articles_a_mixture(tmp_path):
    ids = write_study(tmp_path, [0] * 30 + [1] * 30 + [2] * 30, seed=1, long=6)
    settings = TopicSettings(passage_words=20, min_topic_size=8)
    record = run(tmp_path, settings)
    passages = read_table(tmp_path / "topic_passages.parquet", "topic_passages")
    assert record["passages"] == len(passages) > record["read"]
    sentences = read_table(tmp_path / "sentences.parquet", "sentences")
    covered = sentences.join(passages, on="doc_id").filter(
        pl.col("start") >= pl.col("start_right"), pl.col("end") <= pl.col("end_right")
    )
    fitted = sentences.filter(pl.col("doc_id") != ids[-1])
    assert sorted(covered["sentence_id"]) == sorted(fitted["sentence_id"])
    shares = read_table(tmp_path / "topic_shares.parquet", "topic_shares")
    assert shares.filter(doc_id=ids[0])["topic"].n_unique() > 1
    info = read_table(tmp_path / "topic_info.parquet", "topic_info")
    assert info["n_documents"].sum() == record["read"]
    assert set(info.explode("representative_doc_ids")["representative_doc_ids"]) <= set(ids)

    new = tmp_path / "new"
    new_ids = write_study(new, [1, 2], seed=2, long=1)
    _, output = assign(new, tmp_path, settings)
    found = read_table(output.with_name("topic_shares.parquet"), "topic_shares")
    assert found.filter(doc_id=new_ids[0])["topic"].n_unique() > 1
    topics = read_table(tmp_path / "topics.parquet", "topics")
    assert read_table(output, "topics")["topic"].to_list() == [
        topics["topic"][40],
        topics["topic"][70],
    ]


def test_zero_shot_themes_name_their_topics(tmp_path):
    from geostance.encoders import load_encoder

    ids = write_study(tmp_path, [0] * 30 + [1] * 30, seed=1)
    sentences = read_table(tmp_path / "sentences.parquet", "sentences")
    vectors = load_encoder().encode(sentences["text"].to_list())
    frame = sentences.select("sentence_id", "doc_id").with_columns(
        pl.Series("vector", vectors, dtype=pl.Array(pl.Float32, vectors.shape[1]))
    )
    write_table(tmp_path / "embeddings.parquet", frame, "embeddings")
    settings = TopicSettings(zero_shot={"Énergie": {"fr": "Le gaz et les gazoducs."}})
    run(tmp_path, settings)
    topics = read_table(tmp_path / "topics.parquet", "topics")
    (theme,) = read_json(tmp_path / "topic_model.json")["themes"]
    named = topics.filter(topic=theme["topic"])["doc_id"].to_list()
    assert theme["name"] == "Énergie" and set(named) == {*ids[:30], ids[-1]}
    info = read_table(tmp_path / "topic_info.parquet", "topic_info")
    assert info.filter(topic=theme["topic"])["label"].to_list() == ["Énergie"]
