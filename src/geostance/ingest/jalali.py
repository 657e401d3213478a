"""Iranian (Jalali) dates in the Gregorian calendar."""

from datetime import date, timedelta

FIRST_YEAR, LAST_YEAR = 1300, 1499

_START = date(1921, 3, 21)
# From 1210 to 1633 leap years follow one another in this cycle; Nowruz is 20 or 21 March.
_CYCLE = 33
_LEAP = frozenset({1, 5, 9, 13, 17, 22, 26, 30})


def gregorian(year: int, month: int, day: int) -> date:
    """Return the Gregorian day of an Iranian one, for the years 1300 to 1499 (1921 to 2121).

    Raises:
        ValueError: that day is not in the calendar, or not in those years.

    Source: Borkowski 1996, The Persian calendar for 3000 years, Earth, Moon, and Planets
    74, 223-230, https://doi.org/10.1007/BF00055188: the 33-year cycle holds for these years.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR or not 1 <= month <= 12:
        raise ValueError("no such month in the calendar's years")
    if not 1 <= day <= _month_days(year, month):
        raise ValueError("no such day in the month")
    leaps = sum(map(_is_leap, range(FIRST_YEAR, year)))
    days = 365 * (year - FIRST_YEAR) + leaps
    days += sum(_month_days(year, earlier) for earlier in range(1, month)) + day - 1
    return _START + timedelta(days=days)


def _is_leap(year: int) -> bool:
    return year % _CYCLE in _LEAP


def _month_days(year: int, month: int) -> int:
    if month <= 6:
        return 31
    return 30 if month < 12 or _is_leap(year) else 29
