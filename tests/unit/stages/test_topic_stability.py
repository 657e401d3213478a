"""The commands topics stability and multiverse on sixty articles, with an invented fit."""

import json

import numpy as np
import polars as pl
import pytest

from geostance.cli import main
from geostance.files import read_table, write_table
from geostance.schema import TABLES, empty_table
from geostance.topics import TopicFit
from geostance.topics import fits as fits_module
from geostance.topics import model as model_module

WORDS = ("gazoduc livraison", "scrutin mairie", "gardien penalty")
INPUTS = ("cleaned", "unique", "sentences", "embeddings")


def invented(documents, seed):
    """Topics by the axis of the vector; one in seven is an outlier, another with each seed."""
    topics = documents.vectors.argmax(axis=1)
    numbers = np.array([int(doc_id[1:]) for doc_id in documents.doc_ids])
    return np.where((numbers + seed) % 7 == 0, -1, topics)


def fit_topics(documents, settings, seed, guidance, passages):
    n = len(documents)
    places = {"probability": [1.0] * n, "x": [0.0] * n, "y": [0.0] * n}
    topics = invented(documents, seed)
    frame = {"doc_id": documents.doc_ids, "topic": topics, **places, "topic_found": topics}
    return TopicFit(pl.DataFrame(frame), {"neighbours": 5}, ())


def table(name, **columns):
    frame = pl.DataFrame(columns)
    empty = empty_table(name)
    types = {column: TABLES[name][column] for column in frame.columns}
    return pl.concat([empty, frame.cast(types)], how="diagonal")


@pytest.fixture
def study(tmp_path, monkeypatch):
    """Sixty texts in three themes, ten of them printed twice; returns a function that runs."""
    ids = [f"d{n:02}" for n in range(60)]
    themes = [n % 3 for n in range(60)]
    # The last ten are copies of the first ten.
    cluster = [ids[n - 50] if n >= 50 else ids[n] for n in range(60)]
    themes[50:] = themes[:10]
    texts = [f"{WORDS[theme]} le jour {n}" for n, theme in enumerate(themes)]
    dates = pl.Series([f"2024-{1 + n % 12:02}-05" for n in range(60)]).str.to_date()
    write_table(
        tmp_path / "documents.parquet",
        table("documents", doc_id=ids, date=dates, outlet=["A" if t else "B" for t in themes]),
        "documents",
    )
    cleaned = table("cleaned", doc_id=ids, text=texts, language=["fr"] * 60)
    write_table(tmp_path / "cleaned.parquet", cleaned, "cleaned")
    write_table(
        tmp_path / "unique.parquet",
        table("unique", doc_id=ids, cluster_id=cluster, cluster_size=[1] * 60,
              is_representative=[n < 50 for n in range(60)]),
        "unique",
    )  # fmt: skip
    sentences = table("sentences", doc_id=ids, sentence_id=ids, text=texts)
    write_table(tmp_path / "sentences.parquet", sentences, "sentences")
    vectors = pl.Series(np.eye(3, dtype=np.float32)[themes], dtype=pl.Array(pl.Float32, 3))
    write_table(
        tmp_path / "embeddings.parquet",
        pl.DataFrame({"sentence_id": ids, "doc_id": ids, "vector": vectors}),
        "embeddings",
    )
    stance = table(
        "stance",
        doc_id=ids,
        target=["nato"] * 60,
        stance=[-0.5 - 0.01 * (n % 5) if theme == 0 else 0.1 * (n % 2) - 0.05
                for n, theme in enumerate(themes)],
    )  # fmt: skip
    write_table(tmp_path / "stance.parquet", stance, "stance")
    made = []

    def carried_out(plan, documents, settings, guidance, passages):
        if run.interrupted_at is not None and len(made) == run.interrupted_at:
            raise KeyboardInterrupt
        made.append((plan, settings))
        n = round(plan.share * len(documents))
        topics = invented(documents, plan.seed)
        return table("fit_assignments", doc_id=documents.doc_ids, topic=topics).head(n)

    monkeypatch.setattr(model_module, "fit_topics", fit_topics)
    monkeypatch.setattr(fits_module, "carried_out", carried_out)

    def run(command, topics="{}"):
        (tmp_path / "study.yml").write_text(f"topics: {topics}")
        output = {
            "fit": tmp_path / "topics_fitted.parquet",
            "describe": tmp_path / "topics.parquet",
            "stability": tmp_path / "stability" / "topic_stability.parquet",
            "multiverse": tmp_path / "stability" / "multiverse.parquet",
        }[command]
        further = {
            "fit": (),
            "describe": ("documents",),
            "stability": ("topics",),
            "multiverse": ("topics", "documents", "stance"),
        }[command]
        apart = (
            (f"--fitted={tmp_path / 'topics_fitted.parquet'}", f"--responses={tmp_path}")
            if command == "describe"
            else (f"--fits={tmp_path / 'fits'}",)
        )
        main(
            ["topics", command, f"--config={tmp_path / 'study.yml'}",
             *(f"--{name}={tmp_path / name}.parquet" for name in (*INPUTS, *further)),
             *apart, f"--output={output}"]
        )  # fmt: skip
        # The published topics are those described.
        return run("describe", topics) if command == "fit" else output

    run.made, run.folder, run.interrupted_at = made, tmp_path, None
    return run


FOUR = "{stability: {fits: 4, processes: 1}}"


