from datetime import date

import polars as pl

from geostance.stages.basis import known_to_the_month


def test_only_datesknown_to_the_month_are_in_a_period():
    articles = pl.DataFrame(
        {
            "date": [date(2024, 3, 12), date(2024, 3, 1), date(2024, 3, 1), date(2024, 1, 1), None],
            "date_precision": ["day", "month", "season", "year", None],
        }
    )
    months = articles.select(month=known_to_the_month(pl.col("date").dt.strftime("%Y-%m")))
    assert months["month"].to_list() == ["2024-03", "2024-03", None, None, None]
