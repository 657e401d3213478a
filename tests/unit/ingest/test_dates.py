import unicodedata
from collections import defaultdict
from datetime import UTC, date, datetime, time
from email.utils import format_datetime

import pytest
from babel import Locale
from babel.dates import format_date
from hypothesis import assume, given
from hypothesis import strategies as st

from geostance.ingest.dates import (
    Dated,
    Undated,
    date_of_field,
    date_of_name,
    find_date,
    parse_date,
    read_date,
)
from geostance.ingest.datewords import WORDS, fold
from geostance.strict_yaml import read_yaml

LATEST = date(2100, 12, 31)
LANGUAGES = "fr en ru tr de es it az hi ar uk fa pl hy ka kk zh".split()
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
DIGITS = {"hi": "०१२३४५६७८९", "ar": "٠١٢٣٤٥٦٧٨٩", "fa": "۰۱۲۳۴۵۶۷۸۹"}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-03-12", date(2024, 3, 12)),
        ("2024-03-12T23:50:00-05:00", date(2024, 3, 12)),
        ("2024-03-12T00:10:00Z", date(2024, 3, 12)),
        ("20240312", date(2024, 3, 12)),
        ("20240312T081500Z", date(2024, 3, 12)),
        ("20240312081500", date(2024, 3, 12)),
        ("2024/3/12", date(2024, 3, 12)),
        ("12 mars 2024", date(2024, 3, 12)),
        ("mardi 12 mars 2024 à 8 h 05", date(2024, 3, 12)),
        ("mercredi 17 avril 2013 20:15 GMT", date(2013, 4, 17)),
        ("mar. 12 mars 2024", date(2024, 3, 12)),
        ("Publié le 12 mars 2024 à 8:05, mis à jour le 13 mars 2024", date(2024, 3, 12)),
        ("1er août 2024", date(2024, 8, 1)),
        ("samedi 12 et dimanche 13 mars 2024", date(2024, 3, 13)),
        ("March 12, 2024", date(2024, 3, 12)),
        ("Thursday, December 22, 2022", date(2022, 12, 22)),
        ("January 11, 2010 Monday", date(2010, 1, 11)),
        ("4:05 PM, March 12th, 2024", date(2024, 3, 12)),
        ("12-Mar-2024", date(2024, 3, 12)),
        ("Tue Mar 12 08:15:00 2024", date(2024, 3, 12)),
        ("12. März 2024", date(2024, 3, 12)),
        ("Mittwoch 31. August 2011", date(2011, 8, 31)),
        ("9 Januar 1993", date(1993, 1, 9)),
        ("12 марта 2024 г.", date(2024, 3, 12)),
        ("12 березня 2024 року", date(2024, 3, 12)),
        ("12 Eylül 2023", date(2023, 9, 12)),
        ("12 ŞUBAT 2024", date(2024, 2, 12)),
        ("2024-cü il 12 mart", date(2024, 3, 12)),
        ("12 de marzo de 2024", date(2024, 3, 12)),
        ("1º de mayo de 2024", date(2024, 5, 1)),
        ("१२ मार्च २०२४", date(2024, 3, 12)),
        ("٥ كانون الثاني/يناير ٢٠٢٤", date(2024, 1, 5)),
        ("12 آذار/مارس 2024", date(2024, 3, 12)),
        ("12 مارس من عام 2024", date(2024, 3, 12)),
        ("۱۲ مارس ۲۰۲۴", date(2024, 3, 12)),
        ("۲۲ اسفند ۱۴۰۲", date(2024, 3, 12)),
        ("سه‌شنبه ۲۲ اسفند ۱۴۰۲", date(2024, 3, 12)),
        ("2024 թվականի մարտի 12", date(2024, 3, 12)),
        ("2024 წლის 12 მარტი", date(2024, 3, 12)),
        ("2024 жылғы 12 наурыз", date(2024, 3, 12)),
        ("2018 年 9 月 18 日", date(2018, 9, 18)),
        ("12.03.2024", date(2024, 3, 12)),
        ("12. 3. 2024", date(2024, 3, 12)),
        ("03/04/2024", date(2024, 4, 3)),
        ("03/25/2024", date(2024, 3, 25)),
        ("1710230400", date(2024, 3, 12)),
        ("1710230400123", date(2024, 3, 12)),
    ],
)
def test_whole_dates(written, expected):
    assert read_date(written, LATEST) == Dated(expected, "day")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-03", Dated(date(2024, 3, 1), "month")),
        ("03/2024", Dated(date(2024, 3, 1), "month")),
        ("mars 2024", Dated(date(2024, 3, 1), "month")),
        ("2018 年 9 月", Dated(date(2018, 9, 1), "month")),
        ("mart 2024-cü il", Dated(date(2024, 3, 1), "month")),
        ("Printemps 2011", Dated(date(2011, 3, 1), "season")),
        ("Spring 2010", Dated(date(2010, 3, 1), "season")),
        ("Été 2010", Dated(date(2010, 6, 1), "season")),
        ("Fall, 2010", Dated(date(2010, 9, 1), "season")),
        ("Winter 2009/2010", Dated(date(2009, 12, 1), "season")),
        ("Hiver 2009-10", Dated(date(2009, 12, 1), "season")),
        ("Winter 2010", Dated(date(2010, 12, 1), "season")),
        ("mars-avril 2011", Dated(date(2011, 3, 1), "season")),
        ("اسفند ۱۴۰۲", Dated(date(2024, 2, 20), "season")),
        ("2024", Dated(date(2024, 1, 1), "year")),
    ],
)
def test_part_dates_keep_their_precision(written, expected):
    assert read_date(written, LATEST) == expected


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "not a date"),
        ("hier", "not a date"),
        ("today", "not a date"),
        ("il y a 3 heures", "not a date"),
        ("12 pommes 2024", "not a date"),
        ("2009-2010", "not a date"),
        ("2024-072", "not a date"),
        ("1er trimestre 2011", "not a date"),
        ("12 mars", "no year"),
        ("12 mars, 08:15", "no year"),
        ("14/03/06", "two-digit year"),
        ("06-03-14", "two-digit year"),
        ("14 mars 06", "two-digit year"),
        ("March 14, '06", "two-digit year"),
        ("Tue, 12 Mar 24 08:15:00 +0100", "two-digit year"),
        ("Printemps 11", "two-digit year"),
        ("9999-12-31", "year 9999"),
        ("31 décembre 9999", "year 9999"),
        ("0001-01-01T00:00:00", "year 0001"),
        ("1402/12/22", "year 1402"),
        ("12 مارس ۱۴۰۲", "year 1402"),
        ("2024-13-40", "no such day"),
        ("31 février 2024", "no such day"),
        ("30 اسفند 1402", "no such day"),
        ("12 اسفند 2024", "no such day"),
        ("32/01/2024", "no such day"),
        ("2024031208", "ambiguous"),
        ("2101-01-01", "later than 2100-12-31"),
        ("9999999999", "later than 2100-12-31"),
    ],
)
def test_a_refused_date_says_why(written, reason):
    assert read_date(written, LATEST) == Undated(reason)
    assert parse_date(written, LATEST) is None


