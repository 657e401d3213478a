import polars as pl

from geostance.clean import clean_tables
from geostance.schema import check_table
from geostance.settings.corpus import CleanSettings


def frame(*rows):
    return pl.DataFrame(
        list(rows),
        schema={
            "doc_id": pl.String,
            "title": pl.String,
            "text": pl.String,
            "language": pl.String,
            "outlet": pl.String,
        },
        orient="row",
    )


def test_rows_stay_and_short_ones_say_why():
    documents = frame(
        (
            "a",
            "Le pont est fermé",
            "La crue menace le pont depuis trois jours.",
            "fr-FR",
            "Le Phare",
        ),
        ("b", None, "Partager", None, None),
        ("c", "Gaz", "Rien.", None, None),
        ("d", "Un titre de flux sans aucun texte", None, None, None),
    )
    tables = clean_tables(documents, CleanSettings())
    cleaned = check_table(tables.cleaned, "cleaned", where="test")
    assert cleaned["doc_id"].to_list() == ["a", "b", "c", "d"]
    assert cleaned["dropped_reason"].to_list() == [None, "empty", "too_short", None]
    assert cleaned["title"][3] == "Un titre de flux sans aucun texte"
    assert cleaned["blocks"][1].to_list()[0]["reason"] == "share"


def test_an_empty_table_stays_one():
    tables = clean_tables(frame(), CleanSettings())
    assert check_table(tables.cleaned, "cleaned", where="test").is_empty()
    assert check_table(tables.dropped, "dropped", where="test").is_empty()
