"""Read Word exports of Nexis Uni: several articles a file behind a cover, or one."""

import re
from collections.abc import Iterator, Mapping
from zipfile import ZipFile

from geostance.ingest.docx import Part, W, Word, has_mark, main_part, open_word, part
from geostance.ingest.nexis.articles import Block, split_article
from geostance.ingest.nexis.documents import cut_off, document
from geostance.ingest.nexis.labels import role_of, titled
from geostance.ingest.records import Document, Rejected, tidy
from geostance.ingest.sources import Source
from geostance.settings.corpus import IngestSettings

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
_INLINE_LABEL = re.compile(r"[ \n]{1,9}(?=(?:Byline|Section|Length|Dateline|Highlight):\xa0)")
_ID = re.compile(r"\burn:contentItem:([\w-]+)")
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def looks_like_nexis_docx(source: Source) -> bool:
    """Return whether ``source`` is a Word file of Nexis, by its properties or its fields."""
    return has_mark(source, _is_delivery)


def read_nexis_docx(source: Source, settings: IngestSettings) -> Iterator[Document | Rejected]:
    """Yield the records of an export, in its order.

    The cover with its list is no record. What stands behind the last "End of Document"
    is a record that was cut off.
    """
    word = open_word(source)
    if isinstance(word, Rejected):
        yield word
        return
    promised = next((found for line in word.content if (found := _promise(line))), None)
    record: list[Part] = []
    position = 0
    for line in word.content:
        if not _END.fullmatch(line.text.strip()):
            record.append(line)
            continue
        position += 1
        yield _read_record(record, word, position, settings)
        record = []
    rest = _without_cover(record, word)
    if rest or not position or (promised or 0) > position:
        text = " ".join(line.text for line in rest)
        yield cut_off(position, promised, position + 1, " ".join(text.split()))


def _is_delivery(package: ZipFile) -> bool:
    if _DELIVERY.search(part(package, _PROPERTIES)):
        return True
    text = main_part(package)
    return bool(_END_IN_XML.search(text) and _LABEL_IN_XML.search(text))


def _promise(line: Part) -> int | None:
    found = _PROMISED.fullmatch(line.text.strip())
    return int(found[1]) if found else None


def _read_record(
    record: list[Part], word: Word, position: int, settings: IngestSettings
) -> Document | Rejected:
    content = _without_cover(record, word)
    if not content:
        return Rejected("empty", position)
    link = _link(content[0], word.links)
    own_id = _ID.search(link or "")
    return document(
        split_article(_blocks(content), settings),
        position,
        settings,
        paragraphs=_paragraphs,
        source_id=own_id[1] if own_id else None,
        url=link,
    )


def _without_cover(record: list[Part], word: Word) -> list[Part]:
    """Return the record from its headline on: it is set as the outline's first level."""
    written = [line for line in record if line.text.strip()]
    headline = next((n for n, line in enumerate(written) if _is_headline(line, word)), None)
    if headline is None:
        cover = [n for n, line in enumerate(written) if _COVER.match(line.text.strip())]
        headline = cover[-1] + 1 if cover and cover[0] == 0 else 0
    return written[headline:]


def _is_headline(line: Part, word: Word) -> bool:
    level = line.element.find(f"{W}pPr/{W}outlineLvl")
    if level is not None:
        return level.get(f"{W}val") == "0"
    return word.style_of(line) in {"heading 1", "title"}


def _blocks(content: list[Part]) -> list[Block]:
    """Return the record's blocks; the lines between headline and fields are the head."""
    blocks = [Block(tidy(content[0].text).strip())]
    in_head = True
    for line in content[1:]:
        text = tidy(line.text).strip(" \t\n")
        if heading := _heading(line, text):
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


def _heading(line: Part, text: str) -> str | None:
    name = text.lower()
    if name not in _HEADINGS:
        return None
    bookmarks = line.element.iter(f"{W}bookmarkStart")
    is_marked = any((mark.get(f"{W}name") or "").lower().startswith(name) for mark in bookmarks)
    return _HEADINGS[name] if is_marked or name in _ALWAYS else None


def _paragraphs(text: str) -> list[str]:
    return [line for printed in text.split("\n") if (line := " ".join(printed.split()))]


def _link(headline: Part, links: Mapping[str, str]) -> str | None:
    for hyperlink in headline.element.iter(f"{W}hyperlink"):
        if target := links.get(hyperlink.get(f"{_R}id")):
            return target
    return None
