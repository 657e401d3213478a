"""Read pages that a browser saved with all their parts in one file (.mhtml)."""

from collections.abc import Iterator
from email.message import Message

from geostance.ingest.records import Document, Rejected
from geostance.ingest.sources import Source
from geostance.ingest.web import decode_page, page_document
from geostance.settings.corpus import IngestSettings


def looks_like_mhtml(source: Source) -> bool:
    """Tell an e-mail's header that announces a page with its parts."""
    header = source.head_text.lstrip("\ufeff\r\n").replace("\r\n", "\n").split("\n\n", 1)[0].lower()
    first = header.split("\n", 1)[0]
    return (
        "mime-version:" in header
        and ("multipart/related" in header or "snapshot-content-location:" in header)
        and ":" in first
        and not first.startswith("<")
    )


def read_mhtml(source: Source, settings: IngestSettings) -> Iterator[Document | Rejected]:
    """Yield the article of the page; its frames and pictures are parts, not articles.

    The day it was saved is kept as ``captured``, never taken for its date.
    """
    from email import message_from_bytes, policy

    try:
        message = message_from_bytes(source.read(), policy=policy.compat32)
        page = _page(message)
        if page is None:
            yield Rejected("no page in the MHTML file")
            return
        data = page.get_payload(decode=True)
        charset = page.get_content_charset()
        saved_from = message["Snapshot-Content-Location"] or page["Content-Location"]
        captured = message["Date"]
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        # The e-mail package fails on some damaged headers with these.
        yield Rejected(f"damaged MHTML file: {error}")
        return
    yield page_document(
        decode_page(data if isinstance(data, bytes) else b"", charset),
        settings,
        url=str(saved_from) if saved_from else None,
        extra={"captured": str(captured)} if captured else {},
    )


def _page(message: Message) -> Message | None:
    """Return the first HTML part: browsers write the page itself before its frames."""
    kinds = ("text/html", "application/xhtml+xml")
    return next((part for part in message.walk() if part.get_content_type() in kinds), None)
