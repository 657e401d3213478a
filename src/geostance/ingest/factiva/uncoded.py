"""Which line of an article's head is which, where no code stands before it.

Column and section, headline, author, credit, words, date, time, source and its code, edition,
page, volume, language and copyright follow each other, but most may be missing: the word
count and the name of the language are the anchors.
"""

import re
from collections.abc import Sequence

from geostance.ingest.factiva.labels import WORD_COUNT, language_tag

_YEAR = re.compile(r"(?:1[89]|20)\d{2}(?!\d)")
_TIME = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?(?: ?[AP]M)?(?: [A-Z]{2,4})?", re.IGNORECASE)
_CODE = re.compile(r"[A-Z0-9]{2,10}")
_GROUP = re.compile(r"[A-Z]{3,6}")
# "5", "A12", "EPH8", "4,5,6"; no page is numbered 0.
_PAGE = re.compile(r"[A-Z]{0,4}-?[1-9]\d{0,2}[A-Z]?(?:\s?[,;/&-]\s?[A-Z]{0,4}-?\d{1,3}[A-Z]?)*")
_COPYRIGHT = re.compile(r"©|\(c\)|copyright", re.IGNORECASE)
_LONGEST_HEAD = 16


def read_head(
    lines: Sequence[str], *, title_at: int | None = None, author_at: int | None = None
) -> tuple[dict[str, list[str]], int] | None:
    """Return the fields of the head under their codes, and how many lines it takes.

    ``lines`` are the lines of an article without the empty ones. Without ``title_at`` the
    first is the title, and what follows it the author. None when no word count with a
    date behind it is there.
    """
    words = next((n for n in range(len(lines) - 1) if _is_word_count(lines, n)), None)
    if words is None:
        return None
    title = title_at if title_at is not None and title_at < words else 0
    fields = _above_words(lines[:words], title, author_at)
    fields["WC"], fields["PD"] = [lines[words]], [lines[words + 1]]
    end = words + 2
    for code, pattern in (("ET", _TIME), ("SN", None), ("SC", _CODE)):
        if end < len(lines) and (pattern is None or pattern.fullmatch(lines[end])):
            fields[code] = [lines[end]]
            end += 1
    named = _language_at(lines, end, words + _LONGEST_HEAD)
    if named is None:
        return fields, end
    fields.update(_between(lines[end:named], fields.get("SC", [""])[0]))
    fields["LA"] = [lines[named]]
    fields["CY"] = list(lines[named + 1 : named + 2])
    return fields, min(named + 2, len(lines))


def _is_word_count(lines: Sequence[str], n: int) -> bool:
    return bool(WORD_COUNT.fullmatch(lines[n]) and _YEAR.search(lines[n + 1]))


def _above_words(lines: Sequence[str], title: int, author_at: int | None) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for code, line in zip(("SE", "CLM"), reversed(lines[:title]), strict=False):
        fields[code] = [line]
    fields["HD"] = list(lines[title : title + 1])
    for n in range(title + 1, len(lines)):
        is_author = n == author_at or (author_at is None and n == title + 1)
        fields.setdefault("BY" if is_author else "CR", []).append(lines[n])
    return fields


def _language_at(lines: Sequence[str], start: int, stop: int) -> int | None:
    among = range(start, min(stop, len(lines)))
    named = next((n for n in among if language_tag(lines[n])), None)
    if named is None:
        # A language of which no name is known stands before the copyright.
        named = next((n - 1 for n in among if n > start and _COPYRIGHT.match(lines[n])), None)
    return named


def _between(lines: Sequence[str], source_code: str) -> dict[str, list[str]]:
    """Return edition, page and volume, any of which may be missing.

    The code of a group of newspapers resembles that of the source (BILDE, BIDE) and is
    no edition.
    """
    rest = list(lines)
    if rest and _GROUP.fullmatch(rest[0]) and rest[0][:2] == source_code[:2]:
        rest.pop(0)
    if len(rest) >= 3:
        return dict(zip(("ED", "PG", "VOL"), ([line] for line in rest[-3:]), strict=True))
    fields: dict[str, list[str]] = {}
    for line in rest:
        if _PAGE.fullmatch(line):
            code = "PG"
            if "PG" in fields:
                fields["ED"] = fields["PG"]
        else:
            code = "VOL" if line[0].isdigit() and not _TIME.fullmatch(line) else "ED"
        fields[code] = [line]
    return fields
