"""Read web archives: each captured page is an article."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from geostance.ingest import fields
from geostance.ingest.records import EXCERPT_CHARACTERS, Document, Rejected, UnreadableError
from geostance.ingest.sources import Source
from geostance.ingest.web import decode_page, page_document
from geostance.settings.corpus import IngestSettings

_PAGES = ("text/html", "application/xhtml+xml")
# What warcio undoes; browsers that write WARC have undone the others themselves.
_CODINGS = (None, "", "identity", "gzip", "deflate")
_CHARSET = re.compile(r"charset=[\"']?([\w-]+)", re.IGNORECASE)
_BEGINNING = re.compile(rb"(?:^|\n)(?=WARC/1\.)")
# More bytes than the longest page could have are not read.
_MAX_PAGE_BYTES = 4 * fields.MAX_CHARACTERS
# The headers of a record have some hundred bytes, cookies some thousand.
_MAX_HEADER_BYTES = 2**18
# A file with so many broken records is something else; to look for each next one takes time.
_MAX_BROKEN = 50
_CUT = "the file ends within a record"
_KEPT_BYTES = 2**17
_PIECE_BYTES = 2**16


def read_warc(source: Source, settings: IngestSettings) -> Iterator[Document | Rejected]:
    """Yield the article of each page that was answered with status 200.

    Other records are passed over: requests, metadata, pictures, redirects, and revisits,
    which say that a page was unchanged since a capture before. Behind a broken record the
    next one is looked for. The position is the record's number in the file; its address
    goes into the id and, where the page itself names none, into ``url``; the time of
    capture is kept as ``captured``.
    """
    number = 0
    with source.open() as stream:
        for record in _records(stream):
            number += 1
            page = record if isinstance(record, str) else _read_page(record)
            if isinstance(page, str):
                yield Rejected(page, number)
            elif page is not None:
                headers = record.rec_headers
                address = (headers.get_header("WARC-Target-URI") or "").strip("<>")
                yield page_document(
                    decode_page(page, _charset(record)),
                    settings,
                    position=number,
                    key=address or str(number),
                    url=address or None,
                    extra={"captured": headers.get_header("WARC-Date")},
                )


def _records(stream: BinaryIO) -> Iterator[Any]:
    """Yield warcio's records, and the reason in place of one that is broken."""
    from warcio.archiveiterator import WARCIterator

    replay = _Replay(stream)
    for _ in range(_MAX_BROKEN):
        records = WARCIterator(replay)
        try:
            for record in records:
                if record.length is None:
                    # warcio would take all that follows for its content.
                    raise ValueError("no length")
                replay.header_left = None
                yield record
                # warcio would read the rest at once with the header of the next record.
                if _is_cut(record):
                    yield _CUT
                    return
                replay.header_left = _MAX_HEADER_BYTES
            if records.offset < replay.tell():
                yield _CUT
            return
        except UnreadableError:
            raise
        except Exception as error:
            # warcio passes on whatever its parsers raise.
            yield _broken(error)
        if not replay.go_to_next(records.offset):
            return
    yield f"more than {_MAX_BROKEN} broken records: the rest is not read"


def _broken(error: Exception) -> str:
    return f"a broken record: {' '.join(str(error).split())}"[:EXCERPT_CHARACTERS]


def _read_page(record: Any) -> bytes | str | None:
    """Return the bytes of a captured page, the reason why they cannot be had, or None."""
    try:
        return _page(record)
    except UnreadableError:
        raise
    except Exception as error:
        return _broken(error)


def _page(record: Any) -> bytes | str | None:
    http = record.http_headers
    if record.rec_type != "response" or not http or http.get_statuscode() != "200":
        return None
    if not (http.get_header("Content-Type") or "").strip().lower().startswith(_PAGES):
        return None
    if (record.length or 0) > _MAX_PAGE_BYTES:
        return fields.too_long("a page")
    coding = (http.get_header("Content-Encoding") or "").strip().lower()
    if coding not in _CODINGS:
        return f"a page compressed with {coding}"
    page = record.content_stream().read(_MAX_PAGE_BYTES)
    # The reason is told once, behind the record.
    return None if _is_cut(record) else page


def _is_cut(record: Any) -> bool:
    """Read a record to its end, and tell whether the file ends before."""
    while record.raw_stream.read(_PIECE_BYTES):
        pass
    return record.raw_stream.limit > 0


def _charset(record: Any) -> str | None:
    found = _CHARSET.search(record.http_headers.get_header("Content-Type") or "")
    return found[1] if found else None


class _EndlessHeaderError(Exception):
    """So much was read for one header that there is none."""


class _Replay:
    """A stream that can go back a little, to look behind a broken record for the next one."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._kept = b""
        self._again = b""
        self._offset = 0
        # How much more may be read for a header; None while a record's content is read.
        self.header_left: int | None = _MAX_HEADER_BYTES

    def tell(self) -> int:
        return self._offset

    def read(self, size: int) -> bytes:
        piece, self._again = self._again[:size], self._again[size:]
        # What precedes damage comes piece by piece.
        piece = piece or self._stream.read1(size)
        self._offset += len(piece)
        self._kept = (self._kept + piece)[-_KEPT_BYTES:]
        if self.header_left is not None:
            self.header_left -= len(piece)
            if self.header_left < 0:
                raise _EndlessHeaderError("a header without an end")
        return piece

    def go_to_next(self, offset: int) -> bool:
        """Go to the first beginning of a record behind ``offset``; False if there is none."""
        start = max(0, len(self._kept) - (self._offset - offset) + 1)
        text = self._kept[start:] + self._again
        self._again = b""
        while not (found := _BEGINNING.search(text, 1)):
            piece = self._stream.read1(_PIECE_BYTES)
            if not piece:
                return False
            text = text[-16:] + piece
        self._again, self._kept = text[found.end() :], b""
        self._offset, self.header_left = 0, _MAX_HEADER_BYTES
        return True
