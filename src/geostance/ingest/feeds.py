"""Read feeds (RSS, Atom): each item is an article."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from geostance.ingest import fields
from geostance.ingest.markup import lines_of, parse, untagged
from geostance.ingest.records import EXCERPT_CHARACTERS, Document, Rejected
from geostance.ingest.signatures import root_name
from geostance.ingest.sources import Source
from geostance.ingest.web import decode_page
from geostance.settings.corpus import IngestSettings

_ROOTS = {"rss", "feed"}
# feedparser takes fifty times the feed's size in memory, and a minute for this much.
MAX_BYTES = 64 * 2**20
# So deep in one another no feed has its elements; the parsers' stacks grow with each.
_MAX_DEPTH = 200
_TAG = re.compile(r"<(/?)[A-Za-z][^<>]*?(/?)>")
_DECLARED = re.compile(rb"\s*<\?xml[^>]{0,99}encoding\s*=\s*[\"']([\w-]+)", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*>\s*")


def looks_like_feed(source: Source) -> bool:
    """Tell a feed by its first element."""
    name = root_name(source.head_text)
    return name in _ROOTS or (name == "rdf:rdf" and "purl.org/rss/" in source.head_text)


def read_feed(source: Source, settings: IngestSettings) -> Iterator[Document | Rejected]:
    """Yield one article an item: its content in full, else its summary, as lines of text.

    Feeds that declare entities are refused: they can grow without end, or name other files.
    """
    from feedparser import parse

    data = source.read()
    if len(data) > MAX_BYTES:
        yield Rejected(f"a feed of more than {MAX_BYTES // 2**20} MB")
        return
    declared = _DECLARED.match(data)
    written = decode_page(data, declared[1].decode("ascii") if declared else None)
    if "<!ENTITY" in written:
        yield Rejected("a feed that declares entities of its own")
        return
    if _depth(written) > _MAX_DEPTH:
        yield Rejected("elements too deep in one another")
        return
    try:
        # Neither changes what is kept; both take most of the time.
        feed = parse(
            _DECLARATION.sub("", written).encode("utf-8", "replace"),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:
        # feedparser passes on what its date and SGML parsers raise.
        yield Rejected(f"a damaged feed: {error}"[:EXCERPT_CHARACTERS])
        return
    if not feed.entries:
        yield Rejected("a feed without items")
        return
    about = feed.feed
    for number, entry in enumerate(feed.entries, start=1):
        content = [part.get("value") or "" for part in entry.get("content", ())]
        texts = [*content, entry.get("summary") or ""]
        tags = (tag.get("term") or tag.get("label") for tag in entry.get("tags", ()))
        guid, link = entry.get("id"), entry.get("link")
        yield fields.document(
            max(map(_lines, texts), key=len),
            settings,
            position=number,
            key=guid or link or str(number),
            outlet=_plain(about.get("title")),
            title=_plain(entry.get("title")),
            written_date=_date(entry),
            url=link,
            language=entry.get("language") or about.get("language"),
            extra={
                "author": entry.get("author"),
                "section": "; ".join(dict.fromkeys(filter(None, tags))),
                "source_id": guid,
            },
        )


def _date(entry: Mapping[str, Any]) -> str | None:
    return entry.get("published") or entry.get("updated") or entry.get("created")


def _plain(written: str | None) -> str | None:
    return _lines(written).replace("\n", " ") if written else None


def _lines(written: str) -> str:
    """Return the text of a piece of HTML, a line a block; what has no tags is text."""
    if "<" not in written:
        return unescape(written)
    root = parse(written)
    return untagged(written) if root is None else "\n".join(lines_of(root, every_break=True))


def _depth(data: str) -> int:
    """Return how deep elements are in one another, text in CDATA counted with them."""
    depth = deepest = 0
    for found in _TAG.finditer(data):
        if found[1]:
            depth = max(0, depth - 1)
        elif not found[2]:
            depth += 1
            deepest = max(deepest, depth)
    return deepest
