"""Read HTML exports of LexisNexis: several articles a file, told apart by anchors."""

import re
from collections import deque
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from geostance.ingest.encodings import decode
from geostance.ingest.markup import lines_of, parse
from geostance.ingest.nexis.articles import Block, split_article
from geostance.ingest.nexis.documents import cut_off, document
from geostance.ingest.nexis.labels import MARK, labelled, role_of
from geostance.ingest.records import EXCERPT_CHARACTERS, Document, Rejected, tidy
from geostance.ingest.sources import Source
from geostance.settings.corpus import IngestSettings

if TYPE_CHECKING:
    from lxml.etree import _Element

_ANCHOR = re.compile(r"<a\s[^<>]{0,100}\bname\s*=\s*[\"']?DOC_ID_\d+_\d+\b[^<>]*>", re.IGNORECASE)
_NUMBERED = re.compile(r"<DOC NUMBER=\d+>", re.IGNORECASE)
_OPEN = re.compile(r"<DOCFULL>\s*-->", re.IGNORECASE)
_CLOSE = re.compile(r"<!--[^<>]*</DOCFULL>|</DOCFULL>", re.IGNORECASE)
_PAGE_END = re.compile(r"</body\b", re.IGNORECASE)
_PROMISED = re.compile(r"<meta\b[^<>]*\bDOCUMENTS\s*=\s*[\"']?(\d+)[^<>]*>", re.IGNORECASE)
_SHEET = re.compile(r"<style\b[^<>]*>\s*<!--(.{0,100000}?)</style\s*>", re.IGNORECASE | re.DOTALL)
_RULE = re.compile(r"\.(c\d+)\s*\{([^{}]*)\}")
# Sizes of logos stand in style elements within the articles.
_STYLED = re.compile(r"<(style|script)\b.{0,20000}?</\1\s*>", re.IGNORECASE | re.DOTALL)
# In the source a line's end is but a space.
_BREAK = re.compile(r"<br\b[^<>]*>", re.IGNORECASE)


class _Styles(NamedTuple):
    """The classes of a page that stand in the middle, and those in bold letters."""

    centred: frozenset[str] = frozenset(("c0", "c1", "c3"))
    bold: frozenset[str] = frozenset()


def looks_like_nexis_html(source: Source) -> bool:
    """Return whether ``source`` is a page of LexisNexis, by the marks around its records."""
    head = decode(source.head)
    if _NUMBERED.search(head) and _OPEN.search(head):
        return True
    return bool(_ANCHOR.search(head) and re.search(r"\d of \d[\d.,]* DOCUMENTS?<", head))


def read_nexis_html(source: Source, settings: IngestSettings) -> Iterator[Document | Rejected]:
    """Yield the records of an export, in its order.

    A record that the export itself could not show is rejected, and so is one whose end
    is missing; a page that holds fewer than it says is said to be cut off.
    """
    page = tidy(decode(source.read()))
    starts = list(_ANCHOR.finditer(page)) or list(_NUMBERED.finditer(page))
    if not starts:
        yield Rejected("no document in this Nexis page", excerpt=page[:EXCERPT_CHARACTERS])
        return
    sheets = deque(_SHEET.finditer(page))
    close = _CLOSE if _CLOSE.search(page) else _PAGE_END
    ends = [start.start() for start in starts[1:]] + [len(page)]
    whole = 0
    for position, (start, end) in enumerate(zip(starts, ends, strict=True), start=1):
        record = page[start.end() : end]
        closed = close.search(record)
        if not closed and position == len(starts):
            break
        while len(sheets) > 1 and sheets[1].start() < start.start():
            sheets.popleft()
        styles = _styles(sheets[0][1]) if sheets else _Styles()
        whole += 1
        yield _read_record(
            record[: closed.start()] if closed else record, styles, position, settings
        )
    expected = sum(int(promised[1]) for promised in _PROMISED.finditer(page)) or None
    if whole < len(starts) or (expected is not None and whole < expected):
        last = page[starts[-1].end() :] if whole < len(starts) else ""
        yield cut_off(whole, expected, whole + 1, " ".join(re.sub(r"<[^<>]*>?", " ", last).split()))


@lru_cache(maxsize=16)
def _styles(sheet: str) -> _Styles:
    rules = {name: re.sub(r"\s", "", rule) for name, rule in _RULE.findall(sheet)}
    if not rules:
        return _Styles()
    return _Styles(
        frozenset(name for name, rule in rules.items() if "text-align:center" in rule),
        frozenset(name for name, rule in rules.items() if "font-weight:bold" in rule),
    )


def _read_record(
    record: str, styles: _Styles, position: int, settings: IngestSettings
) -> Document | Rejected:
    opened = _OPEN.search(record)
    inner = _STYLED.sub("", record[opened.end() :] if opened else record)
    inner = _BREAK.sub("\n", inner.replace("\n", " "))
    root = parse(inner)
    if root is None:
        reason = "cannot be parsed to its end: too deeply nested or a comment left open"
        return Rejected(reason, position, inner[:EXCERPT_CHARACTERS])
    blocks = [block for block in _blocks(root, styles) if not MARK.fullmatch(block.text)]
    article = split_article(blocks, settings)
    return document(article, position, settings, paragraphs=lambda text: text.split("\n"))


def _blocks(root: "_Element", styles: _Styles) -> Iterator[Block]:
    in_tables = {
        part for table in root.iter("table") for part in table.iterdescendants("p", "div", "table")
    }
    for element in root.iter("p", "div", "table"):
        if element in in_tables:
            continue
        if element.tag == "table":
            yield Block("\n".join(lines_of(element)))
        elif element.tag == "p" or not _has_paragraphs(element):
            text = "".join(element.itertext())
            lines = (" ".join(line.split()) for line in text.split("\n"))
            if text := "\n".join(filter(None, lines)):
                label, value = _label(element, text, styles)
                yield Block(text, label, value, _is_centred(element, styles))


def _has_paragraphs(element: "_Element") -> bool:
    return next(element.iterdescendants("p", "table"), None) is not None


def _label(element: "_Element", text: str, styles: _Styles) -> tuple[str, str]:
    """Return the label in bold capitals with which a paragraph begins, and what is behind it."""
    found = labelled(text)
    span = next(element.iterdescendants("span"), None) if found else None
    if not found or span is None or "".join(span.itertext()).strip() != f"{found[0]}:":
        return "", ""
    is_bold = span.get("class", "").lower() in styles.bold
    return found if is_bold or role_of(found[0]) else ("", "")


def _is_centred(element: "_Element", styles: _Styles) -> bool:
    parent = element.getparent()
    above = parent.get("class", "").lower() if parent is not None else ""
    return element.get("class", "").lower() in styles.centred or above in styles.centred