def test_the_caller_says_the_order_of_numbers():
    assert read_date("03/04/2024", LATEST, "month-first") == Dated(date(2024, 3, 4), "day")
    assert read_date("25/03/2024", LATEST, "month-first") == Dated(date(2024, 3, 25), "day")
    assert find_date("World, 03/04/2024", LATEST, "month-first").date == date(2024, 3, 4)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Monde, mardi 14 mars 2006, p. 16", Dated(date(2006, 3, 14), "day")),
        (
            "mardi 14 mars 2006 - 20:15 UTC +01:00 532 mots, p. 4,5,6,8",
            Dated(date(2006, 3, 14), "day"),
        ),
        ("World, Friday, November 13, 2015", Dated(date(2015, 11, 13), "day")),
        ("Thursday, December 22, 2022 13887 mots, p. 819(40)", Dated(date(2022, 12, 22), "day")),
        ("11 septembre 2001, mardi 14 mars 2006, p. 16", Dated(date(2006, 3, 14), "day")),
        ("Tuesday, March 14, 2006, p. 1, 11 May 2001", Dated(date(2006, 3, 14), "day")),
        ("Dossier 2 mai 1997 ; 14 mars 2006 120 mots", Dated(date(2006, 3, 14), "day")),
        ("Section A12 | 14/03/2006, p. EPH8", Dated(date(2006, 3, 14), "day")),
        ("no. 45, mars 2011, p. 3", Dated(date(2011, 3, 1), "month")),
        ("Printemps 2011, no. 119, p. 12", Dated(date(2011, 3, 1), "season")),
        ("6957 字 2018 年 9 月 18 日", Dated(date(2018, 9, 18), "day")),
        ("no. 19424, p. 12", Undated("not a date")),
        ("The year 2024", Undated("not a date")),
        ("20231023", Undated("not a date")),
        ("Monde, mardi 14 mars 06, p. 16", Undated("two-digit year")),
        ("Monde, 31 juin 2006", Undated("no such day")),
    ],
)
def test_a_date_is_found_in_a_longer_line(line, expected):
    assert find_date(line, LATEST) == expected


