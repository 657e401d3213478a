import numpy as np
import polars as pl
import pytest

from geostance.schema import check_table
from geostance.settings.topics import QualitySettings
from geostance.topics import ParallelTexts, TopicDocuments, assess_topics

SETTINGS = QualitySettings(permutations=100, bootstrap_samples=100, min_documents=2)
TEXTS = {
    ("gas", "fr"): "gazoduc livraison hiver chauffage",
    ("gas", "en"): "pipeline delivery winter heating",
    ("vote", "fr"): "scrutin maire électeurs bulletin",
    ("vote", "en"): "ballot mayor voters election",
}
THEMES = {"gas": 0, "vote": 1}


def study(n=10):
    """``n`` texts of each theme and language, in topics that are the themes."""
    draw = np.random.default_rng(0)
    keys = [key for key in TEXTS for _ in range(n)]
    topics = np.array([THEMES[theme] for theme, _ in keys])
    vectors = np.eye(2, 6)[topics] + draw.normal(scale=0.1, size=(len(keys), 6))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ids = [f"{at:03d}" for at in range(len(keys))]
    documents = TopicDocuments.of(
        ids, [TEXTS[key] for key in keys], [tag for _, tag in keys], vectors.astype(np.float32)
    )
    words = [
        (THEMES[theme], tag, rank, word)
        for (theme, tag), text in TEXTS.items()
        for rank, word in enumerate(text.split(), start=1)
    ]
    return (
        documents,
        pl.DataFrame({"doc_id": ids, "topic": topics}),
        pl.DataFrame(words, schema=["topic", "language", "rank", "word"], orient="row"),
    )


def value(found, measure, topic=None, language=None, unit=None):
    rows = found.quality.filter(
        pl.col("measure") == measure,
        pl.col("topic").eq_missing(topic),
        pl.col("language").eq_missing(language),
        pl.col("unit").eq_missing(unit),
    )
    assert len(rows) == 1
    return rows["estimate"][0]


def test_topics_that_are_themes_are_found_good():
    found = assess_topics(*study(), SETTINGS, seed=1)
    for name in ("quality", "flags", "languages", "pairs"):
        frame = getattr(found, name)
        assert check_table(frame, f"topic_{name}", where="here").equals(frame)
    assert found.flags.is_empty() and found.pairs.is_empty()
    assert value(found, "npmi", language="fr") == pytest.approx(1)
    assert value(found, "npmi", topic=1) == value(found, "npmi") == pytest.approx(1)
    assert value(found, "npmi_of_strangers") < 0
    assert value(found, "diversity") == 1
    assert value(found, "coverage", unit="distinct") == 1
    assert value(found, "effective_topics", unit="printed") == pytest.approx(2)
    assert value(found, "separation", unit="distinct") > 0.9
    assert value(found, "leakage") == 0 and value(found, "leakage_excess") < 0
    assert found.languages["share"].to_list() == [0.5] * 4


def test_the_same_call_gives_the_same_tables():
    one, other = (assess_topics(*study(), SETTINGS, seed=5) for _ in range(2))
    assert one.quality.equals(other.quality) and one.flags.equals(other.flags)


def test_the_numbers_of_topics_change_nothing():
    documents, topics, words = study()
    # Four topics: each theme by the parity of its documents.
    numbered = topics.with_columns(
        topic=pl.col("topic") * 2 + pl.Series([n % 2 for n in range(40)])
    )
    words = pl.concat(words.with_columns(topic=pl.col("topic") * 2 + n) for n in (0, 1))
    words = words.cast({"topic": pl.Int64})
    renamed = {0: 7, 1: 3, 2: 5, 3: 4}
    new = pl.col("topic").replace_strict(renamed, return_dtype=pl.Int64)
    one = assess_topics(documents, numbered, words, SETTINGS, seed=1)
    other = assess_topics(
        documents, numbered.with_columns(new), words.with_columns(new), SETTINGS, seed=1
    )
    order = ["topic", "language", "unit", "measure"]
    expected = one.quality.with_columns(pl.col("topic").replace(renamed)).sort(order)
    found = other.quality.sort(order)
    assert found.drop("estimate", "low", "high").equals(expected.drop("estimate", "low", "high"))
    for column in ("estimate", "low", "high"):
        assert np.allclose(
            found[column].to_numpy(), expected[column].to_numpy(), equal_nan=True, atol=1e-9
        )
    assert len(other.flags) == len(one.flags)


