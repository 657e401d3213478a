"""The lines of text that HTML shows its reader: paragraphs, lists, rows of tables."""

import re
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import HTMLParser, _Element

_BLOCKS = (
    *("address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset"),
    *("figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header"),
    *("hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul"),
)
# Noncharacters, which no text holds: they stand for ends of lines while the tree is flattened.
_BREAK = "\ufdd0"
_SOFT = "\ufdd1"
_SOFT_BEHIND_A_SENTENCE = re.compile(f"([.!?…:;][\"»”’')\\s]*){_SOFT}")
_END = '<hr id="\ufdd0">'
_CLOSE = re.compile(r"</html\s*>", re.IGNORECASE)
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAG = re.compile(r"<[^>]*>?")


def parse(html: str) -> "_Element | None":
    """Return the tree of ``html``, or None when the parser did not get to its end.

    That happens below 256 nested elements, where libxml2 stops and says nothing, and
    behind a comment that is never closed.
    """
    from lxml import etree

    try:
        # libxml2 drops what stands behind the end of a page.
        root = etree.HTML(_CLOSE.sub("", html) + _END, _parser())
    except etree.LxmlError:
        return None
    end = None if root is None else next((hr for hr in root.iter("hr") if hr.get("id")), None)
    if end is None:
        return None
    remove(end)
    return root


def begins_as_markup(head: bytes) -> bool:
    """Return whether the first character of a file opens a tag."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def untagged(html: str) -> str:
    """Return the text of HTML that need not be whole, on one line."""
    return " ".join(unescape(_TAG.sub(" ", html)).split())


@lru_cache(maxsize=1)
def _parser() -> "HTMLParser":
    from lxml import etree

    return etree.HTMLParser(recover=True, huge_tree=False, remove_comments=True, remove_pis=True)


def first(element: "_Element", tag: str) -> "_Element | None":
    """Return the first ``tag`` in ``element``, or None."""
    return next(element.iter(tag), None)


def classes(element: "_Element") -> list[str]:
    """Return the classes of ``element`` in small letters."""
    written = element.get("class")
    return written.lower().split() if written else []


def remove(element: "_Element") -> None:
    """Take ``element`` out of its tree; the text behind it stays."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    if element.tail:
        if before is None:
            put_text(parent, (parent.text or "") + element.tail)
        else:
            put_tail(before, (before.tail or "") + element.tail)
    parent.remove(element)


def put_text(element: "_Element", text: str | None) -> None:
    """Set the text of ``element``, without the controls that lxml reads but does not write."""
    try:
        element.text = text
    except ValueError:
        element.text = _UNWRITABLE.sub("", text or "")


def put_tail(element: "_Element", text: str | None) -> None:
    """Set the text behind ``element``, as :func:`put_text`."""
    try:
        element.tail = text
    except ValueError:
        element.tail = _UNWRITABLE.sub("", text or "")


def line_of(element: "_Element") -> str:
    """Return the text of ``element`` on one line; words are divided by single spaces."""
    return " ".join(_text(element).split())


def lines_of(element: "_Element", *, every_break: bool = False) -> list[str]:
    """Return the lines of ``element``: one a paragraph, list item, heading or table row.

    A ``br`` ends a line behind a sentence only, unless ``every_break`` is set: these
    exports keep the breaks of the printed columns. The cells of a table's row stand on
    its line with ``" | "`` between them, unless a cell holds several paragraphs. Marks
    are left in the tree, so an element is asked once.
    """
    if not len(element):
        return [line] if (line := line_of(element)) else []
    _mark_rows(element)
    inside_cells = {
        block for cell in element.iter("td", "th") if cell.get("flat") for block in cell.iter()
    }
    for block in element.iter(*_BLOCKS):
        if block is element or block in inside_cells:
            continue
        put_text(block, _BREAK + (block.text or ""))
        put_tail(block, _BREAK + (block.tail or ""))
    for pre in element.iter("pre"):
        for node in pre.iter():
            put_text(node, (node.text or "").replace("\n", _BREAK))
            if node is not pre:
                put_tail(node, (node.tail or "").replace("\n", _BREAK))
    for br in element.iter("br"):
        put_tail(br, _SOFT + (br.tail or ""))
    text = _text(element)
    if _SOFT in text:
        if every_break:
            text = text.replace(_SOFT, _BREAK)
        else:
            text = _SOFT_BEHIND_A_SENTENCE.sub(rf"\1{_BREAK}", text).replace(_SOFT, " ")
    return [line for part in text.split(_BREAK) if (line := " ".join(part.split()))]


def _mark_rows(element: "_Element") -> None:
    for row in element.iter("tr"):
        cells = [cell for cell in row if cell.tag in {"td", "th"}]
        flat = all(sum(1 for _ in cell.iter(*_BLOCKS)) < 2 for cell in cells)
        for cell in cells:
            if flat:
                cell.set("flat", "flat")
            divider = " | " if flat and cell is not cells[-1] else _BREAK
            put_tail(cell, divider + (cell.tail or ""))


def _text(element: "_Element") -> str:
    from lxml import etree

    return etree.tostring(element, method="text", encoding="unicode", with_tail=False)
