import polars as pl
import pytest

from geostance.schema import check_table
from geostance.settings.corpus import EncoderSettings
from geostance.settings.topics import MultiverseSettings, TopicSettings
from geostance.topics.conclusions import Facts, Told, drawn_conclusions
from geostance.topics.universes import multiverse_table, universes

COUNTS = {"distinct": 400, "printed": 900}
ONE = {
    "unit": ("distinct",), "neighbours": (15,), "components": (5,), "size": (1.0,),
    "samples": (1.0,), "stopwords": ("listed",),
}  # fmt: skip


def planned(counts=COUNTS, seed=1, **choices):
    settings = TopicSettings(multiverse=MultiverseSettings(**(ONE | choices)))
    return universes(settings, EncoderSettings(), counts, seed)


def test_universes_are_every_combination_of_the_choices():
    found, possible = planned(unit=("distinct", "printed"), size=(0.5, 2.0), neighbours=(5, 30))
    assert possible == len(found) == 8
    assert [one.number for one in found] == list(range(1, 9))
    assert len({tuple(one.choices.values()) for one in found}) == 8


def test_a_factor_is_of_what_the_study_would_take():
    (half, twice), _ = planned(size=(0.5, 2.0))
    # Of 400 documents the smallest topic is 10 by default.
    assert [one.settings.min_topic_size for one in (half, twice)] == [10, 40]
    assert [one.settings.min_samples for one in (half, twice)] == [2, 10]
    assert [one.choices["size"] for one in (half, twice)] == ["0.5", "2"]


def test_a_unit_has_its_own_number_of_documents():
    found, _ = planned(unit=("distinct", "printed"))
    assert [one.settings.min_topic_size for one in found] == [20, 29]


def test_of_too_many_so_many_are_drawn_with_the_seed():
    choices = {"neighbours": (5, 10, 15, 20), "components": (2, 3, 5), "most": 5}
    found, possible = planned(**choices)
    assert (len(found), possible) == (5, 12)
    assert planned(**choices)[0] == found
    assert planned(seed=2, **choices)[0] != found


def test_a_choice_named_twice_is_one():
    assert planned(neighbours=(15, 15), encoders=(EncoderSettings(),))[1] == 1


def test_a_universe_that_was_not_run_says_why_and_guesses_nothing():
    ids = [f"d{n:02}" for n in range(20)]
    topics = pl.DataFrame({"doc_id": ids, "topic": [0] * 12 + [1] * 6 + [-1] * 2})
    published = Told(topics, {0: {"gaz"}, 1: {"vote"}})
    documents = pl.DataFrame({"doc_id": ids}).with_columns(
        outlet=pl.lit(None, pl.String), period=pl.lit(None, pl.String)
    )
    facts = Facts(documents, None, 2, 0.5, 0.95)
    found, _ = planned(encoders=(EncoderSettings(name="absent/model", revision="1"),))
    table = multiverse_table(
        found, {1: published}, {2: "the model is not on disk"}, published,
        drawn_conclusions(published, facts), facts, {0: "0 gaz", 1: "1 vote"},
    )  # fmt: skip
    assert check_table(table, "multiverse", where="here").equals(table)
    assert table.filter(universe=1)["holds"].all()
    absent = table.filter(universe=2)
    assert set(absent["state"]) == {"the model is not on disk"}
    assert absent.select("value", "holds", "n_topics").null_count().row(0) == (len(absent),) * 3
    assert absent["encoder"].unique().to_list() == ["absent/model"]
    assert table.filter(universe=0)["n_topics"].unique().to_list() == [2]
    assert table.filter(universe=1)["outlier_share"].unique().to_list() == [pytest.approx(0.1)]
