import polars as pl
import pytest

from geostance.config import Config
from geostance.publish.methods import bibliography, methods_text
from geostance.schema import empty_table

MODEL = {
    "parameters": {"components": 5, "neighbours": 15, "min_topic_size": 8, "min_samples": 2},
    "unit": "distinct",
    "seed": 7,
    "messages": [],
}


@pytest.fixture
def tables():
    """The tables of a study of three articles, none of which speaks of a target."""
    names = ("documents", "rejected", "unique", "topics", "stance", "agreement")
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
