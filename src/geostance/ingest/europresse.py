"""Read HTML exports of Europresse (Eureka in Canada): several articles a file, four layouts."""

import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from itertools import pairwise
from typing import NamedTuple

from geostance.ingest.dates import Dated, parse_date
from geostance.ingest.encodings import decode
from geostance.ingest.europresse_layouts import Printed, of_article, of_table
from geostance.ingest.markup import begins_as_markup, parse, untagged
from geostance.ingest.records import EXCERPT_CHARACTERS, Document, Rejected, tidy, tidy_field
from geostance.ingest.sources import Source
from geostance.ingest.urls import plain_url
from geostance.settings.corpus import IngestSettings

_NAME = rb"<(?:span|div|p)\b[^<>]{0,200}\bclass\s*=\s*[\"']?[^\"'<>]{0,100}\bDocPublicationName\b"
_MARK = re.compile(_NAME, re.IGNORECASE)
# A long style sheet may push the first article out of the head; the sheet names the classes.
_STYLED = (b".DocPublicationName{", b".titreArticleVisu{")

_ARTICLE = re.compile(r"<article\b", re.IGNORECASE)
_ARTICLE_END = re.compile(r"</article\s*>", re.IGNORECASE)
_TABLE_RECORD = re.compile(r"<span\b[^<>]{0,200}\bDocPublicationName\b", re.IGNORECASE)
# kind·YYYYMMDD·source·number, in the text of the page: links to other articles have it in a name.
_ID = re.compile(r"[>:]\s*(\w+·(\d{8})·[^\s<·]+·[^\s<]+)\s*<")
_FOOTER = re.compile(r"<footer\b|<[^<>]+\bdivPubliC\b", re.IGNORECASE)

_DAY = re.compile(
    r"\d{1,2}(?:er|st|nd|rd|th)?\.?\s+[^\W\d_]+\.?\s+\d{4}\b|\b[^\W\d_]+\.?\s+\d{1,2},?\s+\d{4}\b"
)
_MONTH = re.compile(r"\b[^\W\d_]{3,}\.?\s+\d{4}\b")
_WEEKDAY = re.compile(
    r"(?:^|[\s,])(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\s*,?\s*$",
    re.IGNORECASE,
)
# Not behind the minutes or the zone of a time: "01:00 441 mots" are 441 words.
_WORDS = re.compile(r"(?<![:\d])(\d{1,3}(?:[ .,]\d{3})+|\d+)\s+(?:mots?|words?)\b", re.IGNORECASE)
_PAGE = re.compile(r"\bpp?\.\s*(\S.*)$")
_ISSUE = re.compile(r",\s*(n(?:o\.|[°º])\s*\S.*)$", re.IGNORECASE)

_URL = re.compile(r"https?://[^\s<>\"«»]+")
# The line that names the subscriber to whom a copy was issued.
_CERTIFICATE = re.compile(
    r"^(?:ce |this )?certificate?\b.{0,300}\b(?:émis|issued)\b.{0,300}\btempora", re.IGNORECASE
)


class _Header(NamedTuple):
    section: str
    dated: Dated | None
    words: str | None
    page: str


def looks_like_europresse(source: Source) -> bool:
    """Return whether ``source`` is an export of Europresse, by the classes of its markup."""
    head = source.head
    if b"DocPublicationName" not in head or not begins_as_markup(head):
        return False
    return bool(_MARK.search(head)) or all(rule in head for rule in _STYLED)


def read_europresse(source: Source, settings: IngestSettings) -> Iterator[Document | Rejected]:
    """Yield the records of an export, in its order.

    The subtitle and the lead, which the page prints above the article, are the first
    lines of the text; what stands in boxes, captions and notes behind it is ``notes``. A
    record that only links to a page elsewhere, that cannot be parsed, or that the end of
    a broken download cuts is rejected, and the others are kept.
    """
    data = source.read()
    # A broken download may end inside a character, and all would then be read as 8-bit text.
    page = tidy(decode(data[: data.rfind(b">") + 1]))
    page = page.replace("&#183;", "·").replace("&middot;", "·")
    starts = [found.start() for found in _ARTICLE.finditer(page)]
    layout, before = of_article, ""
    if not starts:
        starts = [found.start() for found in _TABLE_RECORD.finditer(page)]
        layout, before = of_table, "<div>"
    if not starts:
        yield Rejected("no article in this Europresse page", excerpt=_excerpt(page))
    for position, (start, end) in enumerate(pairwise([*starts, len(page)]), start=1):
        record = page[start:end]
        own_id = _ID.search(record)
        close = _ARTICLE_END.search(record)
        if not own_id and not close:
            reason = "cut off: the record ends before its document number"
            yield Rejected(reason, position, _excerpt(record))
            continue
        if own_id and layout is of_table:
            # Behind the number stands the certificate, which names the reader's university.
            record = record[: own_id.start() + 1]
        root = parse(before + (record[: close.end()] if close else record))
        if root is None:
            reason = "cannot be parsed to its end: too deeply nested or a comment left open"
            yield Rejected(reason, position, _excerpt(record))
            continue
        written_id = unescape(own_id[1]) if own_id else None
        yield _document(layout(root), written_id, position, settings)


