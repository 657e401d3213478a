"""Where the layouts of a Europresse export print what: an article's parts as they stand there."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geostance.ingest.markup import classes, first, line_of, lines_of, put_text, remove

if TYPE_CHECKING:
    from lxml.etree import _Element


@dataclass
class Printed:
    """The parts of one record, in the order of the page; lines without markup."""

    names: list[str] = field(default_factory=list)
    header: str = ""
    kicker: list[str] = field(default_factory=list)
    title: str = ""
    subtitle: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    lead: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    url: str | None = None
    only_a_link: bool = False


def of_article(root: "_Element") -> Printed:
    """Return the parts of an ``article`` (layouts from 2013 on)."""
    _write_out(root)
    printed = Printed()
    if (header := first(root, "header")) is not None:
        _read_header(header, printed)
    if (section := first(root, "section")) is not None:
        _read_section(section, printed)
    if (aside := first(root, "aside")) is not None:
        for link in list(aside.iter("a")):
            if "doccomplementlink" in classes(link):
                remove(link)
        printed.notes = _without_bare_labels(lines_of(aside))
    return printed


def of_table(root: "_Element") -> Printed:
    """Return the parts of a record from before 2013, all of which lie in one table cell.

    The author is the line between the title and the first paragraph, where a ``br``
    ends it: the paragraphs of the text end with a ``p``.
    """
    _write_out(root)
    printed = Printed()
    flow = _flow_of(root)
    title = None
    headers = []
    for element in flow.iter("span"):
        names = classes(element)
        if "docpublicationname" in names:
            printed.names += lines_of(element, every_break=True)
        elif "docheader" in names:
            headers.append(element)
        elif "titrearticlevisu" in names and title is None:
            title = element
    printed.header = " ".join("".join("".join(span.itertext()) for span in headers).split())
    above = _cut_behind(flow, headers[-1]) if headers else flow
    text = above
    if title is not None:
        printed.title = line_of(title)
        text = _cut_behind(above, title)
        remove(title)
        printed.kicker = lines_of(above, every_break=True) if headers else []
        printed.authors = _authors_above(text)
    lines = lines_of(text)
    if lines and lines[-1].endswith(":"):
        lines.pop()
    if lines and lines[-1].startswith("©"):
        lines.pop()
    label = next((n for n, line in enumerate(lines) if _is_label(line)), len(lines))
    printed.body, printed.notes = lines[:label], _without_bare_labels(lines[label:])
    return printed


def _write_out(root: "_Element") -> None:
    for element in list(root.iter("symbol", "script", "style", "span", "a")):
        # The currency stands in an attribute; Cloudflare's placeholder stands for an address.
        if element.tag == "symbol":
            if element.get("value") == "euro":
                element.text = "€"
        elif element.tag in {"script", "style"} or "__cf_email__" in classes(element):
            remove(element)


def _read_header(header: "_Element", printed: Printed) -> None:
    named = defaultdict(list)
    for element in header.iter("span", "p", "div"):
        for name in classes(element):
            named[name].append(element)
    for name in named["docpublicationname"]:
        printed.names += lines_of(name, every_break=True)
    printed.header = " ".join(line_of(line) for line in named["docheader"])
    # "Also published in" gives the names and dates of other records.
    known = named["docpublicationname"] + named["docheader"] + named["apd-wrapper"]
    known = {_child_of(header, element) for element in known}
    title = next(iter(named["titrearticlevisu"] or named["titrearticle"]), None)
    around = None if title is None else _child_of(header, title)
    below = around is None
    for child in header:
        if child in known:
            continue
        if child is around:
            _read_title(child, title, printed)
            below = True
        elif not below:
            printed.kicker += lines_of(child)
        elif "rdp__subtitle" in classes(child):
            printed.subtitle += lines_of(child)
        elif child.tag == "div" or any(name.startswith("sm-margin") for name in classes(child)):
            printed.authors += lines_of(child)
        else:
            printed.lead += lines_of(child)


def _read_title(around: "_Element", title: "_Element", printed: Printed) -> None:
    printed.title = line_of(title)
    if around is title:
        return
    lines = printed.kicker
    for element in around:
        if element is title or title in element.iter():
            lines = printed.subtitle
        else:
            lines += lines_of(element)


def _read_section(section: "_Element", printed: Printed) -> None:
    for element in list(section.iter("a", "p", "div")):
        names = classes(element)
        if "link-not-hosted" in names:
            printed.only_a_link = True
            remove(element)
        elif "doc-urlref" in names:
            printed.url = next((link.get("href") for link in element.iter("a")), printed.url)
            remove(element)
        elif element.tag == "a" and _stands_behind_the_text(element):
            printed.url = element.get("href")
            remove(element)
    printed.body = lines_of(section)
    printed.only_a_link = printed.only_a_link and not printed.body


def _stands_behind_the_text(link: "_Element") -> bool:
    """Return whether ``link`` is the line "this article appeared in", not a link of the text."""
    before, parent = link.getprevious(), link.getparent()
    if not (link.get("href") or "").startswith("http") or parent is None or parent.tag != "div":
        return False
    blank_before = before is None or (before.tag == "p" and not (before.tail or "").strip())
    return (
        blank_before
        and not "".join("".join(rest.itertext()) for rest in link.itersiblings()).strip()
        + (link.tail or "").strip()
    )


def _child_of(ancestor: "_Element", element: "_Element") -> "_Element":
    while (parent := element.getparent()) is not ancestor and parent is not None:
        element = parent
    return element


def _flow_of(root: "_Element") -> "_Element":
    # The records of this layout are cut out of their table: what is left lies in one div.
    return next(root.iter("div"))


def _cut_behind(flow: "_Element", element: "_Element") -> "_Element":
    """Move what follows ``element`` into a new ``div``, and return it."""
    rest = flow.makeelement("div")
    child = _child_of(flow, element)
    put_text(rest, child.tail)
    child.tail = None
    rest.extend(list(child.itersiblings()))
    return rest


def _authors_above(text: "_Element") -> list[str]:
    paragraph = next((child for child in text if child.tag == "p"), None)
    if paragraph is None or not _is_behind_a_break(paragraph):
        return []
    rest = _cut_behind(text, paragraph)
    put_text(rest, (paragraph.text or "") + (rest.text or ""))
    authors = lines_of(text, every_break=True)
    for child in list(text):
        text.remove(child)
    text.text = None
    text.append(rest)
    return authors


def _is_behind_a_break(paragraph: "_Element") -> bool:
    before = paragraph.getprevious()
    return before is not None and before.tag == "br" and not (before.tail or "").strip()


def _is_label(line: str) -> bool:
    """Return whether ``line`` announces notes or pictures: "Note(s) :", "Illustration(s) :"."""
    return "(s)" in line[:20] and line.endswith(":")


def _without_bare_labels(lines: list[str]) -> list[str]:
    shown = [line for line in lines if any(character.isalnum() for character in line)]
    following = [*shown[1:], None]
    return [
        line
        for line, after in zip(shown, following, strict=False)
        if not (_is_label(line) and (after is None or _is_label(after)))
    ]
