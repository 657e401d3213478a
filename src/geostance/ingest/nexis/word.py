"""Read Word exports of Nexis Uni: several articles a file behind a cover, or one."""

import re
from collections.abc import Iterator, Sequence
from zipfile import ZipFile

from geostance.config import IngestSettings
from geostance.ingest.docx import TEXT_PART, Part, bytes_of, marked, open_word, parts
from geostance.ingest.nexis.articles import Block, cut_off, document, split_article
from geostance.ingest.nexis.labels import role_of, titled
from geostance.ingest.records import Document, Rejected, tidy
from geostance.ingest.sources import Source

_PROPERTIES = "docProps/custom.xml"
_DELIVERY = re.compile(rb"\bname=\"LA(?:DocCount|DeliveryID)\"")
_END_IN_XML = re.compile(rb">\s*(?:End of Document|Ende des Dokuments|Fin du document)\s*<", re.I)
_LABEL_IN_XML = re.compile(rb">\s*(?:Length|Load-Date|Byline|Section):")
_END = re.compile(r"(?:End of Document|Ende des Dokuments|Fin du document)", re.IGNORECASE)
_PROMISED = re.compile(r"Do[ck]ument[a-z]* \((\d+)\)", re.IGNORECASE)
# Lines of the cover's list of articles.
_COVER = re.compile(
    r"(?:Date and Time|Job Number|Client/Matter|Search Terms|Search Type|Narrowed by):"
    r"|Content Type \| |News \| |\d+\.\s|Do[ck]ument[a-z]* \(\d+\)$",
    re.IGNORECASE,
)
# Paragraphs that are the heading of a part of the record; Word bookmarks them by their text.
_HEADINGS = {
    "body": "BODY",
    "classification": "CLASSIFICATION",
    "graphic": "GRAPHIC",
    "notes": "NOTES",
    "correction": "CORRECTION",
    "highlight": "HIGHLIGHT",
}
_ALWAYS = frozenset(("body", "classification"))
# Two fields that were written into one paragraph.
_INLINE_LABEL = re.compile(r"[ \n]+(?=(?:Byline|Section|Length|Dateline|Highlight):\xa0)")
_ID = re.compile(r"\burn:contentItem:([\w-]+)")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def looks_like_nexis_docx(source: Source) -> bool:
    """Return whether ``source`` is a Word file of Nexis, by its properties or its fields."""
    return marked(source, _is_delivery)


def read_nexis_docx(source: Source, settings: IngestSettings) -> Iterator[Document | Rejected]:
    """Yield the records of an export, in its order.

    The cover with its list is no record. What stands behind the last "End of Document"
    is a record that was cut off.
    """
    word = open_word(source)
    if isinstance(word, Rejected):
        yield word
        return
    links = {key: rel.target_ref for key, rel in word.part.rels.items() if rel.is_external}
    content = parts(word)
    promised = next((found for part in content if (found := _promise(part))), None)
    record: list[Part] = []
    position = 0
    for part in content:
        if not _END.fullmatch(part.text.strip()):
            record.append(part)
            continue
        position += 1
        yield _read_record(record, links, position, settings)
        record = []
    rest = _without_cover(record)
    if rest or not position or (promised or 0) > position:
        text = " ".join(part.text for part in rest)
        yield cut_off(position, promised, position + 1, " ".join(text.split()))


def _is_delivery(package: ZipFile) -> bool:
    if _DELIVERY.search(bytes_of(package, _PROPERTIES)):
        return True
    text = bytes_of(package, TEXT_PART)
    return bool(_END_IN_XML.search(text) and _LABEL_IN_XML.search(text))


def _promise(part: Part) -> int | None:
    found = _PROMISED.fullmatch(part.text.strip())
    return int(found[1]) if found else None


def _read_record(
    record: list[Part], links: dict[str, str], position: int, settings: IngestSettings
) -> Document | Rejected:
    content = _without_cover(record)
    if not content:
        return Rejected("empty", position)
    article = split_article(_blocks(content), settings)
    link = _link(content[0], links)
    own_id = _ID.search(link or "")
    return document(
        article,
        position,
        settings,
        paragraphs=_paragraphs,
        source_id=own_id[1] if own_id else None,
        url=link,
    )


def _without_cover(record: list[Part]) -> list[Part]:
    """Return the record from its headline on: it is set as the outline's first level."""
    headline = next((n for n, part in enumerate(record) if _is_headline(part)), None)
    if headline is None:
        cover = [n for n, part in enumerate(record) if _COVER.match(part.text.strip())]
        headline = cover[-1] + 1 if cover and _COVER.match(_first_text(record)) else 0
    content = record[headline:]
    while content and not content[0].text.strip():
        content = content[1:]
    return content


def _first_text(record: Sequence[Part]) -> str:
    return next((part.text.strip() for part in record if part.text.strip()), "")


def _is_headline(part: Part) -> bool:
    if not part.text.strip():
        return False
    properties = part.element.find(f"{_W}pPr")
    if properties is None:
        return False
    level, style = properties.find(f"{_W}outlineLvl"), properties.find(f"{_W}pStyle")
    name = (style.get(f"{_W}val") or "").lower() if style is not None else ""
    return (level is not None and level.get(f"{_W}val") == "0") or name in {"heading1", "title"}


def _blocks(content: list[Part]) -> list[Block]:
    """Return the record's blocks; the lines between headline and fields are the head."""
    blocks = [Block(tidy(content[0].text).strip())]
    in_head = True
    for part in content[1:]:
        text = tidy(part.text).strip(" \t\n")
        if not text:
            continue
        if heading := _heading(part, text):
            blocks.append(Block(text, heading))
            in_head = False
            continue
        for piece in _INLINE_LABEL.split(text):
            found = titled(piece)
            in_head = in_head and not (found and role_of(found[0]))
            if found and not in_head:
                blocks.append(Block(piece, *found))
            else:
                blocks.append(Block(piece, centred=in_head))
    return blocks


def _heading(part: Part, text: str) -> str | None:
    name = text.lower()
    if name not in _HEADINGS:
        return None
    bookmarks = part.element.iter(f"{_W}bookmarkStart")
    is_marked = any((mark.get(f"{_W}name") or "").lower().startswith(name) for mark in bookmarks)
    return _HEADINGS[name] if is_marked or name in _ALWAYS else None


def _paragraphs(text: str) -> list[str]:
    return [line for printed in text.split("\n") if (line := " ".join(printed.split()))]


def _link(headline: Part, links: dict[str, str]) -> str | None:
    for hyperlink in headline.element.iter(f"{_W}hyperlink"):
        if target := links.get(hyperlink.get(f"{_R}id")):
            return target
    return None
