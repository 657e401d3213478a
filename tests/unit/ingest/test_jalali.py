from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geostance.ingest.jalali import gregorian


@pytest.mark.parametrize(
    ("iranian", "expected"),
    [
        ((1300, 1, 1), date(1921, 3, 21)),
        ((1357, 11, 22), date(1979, 2, 11)),
        ((1399, 12, 30), date(2021, 3, 20)),
        ((1400, 1, 1), date(2021, 3, 21)),
        ((1402, 12, 29), date(2024, 3, 19)),
        ((1403, 1, 1), date(2024, 3, 20)),
        ((1403, 7, 1), date(2024, 9, 22)),
    ],
)
def test_known_days(iranian, expected):
    assert gregorian(*iranian) == expected


@pytest.mark.parametrize(
    "iranian",
    [(1402, 12, 30), (1403, 7, 31), (1403, 1, 32), (1403, 0, 1), (1403, 13, 1), (2024, 1, 1)],
)
def test_days_that_are_not_in_the_calendar(iranian):
    with pytest.raises(ValueError, match="no such"):
        gregorian(*iranian)


@given(st.integers(1300, 1498), st.integers(1, 12), st.integers(1, 31))
def test_days_follow_one_another_without_a_gap(year, month, day):
    try:
        found = gregorian(year, month, day)
    except ValueError:
        return
    after = [(year, month, day + 1), (year, month + 1, 1), (year + 1, 1, 1)]
    assert found + timedelta(days=1) == next(filter(None, map(_day, after)))


def _day(iranian):
    try:
        return gregorian(*iranian)
    except ValueError:
        return None
