import polars as pl
import pytest

from geostance.publish.figures import FIGURES
from geostance.publish.quality import quality_section
from geostance.publish.words import Words


def section(study, language="en"):
    return quality_section(study, Words(language))


def test_flags_stand_under_their_topic_in_plain_words(study):
    flags = dict(section(study)["flags"])
    labels = dict(study["topic_info"].select("topic", "label").iter_rows())
    assert set(flags) == {labels[topic] for topic in range(4)}
    copies, story = flags[labels[0]]
    assert copies.startswith("62% of its articles are copies") and "(from 50% on)" in copies
    assert story.startswith("one text, “Report number 0”, makes up 55%")
    assert flags[labels[1]][0].startswith("95% of its texts are in Russian")
    assert "The Extremely Long-Winded" in flags[labels[2]][0]
    assert "(NPMI −0.10) than words of different topics do (−0.05)" in flags[labels[3]][0]


def test_the_sentences_weigh_translations_against_chance(study):
    leakage, pairs = section(study)["sentences"]
    assert "(0.11 bits) no more than" in leakage and "99th percentile: 0.20" in leakage
    assert "Of 60 pairs of translations, 80% share a topic (20% of texts" in pairs


def test_leakage_above_chance_names_both_explanations(study):
    above = study["topic_quality"].with_columns(
        estimate=pl.when(pl.col("measure") == "leakage_excess")
        .then(0.04)
        .when(pl.col("measure") == "leakage")
        .then(0.24)
        .otherwise("estimate")
    )
    told = section(study | {"topic_quality": above})["sentences"][0]
    assert "0.24 bits" in told and "different themes, or topics follow language" in told


def test_without_parallel_texts_the_page_says_so(study):
    without = study["topic_quality"].filter(~pl.col("measure").str.starts_with("pairs"))
    _, told = section(study | {"topic_quality": without})["sentences"]
    assert told.startswith("No parallel texts were given")


def test_tables_are_written_for_a_reader(study):
    found = section(study, "fr")
    row = next(row for row in found["all"] if row[0].startswith("Paires de traductions"))
    assert row[1:] == ("80\u202f%", "[70\u202f%; 90\u202f%]", "60")
    sizes = [int(row[1].replace("\u202f", "")) for row in found["topics"]]
    assert sizes == sorted(sizes, reverse=True)
    assert found["topics"][0][2].startswith(("+0,", "−0,"))
    assert "français" in found["topics"][0][4]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_study_without_topics_has_nothing_to_flag(study_without, language):
    names = ("topic_quality", "topic_flags", "topic_languages", "topic_info")
    found = section(study_without(*names), language)
    assert found == {"sentences": [], "flags": [], "all": [], "topics": []}


def draw(tables, **settings):
    spec = FIGURES["topic-quality"]
    return spec.draw(**{name: tables[name] for name in spec.tables}, **settings)


def names(plot):
    return {text.get_text(): text.get_weight() for text in plot.figure.axes[0].texts}


def test_flagged_topics_are_named_in_bold(study):
    plot = draw(study)
    labels = dict(study["topic_info"].select("topic", "label").iter_rows())
    weights = names(plot)
    assert {weights[labels[topic]] for topic in range(4)} == {"bold"}
    assert {weights[labels[topic]] for topic in (4, 5)} == {"normal"}
    flags = dict(plot.numbers.select("topic", "flags").iter_rows())
    assert flags[0] == "mostly_copies, one_story" and flags[5] is None


def test_of_many_topics_the_flagged_alone_are_named(crowded):
    plot = draw(crowded)
    assert len(plot.numbers) == 60
    assert 1 <= len(names(plot)) <= 4 and set(names(plot).values()) == {"bold"}


def test_topics_without_coherence_are_counted_in_the_caption(study):
    quality = study["topic_quality"].filter(
        ~((pl.col("measure") == "npmi") & (pl.col("topic") == 5)).fill_null(False)
    )
    plot = draw(study | {"topic_quality": quality})
    assert "not drawn: 1." in plot.caption
    assert plot.numbers.filter(topic=5)["npmi"].to_list() == [None]
