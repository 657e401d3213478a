import polars as pl
import pytest

from geostance.config import Config
from geostance.publish.datacard import data_card
from geostance.schema import empty_table


def card(tables, language="en", **options):
    config = Config.model_validate({"publish": {"language": language}, **options})
    return data_card(
        *(tables[name] for name in ("description", "missing", "losses")),
        ingest=config.ingest,
        clean=config.clean,
        publish=config.publish,
    )


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_table_has_as_many_cells_as_its_head(study, language):
    tables = [
        part.strip().split("\n")
        for part in card(study, language).split("\n\n")
        if part.strip().startswith("|")
    ]
    assert len(tables) >= 8
    for lines in tables:
        assert len({line.count("|") - line.count(r"\|") for line in lines}) == 1


def test_it_says_what_was_counted_and_what_is_to_be_answered(study):
    text = card(study)
    whole = study["description"].filter(grouping="all").row(0, named=True)
    assert f"{whole['n_documents']} documents as printed, {whole['n_distinct']} distinct" in text
    assert "**To be answered.**" in text
    assert "| too short |" in text and "| undated |" in text


def test_a_line_in_an_outlets_name_breaks_no_table(make_study):
    study = make_study(12, outlets=1)
    description = study["description"].with_columns(group=study["description"]["group"] + " | bis")
    assert r"Le Phare \| bis |" in card(
        study | {"description": description.filter(grouping="outlet")}
    )


@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_outlets_name_is_text_and_no_markup(make_study, language):
    study = make_study(12, outlets=1)
    name = pl.lit("<img src=x onerror=alert(1)>[a](javascript:b)\n# c")
    text = card(study | {"description": study["description"].with_columns(group=name).filter(grouping="outlet")}, language)  # fmt: skip
    assert r"&lt;img src=x onerror=alert(1)&gt;\[a\](javascript:b) # c |" in text
    assert "<img" not in text


@pytest.mark.parametrize(
    ("language", "said"), [("en", "No document was kept."), ("fr", "Aucun document")]
)
def test_an_empty_corpus_has_a_card(language, said):
    names = ("description", "missing", "losses")
    assert said in card({name: empty_table(name) for name in names}, language)


def test_the_options_of_reading_are_named(study):
    text = card(study, ingest={"undated": "reject"}, clean={"min_words": 9})
    assert "articles without a date were rejected" in text
    assert "Fewer than 9 words were left." in text
