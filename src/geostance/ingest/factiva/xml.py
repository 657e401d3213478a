"""Read XML exports of Factiva (PPSResponse)."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from geostance.ingest.encodings import decode
from geostance.ingest.factiva.fields import cut_off, document, text_of
from geostance.ingest.factiva.labels import tag_of_code
from geostance.ingest.markup import untagged
from geostance.ingest.records import EXCERPT_CHARACTERS, Document, Rejected
from geostance.ingest.sources import Source
from geostance.settings.corpus import IngestSettings

if TYPE_CHECKING:
    from lxml.etree import XMLParser, _Element

_MARK = re.compile(
    r"<(?:\w+:)?(?:PPSResponse|ppsarticle\w*)\b|http://global\.factiva\.com/pps/", re.IGNORECASE
)
_ARTICLE = re.compile(r"<((?:[\w.-]+:)?article)(?=[\s>/])[^<>]*>")
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)")
_NAMESPACE = re.compile(r"\s(xmlns(?::[\w.-]+)?)\s*=\s*(\"[^\"<]*\"|'[^'<]*')")
_HEADLINE = re.compile(
    r"<(?:[\w.-]+:)?headline\b[^<>]*>(.*?)(?:</(?:[\w.-]+:)?headline|\Z)", re.DOTALL
)
_LINK = re.compile(r"https?://", re.IGNORECASE)

# Where the fields stand that the other formats put under codes.
_ELEMENTS = {
    "CLM": "columnName",
    "SE": "sectionName",
    "HD": "headline",
    "BY": "byline",
    "CR": "credit",
    "WC": "wordCount",
    "SN": "sourceName",
    "ED": "edition",
    "VOL": "volume",
    "CY": "copyright",
    "PUB": "publisherName",
    "AN": "accessionNo",
}
_INDEXING = {"CO": "company", "IN": "industry", "NS": "newsSubject", "RE": "region"}
_BODY = {"LP": "leadParagraph", "TD": "tailParagraphs"}


def looks_like_factiva_xml(source: Source) -> bool:
    """Return whether ``source`` is an XML file of Factiva's."""
    head = source.head
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return bool(_MARK.search(decode(head)))
    text = head.decode("latin-1").lstrip("ï»¿ \t\r\n")
    return text.startswith("<") and bool(_MARK.search(text))


def read_factiva_xml(source: Source, settings: IngestSettings) -> Iterator[Document | Rejected]:
    """Yield the articles of an XML file, in its order, each parsed by itself.

    What the file says of their count does not count. A file that declares entities is refused:
    Factiva declares none, and entities of entities fill the memory. An article that is not
    well-formed, or that the file ends in, is rejected; so is the end that is missing.
    """
    xml = text_of(source)
    starts = list(_ARTICLE.finditer(xml))
    head = xml[: starts[0].start()] if starts else xml
    if "<!ENTITY" in head:
        yield Rejected("declares entities, as no export does: refused", excerpt=_excerpt(head))
        return
    if not starts:
        yield Rejected("no article in this Factiva file", excerpt=_excerpt(xml))
        return
    namespaces = " ".join(f"{name}={uri}" for name, uri in dict(_NAMESPACE.findall(head)).items())
    ends = [*(start.start() for start in starts[1:]), len(xml)]
    end = 0
    for position, (start, stop) in enumerate(zip(starts, ends, strict=True), start=1):
        end = xml.find(f"</{start[1]}>", start.start(), stop)
        if end < 0:
            yield _cut_off(xml[start.start() : stop], position)
            continue
        article = f"<r {namespaces}>{xml[start.start() : end]}</{start[1]}></r>"
        yield _record(article, position, settings)
    root = _ROOT.search(head)
    if end >= 0 and root and f"</{root[1]}>" not in xml[end:]:
        yield cut_off("the file ends behind an article and before its own end", position + 1, {})


def _cut_off(xml: str, position: int) -> Rejected:
    headline = _HEADLINE.search(xml)
    fields = {"HD": [untagged(headline[1])]} if headline else {}
    return cut_off(f"the file ends inside article {position}", position, fields)


def _record(xml: str, position: int, settings: IngestSettings) -> Document | Rejected:
    from lxml import etree

    try:
        article = etree.fromstring(xml, _parser())[0]
    except (etree.LxmlError, ValueError) as error:
        headline = _HEADLINE.search(xml)
        return Rejected(
            f"not well-formed: {error}", position, _excerpt(headline[1] if headline else xml)
        )
    fields = {code: _texts(article, name) for code, name in _ELEMENTS.items()}
    fields["PD"] = (_texts(article, "publicationDate/{*}date") or []) + _texts(
        article, "publicationDate/{*}dateTime"
    )
    fields["PD"] = fields["PD"][:1]
    pages = _texts(article, "pages/{*}page") or _texts(article, "pages")
    fields["PG"] = [", ".join(pages)]
    for code, name in _INDEXING.items():
        fields[code] = [" | ".join(map(_coded_name, article.iterfind(f"{{*}}{name}")))]
    described = list(article.iterfind("{*}descField"))
    for code in ("IPD", "IPC"):
        given = (_line(field) for field in described if _code(field).startswith(code.lower()))
        fields[code] = [" | ".join(filter(None, given))]
    for code, name in _BODY.items():
        found = article.iterfind(f"{{*}}{name}")
        fields[code] = [line for element in found for line in _paragraphs(element)]
    language = "".join(_texts(article, "baseLanguage"))
    link = next((text for text in _texts(article, "reference") if _LINK.match(text)), None)
    return document(
        fields, position, settings, shown_in=tag_of_code(language) if language else None, link=link
    )


def _parser() -> "XMLParser":
    from lxml import etree

    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )


def _texts(article: "_Element", path: str) -> list[str]:
    return [line for found in article.iterfind(f"{{*}}{path}") if (line := _line(found))]


def _line(element: "_Element") -> str:
    return " ".join("".join(element.itertext()).split())


def _code(element: "_Element") -> str:
    return (element.get("code") or "").lower()


def _coded_name(element: "_Element") -> str:
    return " : ".join(filter(None, (element.get("code"), _line(element))))


def _paragraphs(element: "_Element") -> Iterator[str]:
    """Yield the paragraphs of a lead or text, and the lines of its tables.

    Text outside of paragraphs has its own lines: an empty or an indented one begins a
    paragraph.
    """
    found = list(element.iterfind("{*}paragraph"))
    for paragraph in found:
        if (paragraph.get("display") or "").lower() == "preformatted":
            yield from filter(str.strip, "".join(paragraph.itertext()).split("\n"))
        elif line := _line(paragraph):
            yield line
    if not found:
        written = "".join(element.itertext())
        yield from filter(None, (" ".join(p.split()) for p in re.split(r"\n(?=[ \t]|\n)", written)))


def _excerpt(xml: str) -> str:
    return untagged(xml[:65536])[:EXCERPT_CHARACTERS]
