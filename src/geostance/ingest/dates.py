"""Read the dates that files and their names carry; never today's."""

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

MONTHS: dict[str, tuple[str, ...]] = {
    # The first letters that tell a month apart, per language, January to December.
    "en": ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    "fr": (
        "janv",
        "fév",
        "mars",
        "avr",
        "mai",
        "juin",
        "juil",
        "août",
        "sept",
        "oct",
        "nov",
        "déc",
    ),
    "de": ("jän", "feb", "mär", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez"),
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
    "it": ("gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"),
    "tr": ("oca", "şub", "mart", "nis", "may", "haz", "tem", "ağu", "eyl", "eki", "kas", "ara"),
    "az": ("yan", "fev", "mart", "apr", "may", "iyn", "iyl", "avq", "sen", "okt", "noy", "dek"),
    "ru": ("янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"),
    "uk": ("січ", "лют", "бер", "кві", "тра", "чер", "лип", "сер", "вер", "жов", "лис", "гру"),
    "pl": ("sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru"),
    "hi": ("जन", "फ़र", "मार्च", "अप्र", "मई", "जून", "जुल", "अग", "सित", "अक्ट", "नव", "दिस"),
}
_MORE_MONTHS = {"iyun": 6, "iyul": 7, "май": 5, "फर": 2, "aou": 8, "fev": 2, "dec": 12, "mrz": 3}

_MONTH_STEMS = sorted(
    {
        **{stem: n for stems in MONTHS.values() for n, stem in enumerate(stems, start=1)},
        **_MORE_MONTHS,
    }.items(),
    key=lambda item: -len(item[0]),
)

_ISO = re.compile(r"(\d{4})[-/_.]?(\d{2})(?:[-/_.]?(\d{2}))?(?![\d])")
_NUMBERS = re.compile(r"\b(\d{1,2})[./-](\d{1,2})[./-](\d{4})\b")
_DAY_MONTH_YEAR = re.compile(
    r"\b(\d{1,2})(?:er|º|\.|st|nd|rd|th)?\s+(?:de\s+)?([^\W\d_][^\s\d.,]*)\.?,?\s+(?:de\s+)?(\d{4})\b"
)
_MONTH_DAY_YEAR = re.compile(r"([^\W\d_][^\s\d.,]*)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")
_MONTH_YEAR = re.compile(r"([^\W\d_][^\s\d.,]*)\.?,?\s+(?:de\s+)?(\d{4})\b")
_YEAR = re.compile(r"(\d{4})")


class Dated(NamedTuple):
    """A date and how much of it was written: "day", "month" or "year".

    A month stands on its first day, a year on 1 January.
    """

    date: date
    precision: str


@lru_cache(maxsize=65536)
def parse_date(written: str, latest: date) -> Dated | None:
    """Return the date that ``written`` states, or None when it states none up to ``latest``.

    ISO dates and timestamps (the day as printed, whatever the zone), ``12 mars 2024``,
    ``March 12, 2024``, ``12.03.2024``. Day comes before month in numbers unless that
    cannot be: an American 03/04/2024 is the accepted gap.
    """
    written = " ".join(written.split())
    found = (
        _from_iso(written) or _from_numbers(written) or _from_words(written) or _from_year(written)
    )
    return found if found and found.date <= latest else None


def date_of_name(name: str, latest: date) -> Dated | None:
    """Return the date with which a file name begins (``2024-03-12_slug``, ``2024-03_…``)."""
    prefix = re.match(r"\d{4}(?:[-_.]?\d{2}){0,2}(?=$|[-_ .T])", name)
    return parse_date(prefix[0], latest) if prefix else None


def month_number(word: str) -> int | None:
    """Return 1 to 12 for the name of a month in a known language, else None."""
    lowered = word.replace("İ", "i").lower()
    return next((n for stem, n in _MONTH_STEMS if lowered.startswith(stem)), None)


def _from_iso(written: str) -> Dated | None:
    found = _ISO.match(written)
    if not found:
        return None
    year, month, day = found.groups()
    return _day(year, month, day) if day else _day(year, month, "1", "month")


def _from_numbers(written: str) -> Dated | None:
    found = _NUMBERS.search(written)
    if not found:
        return None
    first, second, year = found.groups()
    return _day(year, second, first) or _day(year, first, second)


def _from_words(written: str) -> Dated | None:
    if found := _DAY_MONTH_YEAR.search(written):
        day, word, year = found.groups()
        if month := month_number(word):
            return _day(year, month, day)
    if found := _MONTH_DAY_YEAR.search(written):
        word, day, year = found.groups()
        if month := month_number(word):
            return _day(year, month, day)
    if found := _MONTH_YEAR.fullmatch(written):
        word, year = found.groups()
        if month := month_number(word):
            return _day(year, month, "1", "month")
    return None


def _from_year(written: str) -> Dated | None:
    found = _YEAR.fullmatch(written)
    return _day(found[1], "1", "1", "year") if found else None


def _day(year: str, month: str | int, day: str, precision: str = "day") -> Dated | None:
    try:
        return Dated(date(int(year), int(month), int(day)), precision)
    except ValueError:
        return None
