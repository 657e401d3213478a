"""Find the dates that a text writes in words, by the kinds of its words and numbers.

Every word and number of a text becomes one letter that says what it can be: ``12 mars 2024``
is "dmy". Dates are found in that row of letters, so one set of patterns serves all languages.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from geostance.strict_yaml import read_yaml

WORDS = Path(__file__).with_name("dates.yml")
# Months are numbered 1 to 12, those of the Iranian calendar 13 to 24.
JALALI = 12
# December, March, June, September: where a season begins in the north.
_SEASON_MONTHS = (12, 3, 6, 9)

# Digits of Arabic, Persian and Hindi; the Persian forms of letters become the Arabic; marks of
# direction and joiners go.
_TRANSLATED = (
    {zero + n: str(n) for zero in (0x0660, 0x06F0, 0x0966) for n in range(10)}
    | str.maketrans("یىکٱ", "ييكا")
    | dict.fromkeys(map(ord, "\xad\u061c\u200b\u200c\u200d\u200e\u200f\u2060\ufeffʼ"))
    | dict.fromkeys(range(0x202A, 0x202F))
    | dict.fromkeys(range(0x2066, 0x206A))
)
# Vowel signs of Hindi are no letters to Python.
_TOKEN = re.compile(r"\d+|[^\W\d_](?:[^\W\d_]|[\u0900-\u0963])*|\S")
_MARKS = {**dict.fromkeys(",،、", ","), **dict.fromkeys("-‐–—/", "-"), **dict.fromkeys("'’", "q")}
_UNSEEN_MARKS = frozenset(".·॰")

# d day or two digits, y four digits, n another number, m month, s season, g a word beside a
# year, q apostrophe, x any other word or mark. Points and words such as "de" leave no letter.
_DATE = re.compile(
    r"(?P<dmy>d-?m[-,q]?g*y)"
    r"|(?P<mdy>m-?d,?(?:d:d(?::d)?)?g*y)"
    r"|(?P<ydm>y-?g+,?d-?m)"
    r"|(?P<ymd>y(?:-?g+,?|-)?m-?d(?!,?g*y))"
    r"|(?P<mmy>m-m[-,]?g*y)"
    r"|(?P<my>m[-,q]?g*y|y-?g+,?m)"
    r"|(?P<sy>s,?g*y(?:-[yd])?|y-?g+,?s)"
)
_TWO_DIGIT_YEAR = re.compile(r"d-?m[-,q]*d(?!:)|m-?d,?q?d(?!:)|mq?d$|s,?q?d$")
_NO_YEAR = re.compile(r"d-?m|m-?d")


class Written(NamedTuple):
    """A date as a text writes it: not yet checked against any calendar.

    ``month`` is 1 to 12, or 13 to 24 in the Iranian calendar; ``day`` is None where none is
    written. ``several`` says that the date spans more months than its first. ``start`` is
    its place in the folded text; ``beside_weekday`` whether the name of a day stands there.
    """

    year: int
    month: int
    day: int | None
    several: bool
    start: int
    beside_weekday: bool


class _Token(NamedTuple):
    kind: str
    value: int
    start: int


def fold(text: str) -> str:
    """Return ``text`` with ASCII digits, without case, accents and invisible characters."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.translate(_TRANSLATED).casefold())
    return "".join(c for c in plain if not unicodedata.combining(c)).replace("ı", "i")


def written_dates(folded: str) -> Iterator[Written]:
    """Yield the dates in words of a folded text, in order."""
    tokens = _tokens(folded)
    row = "".join(token.kind for token in tokens)
    for found in _DATE.finditer(row):
        parts = tokens[found.start() : found.end()]
        form = found.lastgroup or ""
        month = next(token.value for token in parts if token.kind in "ms")
        yield Written(
            year=next(token.value for token in parts if token.kind == "y"),
            month=month,
            day=next(t.value for t in parts if t.kind == "d") if "d" in form else None,
            # A month of the Iranian calendar lies in two of the Gregorian.
            several=form in ("mmy", "sy") or ("d" not in form and month > JALALI),
            start=parts[0].start,
            beside_weekday="w" in (_beside(row, found.start(), -1), _beside(row, found.end(), 1)),
        )


def missing_year(folded: str) -> str | None:
    """Return why a text that names a day in words states no date, or None when it names none."""
    row = "".join(token.kind for token in _tokens(folded))
    if _TWO_DIGIT_YEAR.search(row):
        return "two-digit year"
    return "no year" if _NO_YEAR.search(row) else None


def _beside(row: str, place: int, step: int) -> str:
    # The letter before or after a date, past a comma.
    around = row[:place][::-1] if step < 0 else row[place:]
    return around.lstrip(",")[:1]


def _tokens(folded: str) -> list[_Token]:
    words, phrases = _vocabulary()
    if phrases:
        folded = phrases.sub(lambda found: found[0].replace(" ", ""), folded)
    tokens: list[_Token] = []
    for found in _TOKEN.finditer(folded):
        token = _token(found[0], found.start(), folded, words)
        if token is None:
            continue
        tokens.append(token)
        # One month by two names: "12 آذار/مارس".
        if [t.kind for t in tokens[-3:]] == ["m", "-", "m"] and tokens[-3].value == token.value:
            del tokens[-2:]
    return tokens


def _token(
    text: str, start: int, folded: str, words: Mapping[str, tuple[str, int]]
) -> _Token | None:
    if text.isdecimal():
        glued = start > 0 and folded[start - 1].isalpha()
        kind = "n" if glued else {1: "d", 2: "d", 4: "y"}.get(len(text), "n")
        return _Token(kind, int(text) if kind != "n" else 0, start)
    if text in _UNSEEN_MARKS:
        return None
    kind, value = words.get(text, (":" if text == ":" else _MARKS.get(text, "x"), 0))
    return _Token(kind, value, start) if kind else None


@cache
def _vocabulary() -> tuple[dict[str, tuple[str, int]], re.Pattern[str] | None]:
    """Return the kind and value of each word, and the names that are written as two words."""
    found: dict[str, tuple[str, int]] = {}
    names: set[str] = set()

    def add(words: str, kind: str, value: int = 0) -> None:
        for word in map(fold, words.split()):
            if "_" in word:
                names.add(word.replace("_", " "))
            # Months are added first: "mar" is March and no Tuesday.
            found.setdefault(word.replace("_", ""), (kind, value))

    table = read_yaml(WORDS)
    languages = [value for value in table.values() if isinstance(value, dict)]
    for language in languages:
        for month, words in enumerate(language["months"], start=1):
            add(words, "m", month)
        for month, words in enumerate(language.get("jalali", ()), start=JALALI + 1):
            add(words, "m", month)
    for language in languages:
        for month, words in zip(_SEASON_MONTHS, language["seasons"], strict=True):
            add(words, "s", month)
    for language in languages:
        add(language["weekdays"], "w")
    add(table["years"], "g")
    add(table["links"], "")
    return found, re.compile("|".join(map(re.escape, sorted(names)))) if names else None
