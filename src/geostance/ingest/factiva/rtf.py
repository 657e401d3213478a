r"""Read RTF exports of Factiva, as they come and as a word processor saved them again."""

import codecs
import re
from collections.abc import Iterator

from geostance.ingest.factiva.fields import cut_off
from geostance.ingest.factiva.lines import BOLD, CELL, CELLED, articles
from geostance.ingest.factiva.text import records, stripped
from geostance.ingest.records import Document, Rejected, tidy
from geostance.ingest.sources import Source
from geostance.settings.corpus import IngestSettings

_BEGINNING = b"{\\rtf"
_MADE_BY = (b"Factiva RTF Display Format", b"Factiva, from Dow Jones")
# A field's code in its cell, for a file that lost the name of its maker.
_CODE_CELL = re.compile(
    rb"(?<![A-Za-z\\])(HD|WC|PD|SN|LA)[\s{}]{0,9}"
    rb"(?:\\[a-z]{1,32}-?\d{0,9}[\s{}]{0,9}){0,40}?\\cell(?![a-z])"
)
_CODE_PAGE = re.compile(r"\\ansicpg(\d{3,5})")
_FONTS = re.compile(r"\{\\fonttbl(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}")
_FONT_CHARSET = re.compile(
    r"\\f(\d{1,5})(?!\d)[^;{}\\]*(?:\\(?!f\d)[^;{}\\]*)*?\\fcharset(\d{1,3})"
)
_MAX_FONTS = 1000

# A piece of the file ends with a row, a paragraph or a group.
_MARK = re.compile(r"\\[\\{}]|[{}]|\\(?:row|par)(?![a-z])|\\\n")
_PIECE_CHARACTERS = 2**15
_FONT = re.compile(r"\\f(\d{1,5})(?!\d)")
_SKIPPED = re.compile(r"\\uc(\d)(?!\d)")

# striprtf writes the target of a link behind its text.
_TARGET = re.compile(r"\{\\\*\s*\\fldinst\b(?:\{[^{}]*\}|[^{}])*\}")
_CELL_END = re.compile(r"\\cell(?![a-z]) ?")
_NESTED_ROW_END = re.compile(r"\\nestrow(?![a-z]) ?")
_BOLD_ON = re.compile(r"\\b(?![a-z0-9]) ?")
# Looks of cells, rows and paragraphs, which are most of a file; without them striprtf has
# half the work. The line end keeps apart what stood around them.
_LOOKS = re.compile(
    r"(?:\\(?:cl[a-zA-Z]+|tr[a-zA-Z]+|brdr[a-z]+|cellx|gaph|taflags|itap|intbl|pard[a-z]*|partightenfactor"
    r"|cf|fs|sb|sa|ri|li|fi|q[lrcj])(?![a-zA-Z])-?\d* ?)+"
)
# At these striprtf fails; no word processor writes them.
_UNUSABLE = re.compile(r"\\uc(?![a-z\d])|\\u-?\d{6,}|\\bin(?!\d)")
_HALVES = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def looks_like_factiva_rtf(source: Source) -> bool:
    """Return whether ``source`` is an RTF file that names Factiva or holds its codes in cells."""
    head = source.head
    if not head.lstrip(codecs.BOM_UTF8 + b" \t\r\n").startswith(_BEGINNING):
        return False
    if any(maker in head for maker in _MADE_BY):
        return True
    return len({code for code in _CODE_CELL.findall(head)}) > 3


def read_factiva_rtf(source: Source, settings: IngestSettings) -> Iterator[Document | Rejected]:
    """Yield the articles of an RTF file, in its order, piece by piece.

    An article that the file ends in is rejected. A file without its closing brace was cut
    behind an article, which is said too: more of them may be missing.
    """
    rtf = _decoded(source.read())
    lines = _Lines(rtf)
    position, last = 0, None
    for last in records(articles(lines, CELLED), stripped, settings):
        position = last.position
        yield last
    if last is None:
        yield Rejected("no article in this Factiva RTF file")
    elif not lines.closed and isinstance(last, Document):
        yield cut_off("the file ends behind an article and before its own end", position + 1, {})


class _Lines:
    """The lines of text in an RTF file; after them, whether the file was whole."""

    def __init__(self, rtf: str) -> None:
        self._rtf = rtf
        self.closed = False

    def __iter__(self) -> Iterator[str]:
        beginning = self._beginning()
        font, skipped, rest = "0", "1", ""
        for piece in self._pieces():
            state = f"\\uc{skipped}\\f{font} "
            *whole, rest = (rest + _plain(beginning + state + piece + "}")).split("\n")
            yield from (line + "\n" for line in whole)
            font = (_FONT.findall(piece) or [font])[-1]
            skipped = (_SKIPPED.findall(piece) or [skipped])[-1]
        if rest:
            yield rest

    def _beginning(self) -> str:
        """Return a head of a file that says in which character sets the bytes are."""
        page, fonts = _CODE_PAGE.search(self._rtf), _FONTS.search(self._rtf)
        charsets = _FONT_CHARSET.findall(fonts[0])[:_MAX_FONTS] if fonts else []
        table = "".join(f"{{\\f{number}\\fcharset{charset} x;}}" for number, charset in charsets)
        return f"{{\\rtf1\\ansi{page[0] if page else ''}{{\\fonttbl{table}}}"

    def _pieces(self) -> Iterator[str]:
        """Yield the inside of the file's group in pieces, in each of which braces match."""
        start, depth = self._rtf.find("{") + 1, 0
        for mark in _MARK.finditer(self._rtf, start):
            if mark[0] == "{":
                depth += 1
            elif mark[0] == "}":
                depth -= 1
            if depth < 0:
                self.closed = True
                yield self._rtf[start : mark.start()]
                return
            if depth == 0 and mark.end() - start >= _PIECE_CHARACTERS:
                yield self._rtf[start : mark.end()]
                start = mark.end()
        yield self._rtf[start:]


def _decoded(data: bytes) -> str:
    """Return the file as text: bytes above 127 are in its code page, or in UTF-8 if they can be."""
    try:
        return tidy(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        pass
    page = _CODE_PAGE.search(data[:4096].decode("latin-1"))
    try:
        return tidy(data.decode(f"cp{page[1]}" if page else "cp1252", errors="replace"))
    except LookupError:
        return tidy(data.decode("cp1252", errors="replace"))


def _plain(rtf: str) -> str:
    from striprtf.striprtf import rtf_to_text

    for pattern, written in (
        (_UNUSABLE, ""),
        (_TARGET, ""),
        (_CELL_END, CELL),
        (_NESTED_ROW_END, "\\line "),
        (_BOLD_ON, BOLD),
        (_LOOKS, "\n"),
    ):
        rtf = pattern.sub(lambda _, written=written: written, rtf)
    text = rtf_to_text(rtf, errors="replace")
    return _HALVES.sub(
        lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text
    )
