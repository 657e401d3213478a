"""Read the dates that files and their names carry; never today's.

Every language of the toolkit, and Chinese, as sites, feeds and press databases write them. A
date that cannot be is refused with the reason, and nothing is guessed: a year of two digits
is not completed.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

from geostance.ingest.datewords import JALALI, fold, missing_year, written_dates
from geostance.ingest.jalali import gregorian

Order = Literal["day-first", "month-first"]

# The first newspaper is of 1605: an earlier year is a filler or of another calendar.
_FIRST_YEAR = 1600
_FILLER_YEAR = 9999

_NUMBERS = re.compile(
    r"(?<![\d./-])(?:"
    r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})"
    r"|(?P<first>\d{1,2})(?P<sign>[-/.] ?)(?P<second>\d{1,2})(?P=sign)(?P<last>\d{4})"
    r")(?!\d)"
)
_CHINESE = re.compile(r"(\d{4}) ?年 ?(\d{1,2}) ?月(?: ?(\d{1,2}) ?日)?")
# A day, then nothing or the time of day; with or without signs between.
_ISO_DAY = re.compile(
    r"(\d{4})([-/_.])(\d{1,2})\2(\d{1,2})(?!\d)"
    r"|(\d{4})(\d{2})(\d{2})(?:t\d*|\d{4}|\d{6})?(?!\d)"
)
_ISO_MONTH = re.compile(r"(\d{4})[-/_.]?(\d{2})(?![-/_.]?\d)")
_MONTH_OF_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})")
_YEAR = re.compile(r"\d{4}")
_TIMESTAMP = re.compile(r"(\d{10})(?:\d{3})?(?:\.\d+)?")
_DAY_AND_HOUR = re.compile(
    r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])"
)
_TWO_DIGIT_YEAR = re.compile(r"(?<![\d./:-])\d{1,2}([-/.])\d{1,2}\1\d{2}(?![\d/:-])")
_EPOCH = date(1970, 1, 1)


class Dated(NamedTuple):
    """A date and how much of it was written: "day", "month", "season" or "year".

    A month stands on its first day, a year on 1 January. A season stands on the first day of
    its first month in the north (spring 1 March, summer 1 June, autumn 1 September, winter 1
    December): a southern one is an accepted gap. ``Winter 2009/2010`` begins in December 2009;
    ``Winter 2010`` stands on 1 December 2010, so that the year written is kept. An issue of
    several months (``mars-avril 2011``) and a month of the Iranian calendar, which lies in two
    of the Gregorian, are "season" too: their year is known and their month is not.
    """

    date: date
    precision: str


class Undated(NamedTuple):
    """A text that states no usable date, and why.

    The reason is "not a date", "no year", "two-digit year", "no such day", "ambiguous",
    "year 9999" (or another that no newspaper is of) or "later than" the latest date.
    """

    reason: str


class _Candidate(NamedTuple):
    rank: int
    beside_weekday: bool
    start: int
    outcome: Dated | Undated


@lru_cache(maxsize=65536)
def read_date(written: str, latest: date, order: Order = "day-first") -> Dated | Undated:
    """Return the date that a field for dates states, or why it states none up to ``latest``.

    Where several are written the first counts. ISO dates and timestamps (the day as printed,
    whatever the zone), ``12 mars 2024``, ``March 12, 2024``, ``12.03.2024``, ``Printemps
    2011``, dates of feeds, Unix timestamps (the day in UTC). Numbers are read in ``order``
    unless that cannot be: without the caller's word an American 03/04/2024 is taken for 3
    April, which is an accepted gap. Iranian dates are converted where their month is
    named; a year such as 1402 in numbers alone can be of two calendars and is refused.
    """
    folded = " ".join(fold(written).split())
    whole = _whole_field(folded)
    if whole is None:
        found = min(_candidates(folded, order), key=lambda c: (c.rank, c.start), default=None)
        whole = found.outcome if found else Undated(_reason(folded))
    return _up_to(whole, latest)


def find_date(line: str, latest: date, order: Order = "day-first") -> Dated | Undated:
    """Return the date of a line that holds more: section, number of words, pages.

    A day counts before a month and a month before a season; among several, the one beside
    the name of a weekday, else the last, since sections are written before the date and may
    hold one (``11 septembre 2001, mardi 14 mars 2006, p. 16``). Bare years and numbers without
    signs between them are no dates here.
    """
    folded = " ".join(fold(line).split())
    found = max(
        _candidates(folded, order),
        key=lambda c: (-c.rank, c.beside_weekday, c.start),
        default=None,
    )
    return _up_to(found.outcome if found else Undated(_reason(folded)), latest)


def parse_date(written: str, latest: date, order: Order = "day-first") -> Dated | None:
    """Return what ``read_date`` reads, or None where it refuses."""
    found = read_date(written, latest, order)
    return found if isinstance(found, Dated) else None


def date_of_field(
    written: str | None, latest: date, order: Order = "day-first"
) -> tuple[Dated | None, dict[str, str]]:
    """Return the date of a record's field, and the extra columns that say why there is none.

    ``unread_date`` is the field as written, ``unread_date_reason`` the reason.
    """
    if not written:
        return None, {}
    found = read_date(written, latest, order)
    if isinstance(found, Dated):
        return found, {}
    return None, {"unread_date": written, "unread_date_reason": found.reason}


def date_of_name(name: str, latest: date) -> Dated | None:
    """Return the date with which a file name begins (``2024-03-12_slug``, ``2024-03_…``)."""
    prefix = re.match(r"\d{4}(?:[-_.]?\d{2}){0,2}(?=$|[-_ .T])", name)
    return parse_date(prefix[0], latest) if prefix else None


def _candidates(folded: str, order: Order) -> Iterator[_Candidate]:
    for found in written_dates(folded):
        outcome = _of_words(found.year, found.month, found.day, found.several)
        rank = 0 if found.day is not None else 1 + found.several
        yield _Candidate(rank, found.beside_weekday, found.start, outcome)
    for found in _NUMBERS.finditer(folded):
        yield _Candidate(0, False, found.start(), _of_numbers(found, order))
    for found in _CHINESE.finditer(folded):
        year, month, day = found.groups()
        yield _Candidate(0 if day else 1, False, found.start(), _of_parts(year, month, day))


def _whole_field(folded: str) -> Dated | Undated | None:
    """Read what only a field for dates may hold: digits alone, or a date before all else."""
    if found := _ISO_DAY.match(folded):
        year, _, month, day, *compact = found.groups()
        return _of_parts(*(compact if year is None else (year, month, day)))
    if _DAY_AND_HOUR.fullmatch(folded):
        return Undated("ambiguous")
    if found := _TIMESTAMP.fullmatch(folded):
        return Dated(_EPOCH + timedelta(seconds=int(found[1])), "day")
    if found := _ISO_MONTH.match(folded):
        return _of_parts(found[1], found[2], None)
    if found := _MONTH_OF_YEAR.fullmatch(folded):
        return _of_parts(found[2], found[1], None)
    if _YEAR.fullmatch(folded):
        return _checked(int(folded), 1, 1, "year")
    return None


def _of_words(year: int, month: int, day: int | None, several: bool) -> Dated | Undated:
    precision = "day" if day is not None else "season" if several else "month"
    if month <= JALALI:
        return _checked(year, month, day or 1, precision)
    try:
        return Dated(gregorian(year, month - JALALI, day or 1), precision)
    except ValueError:
        return Undated("no such day")


def _of_numbers(found: re.Match[str], order: Order) -> Dated | Undated:
    if found["year"]:
        return _of_parts(found["year"], found["month"], found["day"])
    first, second, year = found["first"], found["second"], found["last"]
    pairs = [(second, first), (first, second)]
    if order == "month-first":
        pairs.reverse()
    usual, other = (_of_parts(year, month, day) for month, day in pairs)
    return other if isinstance(usual, Undated) and isinstance(other, Dated) else usual


def _of_parts(year: str, month: str, day: str | None) -> Dated | Undated:
    return _checked(int(year), int(month), int(day or 1), "day" if day else "month")


def _checked(year: int, month: int, day: int, precision: str) -> Dated | Undated:
    if not _FIRST_YEAR <= year < _FILLER_YEAR:
        return Undated(f"year {year:04d}")
    try:
        return Dated(date(year, month, day), precision)
    except ValueError:
        return Undated("no such day")


def _up_to(found: Dated | Undated, latest: date) -> Dated | Undated:
    if isinstance(found, Dated) and found.date > latest:
        return Undated(f"later than {latest}")
    return found


def _reason(folded: str) -> str:
    if _TWO_DIGIT_YEAR.search(folded):
        return "two-digit year"
    return missing_year(folded) or "not a date"
