"""Read saved web pages: the main text by trafilatura, the rest from the page's metadata."""

import re
from collections.abc import Iterator

from geostance.config import IngestSettings
from geostance.ingest.dates import date_of_field
from geostance.ingest.encodings import decode
from geostance.ingest.records import EXCERPT_CHARACTERS, Document, Rejected, tidy, tidy_field
from geostance.ingest.sources import Source

_DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.IGNORECASE)
_LANGUAGE = re.compile(r"<html\b[^>]*?\blang\s*=\s*[\"']?\s*([A-Za-z]{2,3})\b", re.IGNORECASE)


def read_web(source: Source, settings: IngestSettings) -> Iterator[Document | Rejected]:
    """Yield the one article of an HTML page.

    trafilatura chooses the main text; what furniture it leaves is the cleaning's
    part. Its own ``deduplicate`` stays off, since it depends on the pages read
    before, and its latest date is ours, since by default that is today.
    """
    # Imported here: with lxml and its language data it is slow to load.
    from trafilatura import bare_extraction

    page = _decode_page(source.read())
    if not page.strip():
        yield Rejected("empty")
        return
    found = bare_extraction(
        page,
        include_comments=False,
        with_metadata=True,
        deduplicate=False,
        date_extraction_params={
            "original_date": True,
            "extensive_search": False,
            "max_date": settings.latest_date.isoformat(),
        },
    )
    text = tidy(found.text or "").strip() if found else ""
    if not text:
        yield Rejected("no article found in the page", excerpt=tidy(page)[:EXCERPT_CHARACTERS])
        return
    dated, unread = date_of_field(tidy_field(found.date), settings.latest_date)
    language = _LANGUAGE.search(page)
    yield Document(
        text=text,
        outlet=tidy_field(found.sitename),
        title=tidy_field(found.title),
        date=dated.date if dated else None,
        date_precision=dated.precision if dated else None,
        url=tidy_field(found.url),
        language=language[1].lower() if language else None,
        extra={"author": tidy_field(found.author), **unread},
    )


def _decode_page(data: bytes) -> str:
    """Return the page's text: as UTF-8 where it is, else as declared, else by its letters.

    UTF-8 comes first because old templates declare another encoding over it.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    declared = _DECLARED.search(data[:4096])
    if declared and not declared[1].lower().startswith(b"utf"):
        try:
            return data.decode(declared[1].decode("ascii"))
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(data)
