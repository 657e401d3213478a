"""Look at markup before it is parsed, and take the lines of text from HTML."""

import re
from typing import Any

# What may be left out of account where a document begins.
_NAME = re.compile(r"<([A-Za-z_][\w:.-]*)")
_BLOCKS = frozenset(
    "address article aside blockquote body br dd div dl dt fieldset figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table td th tr ul".split()
)
_UNSEEN = frozenset(("script", "style", "template", "noscript", "head", "svg", "iframe", "object"))
_HTML_ROOTS = _BLOCKS | {"html", "head", "title", "meta", "link", "script", "style", "span", "font"}
_HTML_ROOTS |= {"center", "a", "b", "i", "em", "strong", "img", "noscript"}


def root_name(text: str) -> str:
    """Return the name of the first element, or of the doctype, in small letters; else nothing.

    Comments, processing instructions and white space before it do not count.
    """
    at = 0
    while True:
        while at < len(text) and (text[at].isspace() or text[at] == "\ufeff"):
            at += 1
        if text.startswith("<!--", at):
            at = text.find("-->", at) + 3
        elif text.startswith("<?", at):
            at = text.find(">", at) + 1
        else:
            break
        if at < 3:
            return ""
    if text[at : at + 9].upper() == "<!DOCTYPE":
        words = text[at + 9 : at + 100].split(None, 1)
        return re.split(r"[\s>\[]", words[0], maxsplit=1)[0].lower() if words else ""
    found = _NAME.match(text, at)
    return found[1].lower() if found else ""


def begins_as_html(text: str) -> bool:
    """Tell a page or a piece of one by its first element."""
    return root_name(text) in _HTML_ROOTS


def lines_of_html(markup: str) -> str:
    r"""Return the text of HTML, one line a block; that of a text without tags as it is."""
    if "<" not in markup and "&" not in markup:
        return markup
    from lxml import etree, html

    try:
        root = html.fragment_fromstring(markup, create_parent="div")
    except (etree.LxmlError, ValueError):
        return ""
    return lines_of(root)


def lines_of(root: Any) -> str:
    r"""Return the text below an lxml element of HTML, one line a block."""
    parts: list[str] = []
    _collect(root, parts)
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _collect(root: Any, parts: list[str]) -> None:
    """Append the texts below ``root`` in their order, a line end around each block."""
    from lxml import etree

    unseen = None
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event in ("comment", "pi"):
            if unseen is None:
                parts.append(element.tail or "")
        elif event == "start":
            if unseen is None and element.tag in _UNSEEN:
                unseen = element
            elif unseen is None:
                parts.append("\n" if element.tag in _BLOCKS else "")
                # In HTML the line ends of the source are spaces.
                parts.append((element.text or "").replace("\n", " "))
        else:
            if element is unseen:
                unseen = None
            if unseen is None and element is not root:
                parts.append("\n" if element.tag in _BLOCKS else "")
                parts.append((element.tail or "").replace("\n", " "))
