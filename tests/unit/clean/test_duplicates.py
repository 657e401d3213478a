from datetime import date

import polars as pl
import pytest

from geostance.clean import clean_documents, mark_duplicates
from geostance.clean.duplicates import jaccard
from geostance.config import CleanSettings, DuplicateSettings
from geostance.schema import TABLES, check_table

AGENCY = (
    "Le cargo Marjolaine s'est échoué dans la nuit de mardi à mercredi sur les hauts-fonds de "
    "Trévaric, sans faire de blessé, et deux remorqueurs attendaient la marée du soir pour "
    "tenter de le dégager avant la tempête annoncée pour la fin de la semaine."
)
OTHER = (
    "Le conseil municipal de Montclavel a voté hier la réfection de la halle aux grains, fermée "
    "depuis l'incendie de l'an passé, pour un montant que l'opposition juge très excessif "
    "au regard des finances de la commune et de l'état de ses écoles."
)


def documents(*rows):
    return pl.DataFrame(
        [
            {"doc_id": doc_id, "title": title, "text": text, "date": day, "language": None}
            for doc_id, title, text, day in rows
        ],
        schema_overrides={"date": pl.Date, "title": pl.String, "language": pl.String},
    )


def mark(*rows, **settings):
    frame = documents(*rows)
    cleaned = clean_documents(frame, CleanSettings())
    return mark_duplicates(cleaned, frame, DuplicateSettings(**settings))


def test_near_copies_are_one_cluster_and_the_earliest_stands_for_it():
    unique = mark(
        ("a", "Un cargo s'échoue", AGENCY, date(2024, 3, 2)),
        ("b", "Échouement d'un cargo", AGENCY.replace("du soir", "de la nuit"), date(2024, 3, 1)),
        ("c", "La halle sera refaite", OTHER, date(2024, 1, 1)),
    )
    assert check_table(unique, "unique", where="test").rows() == [
        ("a", "b", 2, False),
        ("b", "b", 2, True),
        ("c", "c", 1, True),
    ]


def test_equal_dates_go_by_id_and_unknown_dates_last():
    unique = mark(("b", None, AGENCY, None), ("c", None, AGENCY, date(2024, 1, 1)))
    assert unique.filter("is_representative")["doc_id"].to_list() == ["c"]
    unique = mark(("b", None, AGENCY, None), ("a", None, AGENCY, None))
    assert unique.filter("is_representative")["doc_id"].to_list() == ["a"]


def test_headlines_alone_are_copies_only_when_their_words_are_the_same():
    unique = mark(
        ("a", "Gaz : la vanne reste fermée à Valea Rece", "", None),
        ("b", "GAZ, la vanne reste fermée à Valea Rece !", "", None),
        ("c", "Gaz : la vanne reste ouverte à Valea Rece", "", None),
    )
    assert unique["cluster_id"].to_list() == ["a", "a", "c"]


def test_there_is_no_limit_to_a_cluster():
    rows = [(f"{n:03d}", f"Titre {n}", AGENCY, None) for n in range(150)]
    assert mark(*rows)["cluster_size"].unique().to_list() == [150]


def test_the_order_of_rows_does_not_matter():
    rows = [
        (f"{n:02d}", None, (AGENCY if n % 2 else OTHER) + f" Bilan numéro {n}.", None)
        for n in range(12)
    ]
    assert mark(*rows).equals(mark(*reversed(rows)))


def test_set_aside_documents_are_not_marked():
    assert mark(("a", None, "Trop court.", None)).schema == TABLES["unique"]
    assert mark(("a", None, "Trop court.", None)).is_empty()


def test_jaccard_is_the_share_in_common():
    import numpy as np

    one, other = np.array([1, 2, 3], np.uint64), np.array([2, 3, 4], np.uint64)
    assert jaccard(one, other) == pytest.approx(0.5)
