import polars as pl
import pytest

from geostance.config import Config
from geostance.publish.methods import bibliography, methods_text
from geostance.schema import empty_table
from geostance.settings.topics import TopicSettings

MODEL = {
    "parameters": {
        "components": 5,
        "neighbours": 15,
        "min_topic_size": 8,
        "min_samples": 2,
        "max_topic_size": 32,
    },
    "unit": "distinct",
    "seed": 7,
    "messages": [],
    "settings": TopicSettings().model_dump(mode="json"),
    "number": {"found": 9, "kept": 9},
    "outliers": {"before": 40, "after": 40},
}


@pytest.fixture
def tables():
    """The tables of a study of three articles, none of which speaks of a target."""
    names = (
        *("documents", "rejected", "unique", "topics", "topic_quality", "topic_flags"),
        *("stance", "scorer_quality"),
    )
    cleaned = pl.DataFrame(
        {"doc_id": ["a", "b", "c"], "language": ["tr", "en", "tr"], "dropped_reason": [None] * 3},
        schema_overrides={"dropped_reason": pl.String},
    )
    return {name: empty_table(name) for name in names} | {"cleaned": cleaned}


@pytest.mark.parametrize("messages", [[], ["all are outliers"]])
def test_paragraphs_are_parted_by_one_empty_line(tables, messages):
    text = methods_text(Config(), tables, MODEL | {"messages": messages})
    beginnings = [part.split()[0] for part in text.split("\n\n")]
    assert beginnings == ["#", "Of", "Sentences", "Stance", "No", "Every"]
    assert "\n\n\n" not in text


def test_languages_stand_by_number_then_by_name(tables):
    tables["cleaned"] = pl.concat([tables["cleaned"], tables["cleaned"].filter(language="en")])
    assert "4 articles were kept (en 2, tr 2)" in methods_text(Config(), tables, MODEL)


def test_a_fitted_model_is_described_with_its_parameters(tables):
    text = methods_text(Config(), tables, MODEL)
    assert "UMAP [@mcinnes2018] to 5 dimensions with 15 neighbours" in text
    assert "No topic model" not in text


def with_topics(**settings):
    return MODEL | {"settings": TopicSettings(**settings).model_dump(mode="json")}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "This gave 0 topics; 0% of the articles are outliers and were left so."),
        (
            {"outliers": "nearest", "outlier_similarity": 0.25},
            "at a cosine of 0.25 or more were given to the topic with the nearest mean: "
            "40 texts were outliers before, 12 after.",
        ),
        ({"passage_words": 90}, "Passages of about 90 words were clustered;"),
        ({"number": 4}, "Of 9 topics, the most alike were merged"),
        ({"number": "auto"}, "Of 9 topics, those whose mean vectors form groups"),
        (
            {"zero_shot": {"gaz": {"fr": "le gaz"}, "vote": {"fr": "le vote"}}},
            "Texts whose cosine with a named theme (gaz, vote) is",
        ),
        ({"guided": {"gaz": {"fr": ["gaz"]}}}, "Seed words guided the clusters toward gaz:"),
    ],
)
def test_the_methods_say_what_was_chosen(tables, settings, said):
    model = with_topics(**settings) | {"outliers": {"before": 40, "after": 12}}
    text = methods_text(Config(), tables, model)
    assert said in text
    assert "\n\n\n" not in text and "  " not in text


def test_topics_that_were_not_merged_are_not_said_to_be(tables):
    assert "merged" not in methods_text(Config(), tables, with_topics(number=9))


def test_a_corpus_too_small_to_cluster_claims_no_model(tables):
    model = MODEL | {"parameters": {}, "messages": ["they are one topic"]}
    text = methods_text(Config(), tables, model)
    assert "No topic model was fitted. Note: they are one topic." in text
    assert "UMAP" not in text and "HDBSCAN" not in text


def test_targets_nobody_speaks_of_are_named(tables):
    text = methods_text(Config(), tables, MODEL)
    assert "over its mentions; no article here speaks of russia, nato, india." in text


def test_every_cited_key_is_in_the_bibliography(tables):
    text = methods_text(Config(), tables, MODEL)
    keys = {word.strip("[].,;@") for word in text.split() if "@" in word}
    assert keys and all(f"{{{key}," in bibliography() for key in keys)


@pytest.fixture
def judged(tables):
    rows = {
        "npmi": (0.123, None, None, 1200),
        "npmi_of_strangers": (-0.31, None, None, 1200),
        "c_v": (0.55, None, None, 1200),
        "diversity": (0.9, None, None, 100),
        "leakage": (0.25, None, None, 300),
        "leakage_baseline": (0.2, None, None, 300),
        "leakage_excess": (0.05, None, None, 300),
        "pairs_together": (0.8, 0.7, 0.9, 60),
    }
    quality = [(None, None, None, name, *values) for name, values in rows.items()]
    flags = [(3, "scattered", None, -0.1, 0.0), (3, "incoherent", None, 0.1, 0.2)]
    schemas = {name: empty_table(name).schema for name in ("topic_quality", "topic_flags")}
    return tables | {
        name: pl.DataFrame(values, schema=schemas[name], orient="row")
        for name, values in (("topic_quality", quality), ("topic_flags", flags))
    }


def test_the_quality_of_topics_is_told_from_the_tables(judged):
    text = methods_text(Config(), judged, MODEL)
    assert (
        "The topics' words have a mean NPMI of 0.12 (words of different topics: -0.31) and a C_v "
        "of 0.55 [@bouma2009; @roeder2015] over 1,200 reference texts of the corpus, and 90% of "
        "them are distinct; 1 of the 0 topics was flagged"
    ) in text
    assert (
        "Topic and language share 0.25 bits of information, more than the 99th percentile of 1000 "
        "permutations of the languages (0.20), and of 60 pairs of translations 80% [70%, 90%] fall "
        "into one topic."
    ) in text
    assert "\n\n\n" not in text


def test_topics_of_one_language_claim_nothing_of_leakage(judged):
    quality = judged["topic_quality"].filter(~pl.col("measure").str.contains("leakage|pairs"))
    text = methods_text(Config(), judged | {"topic_quality": quality}, MODEL)
    assert "NPMI" in text and "bits of information" not in text
