import polars as pl
import pytest

from geostance.publish.validation import validation_section
from geostance.publish.words import Words
from geostance.schema import empty_table

NAMES = ("scorer_quality", "agreement", "disagreements", "scorer_errors")


@pytest.fixture
def section(study):
    """Write the section, with some of the tables replaced."""

    def write(language="en", **replaced):
        frames = {name: study[name] for name in NAMES} | replaced
        return validation_section(frames, Words(language))

    return write


def test_a_group_shows_its_interval_or_that_labels_are_too_few(section):
    rows = {row[0]: row for row in section()["groups"]}
    assert rows["all labels"][2] == "0.60 [0.50; 0.70]"
    assert rows["Russian"][1:4] == ("By language", "too few labels", "too few labels")


def test_a_measure_stands_in_one_of_the_tables(section):
    measures = {row[1] for row in section()["measures"]}
    assert measures == {"Accuracy", "Alpha, scorer and label", "Recall of detection"}


def test_an_error_is_told_with_its_sentence(section):
    first, *others = section()["errors"]
    assert first == (
        *("Russia", "opposite", "unfavourable", "+0.40", "0.10", "A title"),
        "Moscow broke its word again.",
    )
    assert [row[1] for row in others] == ["neutral or not", "target missed", "not relevant"]


def test_a_disagreement_is_told_with_every_answer(section):
    first = section("fr")["disagreements"][0]
    assert first[1] == "ana: défavorable, propos rapportés; ben: non pertinent"
    assert first[2] == "ouvert"


def test_sentences_say_what_was_decided(section):
    assert any(
        "differently in 4 cases" in told and "50%" in told for told in section()["sentences"]
    )


def test_one_coder_is_said_and_has_no_table(section, study):
    alone = study["agreement"].filter(pl.col("coder").is_null())
    alone = alone.with_columns(estimate=None, low=None, high=None, reason=pl.lit("one coder"))
    found = section(agreement=alone)
    assert found["coders"] == []
    assert any("One coder" in told for told in found["sentences"])


def test_without_labels_the_section_says_so(section):
    found = section(**{name: empty_table(name) for name in NAMES})
    assert found["sentences"] == [
        "There are no human labels: nothing is known of how well the scorer does on this corpus."
    ]
    assert not found["groups"] and not found["errors"]