@pytest.mark.parametrize("language", LANGUAGES)
@given(DAYS)
def test_every_day_comes_back_in_every_language(language, day):
    full, long = (format_date(day, form, language) for form in ("full", "long"))
    assert read_date(full, LATEST) == read_date(long, LATEST) == Dated(day, "day")
    assert read_date(format_date(day, "medium", language), LATEST) == Dated(day, "day")
    assert read_date(full.upper(), LATEST) == Dated(day, "day")
    assert find_date(f"Section 3 | {full}, 512 mots, p. 16", LATEST) == Dated(day, "day")


@pytest.mark.parametrize("language", [tag for tag in LANGUAGES if tag != "zh"])
@given(DAYS)
def test_every_month_comes_back_in_every_language(language, day):
    month = Locale.parse(language).months["format"]["wide"][day.month]
    assert read_date(f"{month} {day.year}", LATEST) == Dated(day.replace(day=1), "month")


@pytest.mark.parametrize("language", DIGITS)
@given(DAYS)
def test_every_day_comes_back_in_the_digits_of_its_language(language, day):
    digits = str.maketrans("0123456789", DIGITS[language])
    for written in (format_date(day, "long", language), day.isoformat(), f"{day:%d/%m/%Y}"):
        assert read_date(written.translate(digits), LATEST) == Dated(day, "day")


@given(DAYS, st.times())
def test_every_day_comes_back_from_feeds_and_numbers(day, clock):
    moment = datetime.combine(day, time(clock.hour, clock.minute, clock.second), UTC)
    compact = f"{day:%Y%m%d}"
    for written in (
        format_datetime(moment),
        moment.isoformat(),
        compact,
        f"{compact}T{clock:%H%M%S}",
    ):
        assert read_date(written, LATEST) == Dated(day, "day")
    for written in (f"{day:%d.%m.%Y}", f"{day.day}/{day.month}/{day.year}"):
        assert read_date(written, LATEST) == Dated(day, "day")
    american = f"{day.month}/{day.day}/{day.year}"
    assert read_date(american, LATEST, "month-first") == Dated(day, "day")


PIECES = st.sampled_from(
    "12 3 31 2024 2087 9999 06 1710230400 mars March марта مارس اسفند ۱۴۰۲ 年 9月 printemps"
    " hiver mardi , . / - T : 08:15 de th".split()
)


@given(st.lists(PIECES | st.text(max_size=8), max_size=8).map(" ".join), DAYS)
def test_no_date_is_later_than_the_latest(written, latest):
    for found in (read_date(written, latest), find_date(written, latest)):
        assert isinstance(found, Undated) or found.date <= latest


@given(
    st.lists(st.sampled_from("hier today mars mardi Spring сегодня".split()) | st.text(max_size=20))
)
def test_a_text_without_numbers_has_no_date(words):
    written = " ".join(words)
    assume(not any(map(str.isdecimal, unicodedata.normalize("NFKD", written))))
    assert read_date(written, LATEST) == find_date(written, LATEST) == Undated("not a date")


def test_a_word_stands_for_one_month_and_one_season_whatever_the_language():
    months, seasons = defaultdict(set), defaultdict(set)
    languages = [value for value in read_yaml(WORDS).values() if isinstance(value, dict)]
    for language in languages:
        assert (len(language["months"]), len(language["seasons"])) == (12, 4)
        for number, words in enumerate(language["months"]):
            for word in words.split():
                months[fold(word)].add(number)
        for number, words in enumerate(language["seasons"]):
            for word in words.split():
                seasons[fold(word)].add(number)
    assert {word for word, numbers in (months | seasons).items() if len(numbers) > 1} == set()
    assert set(months) & set(seasons) == set()


def test_the_fields_of_a_record_keep_what_was_written_and_the_reason():
    assert date_of_field("12 mars 2024", LATEST) == (Dated(date(2024, 3, 12), "day"), {})
    assert date_of_field("14/03/06", LATEST) == (
        None,
        {"unread_date": "14/03/06", "unread_date_reason": "two-digit year"},
    )
    assert date_of_field(None, LATEST) == (None, {})


def test_file_names_begin_with_their_date():
    assert date_of_name("2024-03-12_slug.txt", LATEST) == (date(2024, 3, 12), "day")
    assert date_of_name("2024-03_slug.txt", LATEST) == (date(2024, 3, 1), "month")
    assert date_of_name("202403_slug.txt", LATEST) == (date(2024, 3, 1), "month")
    assert date_of_name("3012345_slug.txt", LATEST) is None
    assert date_of_name("slug-2024-03-12.txt", LATEST) is None
