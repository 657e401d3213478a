"""Months, quarters and years: cutting dates into them and writing them under an axis."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date

import polars as pl
from matplotlib.axes import Axes

from geostance.publish.words import Words

STEPS = ("month", "quarter", "year")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
# More marks than this on one axis and the coarser step reads better.
MOST_PERIODS = 60
_MILLIMETRES_PER_LABEL = 12.0
# Fewer periods leave room at the sides instead of giving bars as wide as the page.
_FEW = 6


def month_index(month: str) -> int:
    """Return the months since year 0 of ``2024-03``."""
    year, number = month.split("-")
    return int(year) * 12 + int(number) - 1


def period_of(index: int, step: str) -> str:
    """Return the name of the period that holds a month: 2024-03, 2024-Q1 or 2024."""
    year, month = divmod(index, 12)
    if step == "year":
        return f"{year:04d}"
    return f"{year:04d}-Q{month // 3 + 1}" if step == "quarter" else f"{year:04d}-{month + 1:02d}"


def span(months: Sequence[str], step: str | None) -> tuple[str, list[str]]:
    """Return the step and every period from the first month to the last, empty ones too.

    Without a wish the step is the finest that gives at most ``MOST_PERIODS`` periods.
    """
    indices = [month_index(month) for month in months]
    first, last = min(indices), max(indices)
    for candidate in [step] if step else STEPS:
        size = _MONTHS[candidate]
        starts = range(first // size * size, last + 1, size)
        if len(starts) <= MOST_PERIODS or candidate == "year" or step:
            break
    return candidate, [period_of(start, candidate) for start in starts]


def months_of(documents: pl.DataFrame) -> pl.DataFrame:
    """Return doc_id and month of the documents whose date is known to the month at least."""
    return documents.filter(
        pl.col("date").is_not_null()
        & pl.col("date_precision").fill_null("day").is_in(["day", "month"])
    ).select("doc_id", month=pl.col("date").dt.strftime("%Y-%m"))


def with_period(frame: pl.DataFrame, step: str) -> pl.DataFrame:
    """Add the column ``period`` from the column ``month``."""
    months = frame["month"].unique().to_list()
    names = {month: period_of(month_index(month), step) for month in months}
    return frame.with_columns(
        period=pl.col("month").replace_strict(names, default=None, return_dtype=pl.String)
    )


def label(period: str, say: Words) -> str:
    """Write a period for a reader: Mar 2024, Q1 2024 or 2024."""
    year, _, part = period.partition("-")
    if not part:
        return year
    if part.startswith("Q"):
        return f"{say('quarter_letter')}{part[1:]} {year}"
    return f"{say('months').split()[int(part) - 1]} {year}"


def place_of(day: date, periods: Sequence[str]) -> float | None:
    """Return where a day lies among ``periods`` at 0, 1, 2 …, each from −0.5 to +0.5; or None."""
    months = _MONTHS["quarter" if "-Q" in periods[0] else "month" if "-" in periods[0] else "year"]
    year, _, part = periods[0].partition("-")
    first = int(year) * 12 + (int(part.removeprefix("Q")) - 1) * months if part else int(year) * 12
    share = (day.day - 1) / monthrange(day.year, day.month)[1]
    at = (day.year * 12 + day.month - 1 + share - first) / months - 0.5
    return at if -0.5 <= at < len(periods) - 0.5 else None


def time_axis(axes: Axes, periods: Sequence[str], width: float, say: Words) -> None:
    """Write as many of ``periods`` under positions 0, 1, 2 … as ``width`` mm can hold."""
    room = max(2, int(width / _MILLIMETRES_PER_LABEL))
    if "-Q" in periods[0]:
        turn = [int(period[-1]) - 1 for period in periods]
        strides = (1, 2, 4, 8, 12, 20, 40)
    elif "-" in periods[0]:
        turn = [int(period[-2:]) - 1 for period in periods]
        strides = (1, 2, 3, 6, 12, 24, 36, 60, 120)
    else:
        turn = [0] * len(periods)
        strides = (1, 2, 5, 10, 20, 50)
    stride = next((stride for stride in strides if len(periods) / stride <= room), strides[-1])
    # The first label falls on the start of a year where the stride allows it.
    first = next((at for at, part in enumerate(turn) if part % stride == 0), 0)
    places = range(first, len(periods), stride)
    axes.set_xticks(list(places), [label(periods[at], say) for at in places])
    spare = max(0, _FEW - len(periods)) / 2
    axes.set_xlim(-0.6 - spare, len(periods) - 0.4 + spare)
