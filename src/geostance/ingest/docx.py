"""Read Word documents (.docx): their paragraphs and tables, and one article a file."""

import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple
from zipfile import BadZipFile, ZipFile

from geostance.config import IngestSettings
from geostance.ingest.dates import date_of_name
from geostance.ingest.records import EXCERPT_CHARACTERS, Document, Rejected, tidy, tidy_field
from geostance.ingest.sources import Source, TooLargeError

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from lxml.etree import _Element

_ZIP = b"PK\x03\x04"
TEXT_PART = "word/document.xml"
# Unpacked: 500 articles are about 10 MB of XML, and parsing takes some ten times as much.
_MAX_TEXT_BYTES = 64 * 2**20
_MAX_BYTES = 256 * 2**20
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_P, _TABLE, _ROW, _CELL = f"{_W}p", f"{_W}tbl", f"{_W}tr", f"{_W}tc"
_TEXT, _TAB, _BREAKS = f"{_W}t", f"{_W}tab", (f"{_W}br", f"{_W}cr")
_RUN, _HYPHEN = f"{_W}r", f"{_W}noBreakHyphen"
# The second copy of a drawing for old programs, and text moved elsewhere, stand twice.
_TWICE = ("{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback", f"{_W}moveFrom")
_UNREADABLE = (
    *(BadZipFile, KeyError, ValueError, RuntimeError, NotImplementedError, EOFError),
    *(zlib.error, lzma.LZMAError, AttributeError, IndexError, TypeError, OSError),
)


class Part(NamedTuple):
    """A paragraph, or a row of a table, of a document: its text and its element."""

    text: str
    element: "_Element"


def looks_like_docx(source: Source) -> bool:
    """Return whether ``source`` is a Word document, whatever its name."""
    return marked(source, lambda package: True)


def marked(source: Source, mark: Callable[[ZipFile], bool]) -> bool:
    """Return whether ``source`` is a Word document that bears ``mark``."""
    if not source.head.startswith(_ZIP):
        return False
    try:
        with source.open() as stream:
            seekable = stream if stream.seekable() else io.BytesIO(source.read())
            with ZipFile(seekable) as package:
                return TEXT_PART in package.namelist() and mark(package)
    except (TooLargeError, *_UNREADABLE):
        return False


def bytes_of(package: ZipFile, name: str) -> bytes:
    """Return the bytes of a part that is there and not too large to be read, else none."""
    if name not in package.namelist() or package.getinfo(name).file_size > _MAX_TEXT_BYTES:
        return b""
    return package.read(name)


def read_docx(source: Source, settings: IngestSettings) -> Iterator[Document | Rejected]:
    """Yield the one article of a Word document, dated by the beginning of the file's name.

    The title is that of the style Title, else the first heading, else that of the file's
    properties; a title that stands in the text is not repeated there. Footnotes, headers
    and hidden markup are no part of the text: an accepted gap.
    """
    word = open_word(source)
    if isinstance(word, Rejected):
        yield word
        return
    content = parts(word)
    heading = _heading(word, content)
    title = heading.text if heading else word.core_properties.title
    lines = [line for part in content if part is not heading for line in part.text.split("\n")]
    text = "\n".join(" ".join(tidy(line).split()) for line in lines if line.strip())
    if not text:
        yield Rejected("no text" if heading else "empty", excerpt=tidy_field(title) or "")
        return
    dated = date_of_name(source.name.rsplit("/", 1)[-1], settings.latest_date)
    yield Document(
        text=text,
        title=tidy_field(title),
        date=dated.date if dated else None,
        date_precision=dated.precision if dated else None,
    )


def open_word(source: Source) -> "WordDocument | Rejected":
    """Return the document in ``source``, or why it cannot be read.

    Raises:
        TooLargeError: as ``Source.read``.
    """
    # Imported here: with lxml and its classes for Word's elements it is slow to load.
    import docx
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    data = io.BytesIO(source.read())
    try:
        with ZipFile(data) as package:
            sizes = {info.filename: info.file_size for info in package.infolist()}
        if sizes.get(TEXT_PART, 0) > _MAX_TEXT_BYTES or sum(sizes.values()) > _MAX_BYTES:
            return Rejected("too large when unpacked: split the Word document")
        word = docx.Document(data)
        if word.element.body is None:
            return Rejected("not a readable Word document: it has no body")
        return word
    except (OpcError, LxmlError, *_UNREADABLE) as error:
        return Rejected(f"not a readable Word document: {error}"[:EXCERPT_CHARACTERS])


def parts(word: "WordDocument") -> list[Part]:
    """Return the paragraphs and the rows of the tables, in the order of the document.

    The cells of a row stand on one line with ``" | "`` between them.
    """
    body = word.element.body
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
            for row in element.iter(_ROW):
                cells = (" ".join(_text(cell).split()) for cell in row.iterchildren(_CELL))
                yield Part(" | ".join(cell for cell in cells if cell), row)
        elif isinstance(element.tag, str):
            # Content controls, insertions: what is in them is of the document.
            yield from _parts(element)


def _text(element: "_Element") -> str:
    pieces = []
    for node in element.iter(_TEXT, _TAB, *_BREAKS, _HYPHEN, _P):
        if node.tag == _TEXT:
            pieces.append(node.text or "")
        elif node.tag == _HYPHEN:
            pieces.append("-")
        elif node.tag == _TAB:
            # Those that stand in the properties of a paragraph are stops of the ruler.
            pieces.append("\t" if node.getparent().tag == _RUN else "")
        elif node is not element:
            pieces.append("\n")
    return "".join(pieces)


def _heading(word: "WordDocument", content: list[Part]) -> Part | None:
    names = {style.style_id: (style.name or "").lower() for style in word.styles}
    first = None
    for part in content:
        style = part.element.find(f"{_W}pPr/{_W}pStyle")
        name = names.get(style.get(f"{_W}val"), "") if style is not None else ""
        if name == "title" and part.text.strip():
            return part
        if first is None and name.startswith("heading") and part.text.strip():
            first = part
    return first