def _document(
    printed: Printed, own_id: str | None, position: int, settings: IngestSettings
) -> Document | Rejected:
    title = _field(printed.title)
    if printed.only_a_link:
        return Rejected("no text, only a link", position, (title or "")[:EXCERPT_CHARACTERS])
    top = printed.subtitle + printed.lead
    if top and printed.body[: len(top)] == top:
        top = []
    text = _text([*top, *printed.body])
    if not text:
        return Rejected("no text", position, (title or "")[:EXCERPT_CHARACTERS])
    header = _read_header(printed.header, own_id, settings.latest_date)
    outlet, edition = _outlet(printed.names)
    extra = {
        "author": _field("; ".join(printed.authors)),
        "section": _field(header.section),
        "page": _field(header.page),
        "word_count": header.words,
        "source_id": own_id,
        "edition": edition,
        "kicker": _field(" | ".join(printed.kicker)),
        "subtitle": _field(" ".join(printed.subtitle)),
        "notes": _text(printed.notes) or None,
    }
    if header.dated is None and printed.header:
        extra["unread_date"] = _field(printed.header)
    return Document(
        text=text,
        position=position,
        key=own_id or str(position),
        outlet=outlet,
        title=title,
        date=header.dated.date if header.dated else None,
        date_precision=header.dated.precision if header.dated else None,
        url=plain_url(printed.url),
        extra=extra,
    )


def _outlet(names: list[str]) -> tuple[str | None, str | None]:
    """Return the name of the paper, and its issue and editions ("no. 7990; 1e EDITION")."""
    if not names:
        return None, None
    name, *editions = names
    if issue := _ISSUE.search(name):
        name, editions = name[: issue.start()], [issue[1], *editions]
    return _field(name), _field("; ".join(editions))


def _read_header(written: str, own_id: str | None, latest: date) -> _Header:
    """Return what "Section, mardi 14 mars 2006 - 10:39 295 mots, p. 7" says.

    Of several dates (a section may hold one) that of the document's id counts, else the
    last. The id's date stands in where no printed one can be read, or a season alone.
    """
    id_date = parse_date(own_id.split("·")[1], latest) if own_id else None
    dates = _dates(_DAY, written, latest) or _dates(_MONTH, written, latest)
    if id_date:
        dates = [found for found in dates if found[1].precision != "season"]
    agreeing = [found for found in dates if id_date and found[1].date == id_date.date]
    found, dated = (agreeing or dates or [(None, id_date)])[-1]
    rest = written[found.end() :] if found else written
    words, page = _WORDS.search(rest), _PAGE.search(rest)
    section = written[: found.start()] if found else ""
    return _Header(
        section=_WEEKDAY.sub("", section.strip(" ,;")).strip(" ,;"),
        dated=dated,
        words="".join(filter(str.isdigit, words[1])) if words else None,
        page=page[1] if page else "",
    )


def _dates(
    pattern: re.Pattern[str], written: str, latest: date
) -> list[tuple[re.Match[str], Dated]]:
    found = ((match, parse_date(match[0], latest)) for match in pattern.finditer(written))
    return [(match, dated) for match, dated in found if dated]


def _text(lines: list[str]) -> str:
    text = "\n".join(lines)
    if "://" in text or "ertifi" in text:
        text = "\n".join(filter(None, map(_anonymous, lines)))
    return text


def _field(value: str) -> str | None:
    return tidy_field(_anonymous(value)) if value else None


def _anonymous(line: str) -> str:
    """Return ``line`` without what tells where its reader studies."""
    if "://" in line:
        line = _URL.sub(lambda url: plain_url(url[0]) or "", line)
    return "" if _CERTIFICATE.search(line) else line


def _excerpt(record: str) -> str:
    footer = _FOOTER.search(record)
    shown = untagged(record[: footer.start()] if footer else record)
    return tidy(_anonymous(shown))[:EXCERPT_CHARACTERS]
