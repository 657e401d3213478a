"""Read HTML exports of Factiva, with codes before the fields or without them."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from geostance.ingest.factiva.fields import (
    BODY,
    CODES,
    cut_off,
    document,
    text_of,
)
from geostance.ingest.factiva.labels import ACCESSION_NUMBER, tag_of_code
from geostance.ingest.factiva.uncoded import read_head
from geostance.ingest.markup import classes, line_of, lines_of, parse, untagged
from geostance.ingest.records import EXCERPT_CHARACTERS, Document, Rejected
from geostance.ingest.sources import Source
from geostance.settings.corpus import IngestSettings

if TYPE_CHECKING:
    from lxml.etree import _Element

# The style sheets of a saved page may push its first article out of the head.
_TITLE = re.compile(r"<title>\s*Factiva\s*</title>", re.IGNORECASE)
# The class of an article's div; an id of the article may be in the div around it.
_CLASS = re.compile(r"article\s+([a-z]{2,8})Article\b[^<>]*>")
_OPENING = re.compile(
    r"(?:<div\b[^<>]*\bid\s*=\s*[\"']?article-(?P<id>[\w-]+)[^<>]*>\s*)?"
    r"(?P<div><div\b[^<>]*\bclass\s*=\s*[\"'](?:last)?)\Z",
    re.IGNORECASE,
)
_LONGEST_OPENING = 600
_FIELD = re.compile(r"<td\b[^<>]*\bclass\s*=\s*[\"']?index\b|\barticleParagraph\b", re.IGNORECASE)
_DIV = re.compile(r"<(/?)div\b[^<>]*>", re.IGNORECASE)
_HTML = re.compile(r"<html\b", re.IGNORECASE)
_HTML_END = re.compile(r"</html\s*>", re.IGNORECASE)
_LINK = re.compile(r"https?://", re.IGNORECASE)
# Where the interface counts the headlines, the number is no part of the title.
_COUNT = re.compile(r"\d+\)\s*")


class _Start(NamedTuple):
    """Where an article begins: the div around its own if there is one, its own, what they say."""

    around: int
    div: int
    own_id: str | None
    language: str


def looks_like_factiva_html(source: Source) -> bool:
    """Return whether ``source`` is a page of articles that Factiva made."""
    head = source.head
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head.decode("utf-16", errors="replace")
    else:
        text = head.decode("latin-1")
    return bool(_TITLE.search(text) or (_FIELD.search(text) and any(_starts(text))))


def read_factiva_html(source: Source, settings: IngestSettings) -> Iterator[Document | Rejected]:
    """Yield the articles of a page, in its order, each parsed by itself.

    An article whose end a broken download cuts is rejected. A page that lacks its own end
    was cut between two articles, which is said too: more of them may be missing.
    """
    page = text_of(source)
    starts = list(_starts(page))
    if not starts:
        yield Rejected("no article in this Factiva page", excerpt=_excerpt(page))
        return
    ends = [*(start.around for start in starts[1:]), len(page)]
    for position, (start, end) in enumerate(zip(starts, ends, strict=True), start=1):
        close = _end_of_div(page, start.div, end)
        markup = page[start.div : close or end]
        closed, last = close is not None, end == len(page)
        yield _record(markup, start, position, settings, closed=closed, last=last)
    if close and _HTML.search(page, 0, starts[0].around) and not _HTML_END.search(page, close):
        yield cut_off("the page ends behind an article and before its own end", position + 1, {})


def _starts(page: str) -> Iterator[_Start]:
    for found in _CLASS.finditer(page):
        opening = _OPENING.search(page, max(0, found.start() - _LONGEST_OPENING), found.start())
        if opening:
            language = tag_of_code(found[1])
            yield _Start(opening.start(), opening.start("div"), opening["id"], language)


def _end_of_div(page: str, start: int, stop: int) -> int | None:
    depth = 0
    for tag in _DIV.finditer(page, start, stop):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.end()
    return None


def _record(
    markup: str,
    start: _Start,
    position: int,
    settings: IngestSettings,
    *,
    closed: bool,
    last: bool,
) -> Document | Rejected:
    # An open end may be inside a tag.
    root = parse(markup if closed else markup[: markup.rfind(">") + 1])
    article = None if root is None else next(root.iter("div"), None)
    fields = {} if article is None else _coded(article) or _uncoded(article)
    if not closed and (last or (article is not None and "AN" not in fields)):
        return cut_off(f"the file ends inside article {start.own_id or position}", position, fields)
    if article is None:
        reason = "cannot be parsed to its end: too deeply nested or a comment left open"
        return Rejected(reason, position, _excerpt(markup))
    if start.own_id:
        fields.setdefault("AN", [start.own_id])
    link = next((a.get("href") for a in article.iter("a") if _is_headline(a)), None)
    return document(fields, position, settings, shown_in=start.language, link=link)


def _coded(article: "_Element") -> dict[str, list[str]]:
    """Return the fields of the table of codes; a table in the text is part of its field."""
    fields: dict[str, list[str]] = {}
    table = next(article.iter("table"), None)
    for index in list(article.iter("td")):
        if "index" not in classes(index) or next(index.iterancestors("table"), None) is not table:
            continue
        code, value = line_of(index), index.getnext()
        if code not in CODES or value is None:
            continue
        if code in BODY:
            lines = lines_of(value)
        else:
            lines = [_headline(value) if code == "HD" else line_of(value)]
        fields.setdefault(code, []).extend(lines)
    return fields


def _uncoded(article: "_Element") -> dict[str, list[str]]:
    head: list[str] = []
    marked: dict[str, int] = {}
    body: list[str] = []
    behind: list[str] = []
    for child in article:
        if child.tag in {"pre", "table"} or "articleparagraph" in classes(child):
            # A line between two paragraphs belongs to the text, one behind the last does not.
            body += [*behind, *(_preformatted(child) if child.tag == "pre" else lines_of(child))]
            behind = []
        elif line := _headline(child) if child.get("id") == "hd" else line_of(child):
            marked.setdefault(child.get("id") or child.get("class") or "", len(head))
            (behind if body else head).append(line)
    read = read_head(head, title_at=marked.get("hd"), author_at=marked.get("author", -1))
    fields, used = read or ({"HD": head[marked["hd"] :][:1]} if "hd" in marked else {}, len(head))
    behind = head[used:] + behind
    ids = [n for n, line in enumerate(behind) if ACCESSION_NUMBER.fullmatch(line)]
    if ids:
        fields["AN"], fields["PUB"] = [behind[ids[-1]]], behind[: ids[-1]][-1:]
    fields["TD"] = body
    return fields


def _preformatted(element: "_Element") -> list[str]:
    lines = (" ".join(line.split()) for line in "".join(element.itertext()).split("\n"))
    return [line for line in lines if line]


def _headline(element: "_Element") -> str:
    """Return the headline in ``element`` without the number that the interface may give it."""
    line = line_of(element)
    if any("counted" in classes(part) for part in element.iter("span", "b")):
        line = _COUNT.sub("", line, count=1)
    return line


def _is_headline(link: "_Element") -> bool:
    around = (name for parent in link.iterancestors() for name in classes(parent))
    return bool(_LINK.match(link.get("href") or "")) and any(
        name.endswith("headline") for name in around
    )


def _excerpt(markup: str) -> str:
    return untagged(markup[:65536])[:EXCERPT_CHARACTERS]
