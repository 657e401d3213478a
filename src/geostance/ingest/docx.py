"""Read Word documents (.docx): their paragraphs and tables, and one article a file.

The parts that hold text are parsed directly: python-docx refuses whole documents over a
picture that is missing (python-openxml/python-docx#797) and leaves out what stands in
tracked insertions, content controls and text boxes.
"""

import io
import lzma
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from zipfile import BadZipFile, ZipFile

from geostance.ingest.dates import date_of_name
from geostance.ingest.records import EXCERPT_CHARACTERS, Document, Rejected, tidy, tidy_field
from geostance.ingest.sources import Source, TooLargeError
from geostance.ingest.zips import is_zip
from geostance.settings.corpus import IngestSettings

if TYPE_CHECKING:
    from lxml.etree import _Element

_MAIN = re.compile(r"word/document\d*\.xml")
# Unpacked: 500 articles are about 10 MB of XML, and parsing takes some ten times as much.
_MAX_BYTES = 64 * 2**20
# Word's stricter format has the same elements under other names.
_NAMESPACES = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_P, _TABLE, _ROW, _CELL, _RUN = f"{W}p", f"{W}tbl", f"{W}tr", f"{W}tc", f"{W}r"
_TEXT, _TAB, _HYPHEN, _BREAKS = f"{W}t", f"{W}tab", f"{W}noBreakHyphen", (f"{W}br", f"{W}cr")
# The copy of a drawing for old programs, and text moved elsewhere, stand in the file twice.
_TWICE = ("{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback", f"{W}moveFrom")
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_DAMAGED = (
    *(BadZipFile, KeyError, ValueError, RuntimeError, NotImplementedError, EOFError, OSError),
    *(zlib.error, lzma.LZMAError),
)


class Part(NamedTuple):
    """A paragraph, or a row of a table, of a document: its text and its element."""

    text: str
    element: "_Element"


@dataclass(frozen=True)
class Word:
    """A Word document: its content in order, and what its parts besides the text say.

    ``styles`` are the names of styles in small letters, by their ids; ``links`` the targets
    of hyperlinks, by theirs; ``title`` is that of the file's properties.
    """

    content: list[Part]
    styles: Mapping[str, str]
    links: Mapping[str, str]
    title: str | None

    def style_of(self, part: Part) -> str:
        """Return the name of a paragraph's style (``heading 1``, ``title``), or ""."""
        style = part.element.find(f"{W}pPr/{W}pStyle")
        return self.styles.get(style.get(f"{W}val"), "") if style is not None else ""


def looks_like_docx(source: Source) -> bool:
    """Return whether ``source`` is a Word document, whatever its name."""
    return has_mark(source, lambda package: True)


def read_docx(source: Source, settings: IngestSettings) -> Iterator[Document | Rejected]:
    """Yield the one article of a Word document, dated by the beginning of the file's name.

    The title is that in the style Title, else the first heading, else that of the file's
    properties; a title that stands in the document is not repeated in the text. Footnotes
    and page headers are no part of the text: an accepted gap.
    """
    word = open_word(source)
    if isinstance(word, Rejected):
        yield word
        return
    heading = _heading(word)
    title = tidy_field(heading.text if heading else word.title)
    lines = [line for part in word.content if part is not heading for line in part.text.split("\n")]
    text = "\n".join(line for raw in lines if (line := " ".join(tidy(raw).split())))
    if not text:
        yield Rejected(
            "no text" if heading else "empty", excerpt=(title or "")[:EXCERPT_CHARACTERS]
        )
        return
    dated = date_of_name(source.name.rsplit("/", 1)[-1], settings.latest_date)
    yield Document(
        text=text,
        title=title,
        date=dated.date if dated else None,
        date_precision=dated.precision if dated else None,
    )


def has_mark(source: Source, mark: Callable[[ZipFile], bool]) -> bool:
    """Return whether ``source`` is a Word document that bears ``mark``."""
    if not is_zip(source.head):
        return False
    try:
        with source.open_seekable() as stream, ZipFile(stream) as package:
            return any(map(_MAIN.fullmatch, package.namelist())) and mark(package)
    except (TooLargeError, *_DAMAGED):
        return False