def test_outliers_are_counted_with_an_interval_over_copies():
    documents, topics, words = study()
    outside = topics.with_columns(
        topic=pl.when(pl.col("doc_id") < "005").then(-1).otherwise("topic").cast(pl.Int64)
    )
    # One of the outliers was printed by nine outlets more.
    copies = pl.DataFrame({"doc_id": [f"c{n}" for n in range(9)], "topic": [-1] * 9})
    printed = pl.DataFrame(
        {
            "doc_id": [*documents.doc_ids, *copies["doc_id"]],
            "cluster_id": [*documents.doc_ids, *["000"] * 9],
            "language": [*documents.languages, *["fr"] * 9],
            "outlet": [f"Outlet {n % 5}" for n in range(49)],
        }
    )
    found = assess_topics(
        documents, pl.concat([outside, copies]), words, SETTINGS, seed=1, printed=printed
    )
    assert value(found, "outlier_share", unit="distinct") == 5 / 40
    row = found.quality.filter(
        pl.col("language").is_null(), measure="outlier_share", unit="printed"
    ).row(0, named=True)
    assert row["estimate"] == pytest.approx(14 / 49) and row["n"] == 49
    narrow = found.quality.filter(
        pl.col("language").is_null(), measure="outlier_share", unit="distinct"
    ).row(0, named=True)
    assert row["high"] - row["low"] > narrow["high"] - narrow["low"] > 0


def flagged(found, topic=None):
    return found.flags.filter(pl.col("topic").eq_missing(topic))["flag"].to_list()


def test_topics_that_are_languages_are_flagged():
    documents, _, words = study()
    by_language = pl.DataFrame(
        {"doc_id": documents.doc_ids, "topic": [int(tag == "en") for tag in documents.languages]}
    )
    found = assess_topics(documents, by_language, words, SETTINGS, seed=1)
    assert "one_language" in flagged(found, 0) and "one_language" in flagged(found, 1)
    assert flagged(found) == ["leakage"]
    assert value(found, "leakage") == pytest.approx(1)
    row = found.flags.filter(topic=1, flag="one_language").row(0, named=True)
    assert (row["group"], row["estimate"], row["limit"]) == ("en", 1.0, 0.9)


def test_a_topic_of_one_story_and_of_one_outlet_is_flagged():
    documents, topics, words = study()
    copies = pl.DataFrame({"doc_id": [f"c{n:02d}" for n in range(60)], "topic": [0] * 60})
    printed = pl.DataFrame(
        {
            "doc_id": [*documents.doc_ids, *copies["doc_id"]],
            "cluster_id": [*documents.doc_ids, *["000"] * 60],
            "language": [*documents.languages, *["fr"] * 60],
            "outlet": ["Le Phare" if n < 20 or n >= 40 else f"O{n}" for n in range(100)],
        }
    )
    found = assess_topics(
        documents, pl.concat([topics, copies]), words, SETTINGS, seed=1, printed=printed
    )
    assert flagged(found, 0) == ["mostly_copies", "one_outlet", "one_story"]
    assert flagged(found, 1) == []
    assert found.flags.filter(flag="one_story")["group"].to_list() == ["000"]
    assert value(found, "copies_share", topic=0, unit="printed") == pytest.approx(60 / 80)


def test_words_without_a_common_theme_and_mixed_documents_are_flagged():
    documents, topics, words = study()
    words = words.with_columns(
        topic=pl.when(pl.col("rank") % 2 == 0).then(1 - pl.col("topic")).otherwise("topic")
    )
    found = assess_topics(documents, topics, words, SETTINGS, seed=1)
    assert "incoherent" in flagged(found, 0)
    assert "scattered" not in flagged(found, 0)
    mixed = topics.with_columns(topic=pl.Series([n % 2 for n in range(40)]))
    found = assess_topics(documents, mixed, words, SETTINGS, seed=1)
    assert "scattered" in flagged(found, 0) + flagged(found, 1)


def test_a_corpus_in_one_language_is_not_asked_about_leakage():
    documents, topics, words = study()
    french = [at for at, tag in enumerate(documents.languages) if tag == "fr"]
    own = TopicDocuments.of(
        [documents.doc_ids[at] for at in french],
        [documents.texts[at] for at in french],
        ["fr"] * len(french),
        documents.vectors[french],
    )
    found = assess_topics(own, topics, words, SETTINGS, seed=1)
    assert not found.quality["measure"].str.contains("leakage").any()
    assert found.flags.is_empty()


def test_translations_are_placed_and_told():
    documents, topics, words = study()
    texts = pl.DataFrame(
        {"pair": ["1", "1", "2", "2"], "language": ["fr", "en"] * 2, "text": ["…"] * 4}
    )
    new = ParallelTexts(texts, np.eye(2, 6, dtype=np.float32)[[0, 0, 1, 1]])
    found = assess_topics(documents, topics, words, SETTINGS, seed=1, parallel=new)
    assert found.pairs["topic"].to_list() == [0, 0, 1, 1]
    assert value(found, "pairs_together") == 1 and value(found, "pairs_chance") == 0
    assert value(found, "pairs_together", language="en") == 1
    assert value(found, "pairs_outlier_share") == 0
    assert value(found, "pairs_leakage") == 0


@pytest.mark.parametrize("topic", [-1, 0])
def test_one_topic_or_none_does_not_crash(topic):
    documents, topics, words = study()
    alone = topics.with_columns(topic=pl.lit(topic, pl.Int64))
    found = assess_topics(documents, alone, words, SETTINGS, seed=1)
    assert value(found, "topics", unit="distinct") == topic + 1
    assert value(found, "coverage", unit="distinct") == topic + 1
