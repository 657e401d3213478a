"""Divide the lines of a text into Factiva's articles: by the codes, else by the ids behind them."""

import re
from collections.abc import Iterable, Iterator

from geostance.ingest.factiva.fields import BODY, CODES, Fields
from geostance.ingest.factiva.labels import ACCESSION_CHARACTERS, ACCESSION_NUMBER, WORD_COUNT
from geostance.ingest.factiva.uncoded import read_head

# Noncharacters, which no text holds: where the cell of a table ends, where bold text begins.
CELL = "\ufdd0"
BOLD = "\ufdd1"

# How a line begins with a code: in a table of two columns, as a browser saves one as text
# ("*HD* <tab>"), and as a word processor does: the code alone, or the value behind a tab. Where
# the codes are indented, those that open an article need not be.
CELLED = re.compile(rf"[\s{BOLD}]*([A-Z]{{2,3}})\s*{CELL}")
STARRED = re.compile(r"\*([A-Z]{2,3})\*[ \xa0]*(?:\t|$)")
INDENTED = re.compile(r"(?:[ \xa0]{2,}|[ \xa0]?(?=CLM|SE|HD))([A-Z]{2,3})[ \xa0]*(?:\t|$)")
BARE = re.compile(r"[ \xa0]*([A-Z]{2,3})[ \xa0]*(?:\t|$)")

_RANK = {code: n for n, code in enumerate(CODES)} | {"TD": CODES.index("LP")}
_OPENING = {"CLM", "SE", "HD"}


class _Article:
    """The lines of one article so far: under its codes, or loose."""

    def __init__(self) -> None:
        self.fields: dict[str, list[str]] = {}
        self.code = ""
        self.loose: list[str] = []

    def ends_before(self, code: str) -> bool:
        return bool(self.code) and code in _OPENING and _RANK[code] <= _RANK.get(self.code, 0)

    def is_followed_by(self, code: str) -> bool:
        between = code in BODY and self.code in BODY
        return code in _RANK and (between or _RANK[code] > _RANK.get(self.code, -1))

    def add(self, line: str) -> None:
        (self.fields[self.code] if self.code else self.loose).append(line)

    def all_fields(self) -> Fields:
        return self.fields or _uncoded(self.loose)


def articles(lines: Iterable[str], code: re.Pattern[str]) -> Iterator[tuple[Fields, bool]]:
    r"""Yield the fields of each article, and whether it is whole.

    ``lines`` keep their ends: in the last one, which has none, an id is whole only if it is
    as long as ids are. A code out of its place is text, since ``IN`` may stand alone on a line
    of an article; in the first column of a table it is a code in any case.
    """
    article, line = _Article(), ""
    for line in lines:
        text = line.rstrip("\n")
        found = code.match(text)
        if found and article.ends_before(found[1]):
            yield article.all_fields(), True
            article = _Article()
        if found and (code is CELLED or article.is_followed_by(found[1])):
            article.code, text = found[1], text[found.end() :]
            article.fields.setdefault(article.code, [])
        article.add(text)
        if article.code in {"", "AN"} and _closes(text, terminated=line.endswith("\n")):
            if fields := article.all_fields():
                yield fields, True
            article = _Article()
    if fields := article.all_fields():
        written = "".join(fields.get("AN", ())).strip()
        yield fields, bool(written) and line.endswith("\n")


def _closes(text: str, *, terminated: bool) -> bool:
    number = ACCESSION_NUMBER.fullmatch(text.replace(CELL, "").replace(BOLD, "").strip())
    return bool(number) and (terminated or len(number[1]) >= ACCESSION_CHARACTERS)


def _uncoded(lines: list[str]) -> dict[str, list[str]]:
    """Return the fields of an article without codes, or none where no head is found.

    The head begins with the block of lines around its bold title, else with the block above
    the word count. The publisher's name, which may stand above the id, stays in the text.
    """
    plain = [line.replace(BOLD, "").strip() for line in lines]
    words = next((n for n, line in enumerate(plain) if WORD_COUNT.fullmatch(line)), None)
    if words is None:
        return {}
    bold = [n for n in range(words) if BOLD in lines[n] and plain[n]]
    start = bold[-1] if bold else words
    while start and plain[start - 1]:
        start -= 1
    kept = [n for n in range(start, len(plain)) if plain[n]]
    read = read_head([plain[n] for n in kept], title_at=kept.index(bold[-1]) if bold else None)
    if read is None:
        return {}
    fields, used = read
    body = [plain[n] for n in kept[used:]]
    if body and ACCESSION_NUMBER.fullmatch(body[-1]):
        fields["AN"] = [body.pop()]
    fields["TD"] = body
    return fields
