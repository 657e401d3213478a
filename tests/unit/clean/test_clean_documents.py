import polars as pl

from geostance.clean import clean_documents
from geostance.config import CleanSettings
from geostance.schema import check_table


def frame(*rows):
    return pl.DataFrame(
        list(rows),
        schema={
            "doc_id": pl.String,
            "title": pl.String,
            "text": pl.String,
            "language": pl.String,
        },
        orient="row",
    )


def test_rows_stay_and_short_ones_say_why():
    documents = frame(
        ("a", "Le pont est fermé", "La crue menace le pont depuis trois jours.", "fr-FR"),
        ("b", None, "Partager", None),
        ("c", "Gaz", "Rien.", None),
        ("d", "Un titre de flux sans aucun texte", None, None),
    )
    cleaned = check_table(clean_documents(documents, CleanSettings()), "cleaned", where="test")
    assert cleaned["doc_id"].to_list() == ["a", "b", "c", "d"]
    assert cleaned["dropped_reason"].to_list() == [None, "empty", "too_short", None]
    assert cleaned["title"][3] == "Un titre de flux sans aucun texte"
    assert cleaned["blocks"][1].to_list()[0]["reason"] == "share"


def test_an_empty_table_stays_one():
    assert clean_documents(frame(), CleanSettings()).is_empty()
