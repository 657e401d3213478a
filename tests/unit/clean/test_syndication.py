from datetime import date

import polars as pl

from geostance.clean import syndication_table
from geostance.schema import TABLES, check_table


def unique_of(clusters):
    """Return a table ``unique`` of doc_id: cluster_id."""
    ids = pl.DataFrame(
        {"doc_id": list(clusters), "cluster_id": list(clusters.values())},
        schema={"doc_id": pl.String, "cluster_id": pl.String},
    )
    return ids.with_columns(cluster_size=pl.len().over("cluster_id").cast(pl.Int64))


def documents_of(*rows):
    return pl.DataFrame(
        rows,
        {
            "doc_id": pl.String,
            "date": pl.Date,
            "date_precision": pl.String,
            "outlet": pl.String,
            "title": pl.String,
        },
        orient="row",
    )


def test_a_text_printed_by_three_outlets():
    table = syndication_table(
        unique_of({"a": "b", "b": "b", "c": "b", "d": "b", "e": "e"}),
        documents_of(
            ("a", date(2024, 3, 4), "day", "Le Littoral", "Un cargo échoué"),
            ("b", date(2024, 3, 1), "day", "Agence Marine", "Échouement à Trévaric"),
            ("c", date(2024, 3, 4), "day", "Agence Marine", "Le point"),
            ("d", date(2024, 3, 9), "day", "Aber Soir", None),
            ("e", date(2024, 3, 9), "day", "Aber Soir", "Autre chose"),
        ),
    )
    assert check_table(table, "syndication", where="test").rows(named=True) == [
        {
            "cluster_id": "b",
            "first_doc_id": "b",
            "first_date": date(2024, 3, 1),
            "last_date": date(2024, 3, 9),
            "spread_days": 8,
            "n_printed": 4,
            "n_outlets": 3,
            "outlets": ["Agence Marine", "Le Littoral", "Aber Soir"],
            "title": "Échouement à Trévaric",
        }
    ]


def test_dates_known_to_the_year_and_unknown_outlets_count_as_unknown():
    table = syndication_table(
        unique_of({"a": "b", "b": "b", "c": "c", "d": "c"}),
        documents_of(
            ("a", date(2024, 1, 1), "year", None, "Un"),
            ("b", date(2024, 3, 1), "day", None, "Deux"),
            ("c", None, None, "Le Littoral", "Trois"),
            ("d", None, None, None, "Quatre"),
        ),
    )
    assert table.select(
        "cluster_id", "first_date", "spread_days", "n_outlets", "outlets"
    ).rows() == [
        ("b", date(2024, 3, 1), 0, 0, []),
        ("c", None, None, 1, ["Le Littoral"]),
    ]


def test_texts_printed_once_are_no_row():
    table = syndication_table(unique_of({"a": "a"}), documents_of(("a", None, None, None, "Un")))
    assert table.is_empty()
    assert table.schema == pl.Schema(TABLES["syndication"])
    assert syndication_table(unique_of({}), documents_of()).is_empty()