def main_part(package: ZipFile) -> bytes:
    """Return the XML of the text, or nothing where it is too large when unpacked."""
    return part(package, next(filter(_MAIN.fullmatch, package.namelist()), ""))


def part(package: ZipFile, name: str) -> bytes:
    """Return the bytes of a part, or nothing where it is missing or too large when unpacked."""
    if name not in package.namelist() or package.getinfo(name).file_size > _MAX_BYTES:
        return b""
    data = package.read(name)
    for strict, usual in _NAMESPACES:
        data = data.replace(strict, usual)
    return data


def open_word(source: Source) -> Word | Rejected:
    """Return the document in ``source``, or why it cannot be read.

    Raises:
        TooLargeError: as ``Source.read``.
    """
    # Imported here: it is slow to load.
    from lxml.etree import LxmlError

    data = io.BytesIO(source.read())
    try:
        with ZipFile(data) as package:
            xml = main_part(package)
            if not xml:
                return Rejected("too large when unpacked: split the Word document")
            body = _parse(xml).find(f"{W}body")
            name = next(filter(_MAIN.fullmatch, package.namelist())).removeprefix("word/")
            relations = part(package, f"word/_rels/{name}.rels")
            styles = part(package, "word/styles.xml")
            properties = part(package, "docProps/core.xml")
            return Word(
                content=[] if body is None else _content(body),
                styles=_styles(_parse(styles)) if styles else {},
                links=_links(_parse(relations)) if relations else {},
                title=_parse(properties).findtext(_TITLE) if properties else None,
            )
    except (LxmlError, *_DAMAGED) as error:
        return Rejected(f"not a readable Word document: {error}"[:EXCERPT_CHARACTERS])


def _parse(xml: bytes) -> "_Element":
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    return etree.fromstring(xml, parser)


def _styles(root: "_Element") -> dict[str, str]:
    found = ((style, style.find(f"{W}name")) for style in root.iter(f"{W}style"))
    return {
        style.get(f"{W}styleId", ""): (name.get(f"{W}val") or "").lower()
        for style, name in found
        if name is not None
    }


def _links(root: "_Element") -> dict[str, str]:
    return {
        relation.get("Id", ""): relation.get("Target", "")
        for relation in root
        if relation.get("TargetMode") == "External"
    }


def _content(body: "_Element") -> list[Part]:
    for twice in list(body.iter(*_TWICE)):
        parent = twice.getparent()
        if parent is not None:
            parent.remove(twice)
    return list(_parts(body))


def _parts(container: "_Element") -> Iterator[Part]:
    for element in container:
        if element.tag == _P:
            yield Part(_text(element), element)
        elif element.tag == _TABLE:
            for row in _own(element, _TABLE, _ROW):
                cells = (" ".join(_text(cell).split()) for cell in _own(row, _ROW, _CELL))
                yield Part(" | ".join(cell for cell in cells if cell), row)
        elif isinstance(element.tag, str):
            # Content controls and insertions: what is in them is of the document.
            yield from _parts(element)


def _own(container: "_Element", outer: str, inner: str) -> Iterator["_Element"]:
    """Yield the rows of a table, or the cells of a row, but not those of a table within it."""
    for element in container.iter(inner):
        if next(element.iterancestors(outer)) is container:
            yield element


def _text(element: "_Element") -> str:
    pieces = []
    for node in element.iter(_TEXT, _TAB, _HYPHEN, *_BREAKS, _P):
        if node.tag == _TEXT:
            pieces.append(node.text or "")
        elif node.tag == _HYPHEN:
            pieces.append("-")
        elif node.tag == _TAB:
            # Those in the properties of a paragraph are stops of the ruler.
            pieces.append("\t" if node.getparent().tag == _RUN else "")
        elif node is not element:
            pieces.append("\n")
    return "".join(pieces)


def _heading(word: Word) -> Part | None:
    first = None
    for paragraph in word.content:
        style = word.style_of(paragraph)
        if style == "title" and paragraph.text.strip():
            return paragraph
        if first is None and style.startswith("heading") and paragraph.text.strip():
            first = paragraph
    return first
