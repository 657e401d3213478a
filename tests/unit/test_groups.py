from datetime import date

import polars as pl
import pytest

from geostance.errors import ConfigError
from geostance.groups import _known_to_the_month, describe_documents, grouped


def test_only_dates_known_to_the_month_are_in_a_period():
    articles = pl.DataFrame(
        {
            "date": [date(2024, 3, 12), date(2024, 3, 1), date(2024, 3, 1), date(2024, 1, 1), None],
            "date_precision": ["day", "month", "season", "year", None],
        }
    )
    months = articles.select(month=_known_to_the_month(pl.col("date").dt.strftime("%Y-%m")))
    assert months["month"].to_list() == ["2024-03", "2024-03", None, None, None]


def described():
    articles = pl.DataFrame(
        {
            "doc_id": ["a", "b", "c"],
            "outlet": ["Courier", "Herald", None],
            "language": [None, None, None],
            "date": [date(2023, 1, 1), date(2024, 1, 1), None],
            "date_precision": ["day", "day", None],
            "section": ["World", None, "World"],
        }
    )
    languages = pl.DataFrame({"doc_id": ["a", "b", "c"], "language": ["fr", "en", "fr"]})
    topics = pl.DataFrame({"doc_id": ["a"], "topic": ["gas"]})
    return describe_documents(articles, languages).join(topics, on="doc_id", how="left")


def test_documents_are_grouped_by_any_column():
    frame = grouped(described(), ("language", "topic", "section"))
    assert frame.rows() == [
        ("a", "fr", "gas", "World"),
        ("b", "en", None, None),
        ("c", "fr", None, "World"),
    ]


def test_columns_are_crossed_where_both_are_known():
    frame = grouped(described(), (("outlet", "year"),))
    assert frame["outlet × year"].to_list() == ["Courier × 2023", "Herald × 2024", None]


def test_time_is_in_years_since_the_first_date():
    assert described()["time"].round(2).to_list() == [0, 1, None]


def test_an_unknown_column_is_a_clear_error():
    with pytest.raises(ConfigError, match="no document has a column desk"):
        grouped(described(), (("outlet", "desk"),))