def test_topics_that_come_back_are_said_to(study):
    study("fit")
    output = study("stability", FOUR)
    stability = read_table(output, "topic_stability")
    assert stability.filter(fits="all")["recurrence"].to_list() == [1.0, 1.0, 1.0]
    fits = read_table(output.with_name("topic_fits.parquet"), "topic_fits")
    assert fits["kind"].to_list() == ["seed", "subsample"] * 2 + ["again", "shuffled"]
    assert fits["n_documents"].to_list() == [50, 40, 50, 40, 50, 50]
    assert fits["identical"].to_list() == [None] * 4 + [True, True]
    # Copies are not counted: the published topics are of distinct texts.
    consensus = read_table(output.with_name("document_consensus.parquet"), "document_consensus")
    assert len(consensus) == 50
    record = json.loads(output.with_name(f"{output.name}.run.json").read_text())
    assert (record["fits"], record["topics"], record["row_order"]) == (4, 3, "same topics")


def test_fits_that_are_there_are_not_made_again(study):
    study("fit")
    first = study("stability", FOUR).read_bytes()
    n_made = len(study.made)
    assert study("stability", FOUR).read_bytes() == first
    assert len(study.made) == n_made
    study("stability", FOUR.replace("fits: 4", "fits: 6"))
    assert len(study.made) == n_made + 2


def test_an_interrupted_run_goes_on_where_it_was(study):
    study("fit")
    study.interrupted_at = 3
    with pytest.raises(SystemExit):
        study("stability", FOUR)
    assert len(list((study.folder / "fits").glob("*.parquet"))) == 3
    study.interrupted_at = None
    study("stability", FOUR)
    assert len(study.made) == len({plan for plan, _ in study.made}) == 6


def test_a_fit_of_other_settings_or_documents_is_never_taken(study):
    study("fit")
    study("stability", FOUR)
    n_made = len(study.made)
    study("stability", FOUR.replace("{stab", "{components: 4, stab"))
    assert len(study.made) == 2 * n_made
    path = study.folder / "embeddings.parquet"
    vectors = read_table(path, "embeddings")
    write_table(path, vectors.with_columns(vector=vectors["vector"].reverse()), "embeddings")
    study("stability", FOUR)
    assert len(study.made) == 3 * n_made


def test_how_topics_are_held_against_fits_makes_no_fit_anew(study):
    study("fit")
    study("stability", FOUR)
    n_made = len(study.made)
    output = study("stability", FOUR.replace("fits: 4", "fits: 4, overlap: 0.95"))
    assert len(study.made) == n_made
    assert read_table(output, "topic_stability")["recurrence"].max() < 1


def test_a_consensus_is_published_in_the_place_of_a_fit(study):
    chosen = "{solution: consensus, stability: {fits: 5, subsample_share: 1.0, processes: 1}}"
    output = study("fit", chosen)
    topics = read_table(output, "topics")
    # Each fit has other outliers; where most agree there is none, and copies follow.
    assert set(topics["topic"]) == {0, 1, 2} and len(topics) == 60
    model = json.loads((study.folder / "topic_model.json").read_text())
    assert model["solution"] == "consensus"
    assert model["consensus"] == {"fits": 5, "support": [1.0, 1.0, 1.0]}
    before = output.read_bytes()
    assert study("fit", chosen).read_bytes() == before
    # The fits it is held against are not those that it is made of.
    building = {plan.seed for plan, _ in study.made}
    study("stability", chosen)
    assert not building & {plan.seed for plan, _ in study.made[5:]}


UNIVERSES = (
    "{terms: false, stability: {processes: 1}, multiverse: {neighbours: [10, 30], components: [5], size: [1.0],"
    " samples: [1.0], stopwords: [listed, none], unit: [distinct, printed]%s}}"
)


def test_conclusions_are_drawn_again_in_every_universe(study):
    study("fit")
    output = study("multiverse", UNIVERSES % "")
    found = read_table(output, "multiverse")
    assert found["universe"].unique().sort().to_list() == list(range(9))
    assert found.filter(universe=0)["holds"].all()
    kinds = set(found["conclusion"])
    assert {"exists", "words", "outlet", "stance"} <= kinds
    stance = found.filter(conclusion="stance")
    assert stance["other"].unique().to_list() == ["nato"] and (stance["value"] < 0).all()
    assert found.filter(conclusion="exists")["holds"].all()
    # Two universes that differ in stopwords alone are one fit.
    assert len(study.made) == 4
    listed = [set(read_table(path, "topic_words")["word"])
              for path in (study.folder / "fits").glob("*.words.parquet")]  # fmt: skip
    assert sorted("jour" in words for words in listed) == [False] * 4 + [True] * 4
    record = json.loads(output.with_name(f"{output.name}.run.json").read_text())
    assert record["universes"] == record["possible"] == 8 and record["not_run"] == 0


def test_universes_of_an_encoder_that_is_not_there_are_not_run(study):
    study("fit")
    absent = ", encoders: [{name: someone/absent, revision: abc}]"
    found = read_table(study("multiverse", UNIVERSES % absent), "multiverse")
    missing = found.filter(encoder="someone/absent")
    assert missing["universe"].n_unique() == 8
    assert missing["holds"].null_count() == missing["value"].null_count() == len(missing)
    assert all("absent" in state for state in missing["state"].unique())
    assert found.filter(encoder="embedded")["state"].unique().to_list() == ["run"]
