"""Read what a page says of its article: JSON-LD first, then the meta elements."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from geostance.ingest.records import tidy_field

_ARTICLE = re.compile(r"(?:Article|BlogPosting|Report|Posting|Column)$")
_PUBLISHED = (
    *("article:published_time", "og:article:published_time", "datepublished", "date"),
    *("dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date", "dcterms.created"),
    *(
        "parsely-pub-date",
        "sailthru.date",
        "publish-date",
        "pubdate",
        "cxenseparse:recs:publishtime",
    ),
)
_SECTION = ("article:section", "section", "og:section", "parsely-section", "dc.subject.section")
_AUTHOR = ("author", "article:author", "dc.creator", "dcterms.creator", "parsely-author")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?=[-_]|$)")
# Browsers and savers of pages leave the address in a comment: after "saved from url=(0042)",
# or in SingleFile's own lines.
_SAVED_FROM = re.compile(
    r"<!--\s*saved from url=\(\d+\)\s*(\S+)|<!--\s*Page saved with SingleFile\s+url:\s*(\S+)"
)
_HEAD_CHARACTERS = 20_000
_MAX_DEPTH = 8


@dataclass(frozen=True)
class PageFields:
    """What the page's head says, each as it is written there, or None."""

    published: str | None = None
    section: str | None = None
    author: str | None = None
    outlet: str | None = None
    language: str | None = None


def page_fields(tree: Any) -> PageFields:
    """Return the fields of a parsed page (an lxml element)."""
    linked = next(_linked_articles(tree), {})
    meta = _meta(tree)
    return PageFields(
        published=_first(
            _text(linked.get("datePublished")),
            *(meta.get(name) for name in _PUBLISHED),
            _marked_date(tree),
        ),
        section=_first(_text(linked.get("articleSection")), *map(meta.get, _SECTION)),
        author=_first(
            _text(linked.get("author")),
            # Some templates put the address of a profile there.
            *(value for name in _AUTHOR if "://" not in (value := meta.get(name) or "")),
        ),
        outlet=_first(meta.get("og:site_name"), _text(linked.get("publisher"))),
        language=_language(tree, linked, meta),
    )


def saved_from(page: str) -> str | None:
    """Return the address that the browser which saved a page noted in a comment."""
    found = _SAVED_FROM.search(page, 0, _HEAD_CHARACTERS)
    return found and (found[1] or found[2])


def _linked_articles(tree: Any) -> Iterator[dict[str, Any]]:
    for script in tree.iterfind(".//script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        written = re.sub(r"^\s*(?:<!\[CDATA\[|<!--)|(?:\]\]>|-->)\s*$", "", script.text or "")
        try:
            found = json.loads(written, strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _articles_below(found)


def _articles_below(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _articles_below(item, depth + 1)
    elif isinstance(value, dict):
        kinds = value.get("@type")
        if any(
            _ARTICLE.search(str(kind)) for kind in (kinds if isinstance(kinds, list) else [kinds])
        ):
            yield value
        for name in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _articles_below(value.get(name), depth + 1)


def _text(value: Any) -> str | None:
    """Return a JSON-LD value as text: the name of a thing, several with a semicolon."""
    if isinstance(value, list):
        return "; ".join(dict.fromkeys(filter(None, map(_text, value)))) or None
    if isinstance(value, dict):
        return _text(value.get("name"))
    return unescape(value) if isinstance(value, str) else None


def _meta(tree: Any) -> dict[str, str]:
    """Return the first content of each meta element, by its name in small letters."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        name = name or element.get("http-equiv")
        content = element.get("content")
        if name and content and content.strip():
            found.setdefault(name.strip().lower(), content)
    return found


def _marked_date(tree: Any) -> str | None:
    """Return the date that an element of the body is marked to be that of publication."""
    for query in (
        "//*[@itemprop='datePublished']",
        "//time[@pubdate]",
        "(//article|//main)//header//time[@datetime]",
        "(//article|//main)//h1/following::time[@datetime][ancestor::article or ancestor::main]",
    ):
        for element in tree.xpath(query)[:1]:
            written = element.get("datetime") or element.get("content") or element.text_content()
            if written and written.strip():
                return written
    return None


def _language(tree: Any, linked: dict[str, Any], meta: dict[str, str]) -> str | None:
    root = tree.getroottree().getroot()
    declared = (
        root.get("lang"),
        root.get("{http://www.w3.org/XML/1998/namespace}lang"),
        root.get("xml:lang"),
        _text(linked.get("inLanguage")),
        meta.get("content-language"),
        meta.get("og:locale"),
        meta.get("dc.language"),
        meta.get("language"),
    )
    found = (_LANGUAGE.match((written or "").strip()) for written in declared)
    return next((match[0].lower() for match in found if match), None)


def _first(*values: str | None) -> str | None:
    return next(filter(None, map(tidy_field, values)), None)
