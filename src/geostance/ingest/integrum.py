"""Read HTML reports of Integrum, the archive of the Russian press."""

import datetime
import re
from collections.abc import Iterator
from itertools import pairwise

from geostance.ingest.dates import Dated, parse_date
from geostance.ingest.encodings import decode
from geostance.ingest.markup import begins_as_markup, first, line_of, parse, untagged
from geostance.ingest.records import EXCERPT_CHARACTERS, Document, Rejected, tidy, tidy_field
from geostance.ingest.sources import Source
from geostance.settings.corpus import IngestSettings

_SOURCE_FIELD = "^ИС:"
_ENCODINGS = ("cp1251", "utf-8")
# A long report's list of titles fills the head, before any field.
_REPORT = re.compile(rb"<h3>[^<]{1,60}\d\d:\d\d:\d\d</h3>\s*1\.\s*<a href=\"#1\">", re.IGNORECASE)
_RECORD = re.compile(r"<a\s+name\s*=\s*[\"']?\d+", re.IGNORECASE)
_LISTED = re.compile(r"<a\s+href\s*=\s*[\"']?#\d+", re.IGNORECASE)
_TEXT_END = re.compile(r"</pre\b", re.IGNORECASE)
_FIELD = re.compile(r"\^([А-ЯЁ]{2}):")

# Lines longer than this are whole paragraphs, shorter ones were wrapped for the screen.
_LONGEST_WRAPPED = 120
# How far the lines of one wrapped paragraph fall short of its width.
_RAGGED = 5

_SHORT_DATE = re.compile(r"(\d{1,2}\.\d{1,2}\.)(\d{2})")


def looks_like_integrum(source: Source) -> bool:
    """Return whether ``source`` is an HTML report of Integrum, by its fields or its list."""
    head = source.head
    if not begins_as_markup(head):
        return False
    fields = any(_SOURCE_FIELD.encode(encoding) in head for encoding in _ENCODINGS)
    return fields or bool(_REPORT.search(head))


def read_integrum(source: Source, settings: IngestSettings) -> Iterator[Document | Rejected]:
    """Yield the records of an HTML report, in its order; a report may repeat them.

    The lines of the text, which are wrapped for the screen, become paragraphs again. A
    report cut by a broken download gives one rejected record, which says how many of
    the articles that its list names are there.
    """
    page = tidy(_decode(source.read()))
    starts = [found.start() for found in _RECORD.finditer(page)]
    listed = len(_LISTED.findall(page, 0, starts[0] if starts else len(page)))
    whole = 0
    for position, (start, end) in enumerate(pairwise([*starts, len(page)]), start=1):
        ends = [found.start() for found in _TEXT_END.finditer(page, start, end)]
        if not ends and end == len(page):
            break
        whole += 1
        yield _html_record(page[start : ends[-1] if ends else end], position, settings)
    named = max(listed, len(starts))
    if whole < named:
        reason = f"cut off: {whole} of the {named} articles of its list are whole"
        rest = page[starts[whole] :] if whole < len(starts) else ""
        yield Rejected(reason, whole + 1, untagged(rest)[:EXCERPT_CHARACTERS])
    elif not whole:
        excerpt = untagged(page)[:EXCERPT_CHARACTERS]
        yield Rejected("no article in this Integrum page", excerpt=excerpt)


def _decode(data: bytes) -> str:
    # Markup outweighs the letters in short reports, so that these are no sign of the encoding.
    if _SOURCE_FIELD.encode("cp1251") in data:
        return data.decode("cp1251", errors="replace")
    return decode(data)


def _html_record(record: str, position: int, settings: IngestSettings) -> Document | Rejected:
    root = parse(record)
    if root is None:
        reason = "cannot be parsed to its end: too deeply nested or a comment left open"
        return Rejected(reason, position, untagged(record)[:EXCERPT_CHARACTERS])
    cell = first(root, "td")
    fields = {} if cell is None else _fields("".join(cell.itertext()))
    heading = first(root, "h3")
    title = fields.get("ЗГ") or (None if heading is None else tidy_field(line_of(heading)))
    text = "\n".join(
        line for pre in root.iter("pre") for line in _paragraphs("".join(pre.itertext()))
    )
    if not text:
        return Rejected("no text", position, (title or "")[:EXCERPT_CHARACTERS])
    return article(
        text,
        position,
        title=title,
        outlet=fields.get("ИС"),
        written=fields.get("ДТ"),
        settings=settings,
        extra={
            "author": without_comma(fields.get("АВ")),
            "section": fields.get("РБ"),
            "page": fields.get("НР"),
        },
    )


def _fields(written: str) -> dict[str, str | None]:
    _, *parts = _FIELD.split(written)
    return {code: tidy_field(value) for code, value in zip(parts[::2], parts[1::2], strict=True)}


def _paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text that was wrapped for the screen.

    A paragraph begins behind a blank line, with an indented line, or where the line
    before was left although the next word had room on it.
    """
    lines = text.split("\n")
    lengths = sorted(len(line) for line in lines if line.strip())
    width = lengths[3 * len(lengths) // 4] if lengths else 0
    paragraphs: list[list[str]] = []
    before = ""
    for line in lines:
        words = line.split()
        if not words:
            before = ""
            continue
        room = width - _RAGGED - len(before) - 1
        begins = not before or line[0].isspace() or len(before) > _LONGEST_WRAPPED
        if begins or len(words[0]) <= room:
            paragraphs.append([])
        paragraphs[-1] += words
        before = line.rstrip()
    return [" ".join(words) for words in paragraphs]


def article(
    text: str,
    position: int,
    *,
    title: str | None,
    outlet: str | None,
    written: str | None,
    settings: IngestSettings,
    extra: dict[str, str | None],
    url: str | None = None,
) -> Document:
    """Return the document of a record whose date is ``written``, with four digits or two."""
    dated = _dated(written, settings.latest_date) if written else None
    if written and dated is None:
        extra = {**extra, "unread_date": written}
    return Document(
        text=text,
        position=position,
        key=str(position),
        outlet=outlet,
        title=title,
        date=dated.date if dated else None,
        date_precision=dated.precision if dated else None,
        url=url,
        extra=extra,
    )


def _dated(written: str, latest: datetime.date) -> Dated | None:
    short = _SHORT_DATE.fullmatch(written)
    if not short:
        return parse_date(written, latest)
    # The archive begins in the eighties.
    century = "19" if short[2] >= "80" else "20"
    return parse_date(f"{short[1]}{century}{short[2]}", latest)


def without_comma(authors: str | None) -> str | None:
    """Return the authors without the comma that ends their list."""
    return (authors or "").rstrip(", ") or None
