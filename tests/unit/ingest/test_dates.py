from datetime import date

import pytest

from geostance.ingest.dates import date_of_name, parse_date

LATEST = date(2100, 1, 1)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-03-12", date(2024, 3, 12)),
        ("2024-03-12T23:50:00-05:00", date(2024, 3, 12)),
        ("20240312", date(2024, 3, 12)),
        ("12 mars 2024", date(2024, 3, 12)),
        ("mardi 12 mars 2024 à 8 h 05", date(2024, 3, 12)),
        ("1er août 2024", date(2024, 8, 1)),
        ("March 12, 2024", date(2024, 3, 12)),
        ("Tue, 12 Mar 2024 08:00:00 GMT", date(2024, 3, 12)),
        ("12. März 2024", date(2024, 3, 12)),
        ("12 марта 2024 г.", date(2024, 3, 12)),
        ("12 Şubat 2024", date(2024, 2, 12)),
        ("12 de marzo de 2024", date(2024, 3, 12)),
        ("12 मार्च 2024", date(2024, 3, 12)),
        ("12.03.2024", date(2024, 3, 12)),
        ("03/25/2024", date(2024, 3, 25)),
    ],
)
def test_whole_dates(written, expected):
    assert parse_date(written, LATEST) == (expected, "day")


def test_part_dates_keep_their_precision():
    assert parse_date("2024-03", LATEST) == (date(2024, 3, 1), "month")
    assert parse_date("mars 2024", LATEST) == (date(2024, 3, 1), "month")
    assert parse_date("2024", LATEST) == (date(2024, 1, 1), "year")


@pytest.mark.parametrize("written", ["", "hier", "2024-13-40", "31 février 2024", "12 pommes 2024"])
def test_what_is_no_date_is_none(written):
    assert parse_date(written, LATEST) is None


def test_dates_after_the_latest_are_reading_errors():
    assert parse_date("2031-01-01", date(2030, 1, 1)) is None


def test_file_names_begin_with_their_date():
    assert date_of_name("2024-03-12_slug.txt", LATEST) == (date(2024, 3, 12), "day")
    assert date_of_name("2024-03_slug.txt", LATEST) == (date(2024, 3, 1), "month")
    assert date_of_name("3012345_slug.txt", LATEST) is None
    assert date_of_name("slug-2024-03-12.txt", LATEST) is None
