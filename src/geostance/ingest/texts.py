"""Read plain text: an article in a file, or line by line as the tables need it."""

from collections.abc import Iterator

from geostance.ingest import fields
from geostance.ingest.dates import date_of_name
from geostance.ingest.encodings import decode_chunks, encoding_of
from geostance.ingest.records import (
    EXCERPT_CHARACTERS,
    Document,
    Rejected,
    UnreadableError,
    tidy,
)
from geostance.ingest.sources import Source
from geostance.settings.corpus import IngestSettings


def read_text(source: Source, settings: IngestSettings) -> Iterator[Document | Rejected]:
    """Yield the one article of a text file, dated by the beginning of the file's name."""
    parts, length = [], 0
    for part in text_chunks(source):
        parts.append(part)
        length += len(part)
        if length > fields.MAX_CHARACTERS:
            excerpt = parts[0][:EXCERPT_CHARACTERS]
            yield Rejected(fields.too_long("one text"), excerpt=excerpt)
            return
    text = tidy("".join(parts))
    if not text.strip():
        yield Rejected("empty")
        return
    dated = date_of_name(source.name.rsplit("/", 1)[-1], settings.latest_date)
    yield Document(
        text=text,
        date=dated.date if dated else None,
        date_precision=dated.precision if dated else None,
    )


def text_chunks(source: Source) -> Iterator[str]:
    r"""Yield the text of a source piece by piece, with ``\n`` line ends and without NUL.

    The encoding is decided on all bytes first, in a pass of its own.
    """
    encoding, mark = encoding_of(_up_to_damage(source))
    for text in decode_chunks(source.chunks(), encoding, mark):
        yield text.replace("\0", "")


def lines(source: Source) -> Iterator[str | None]:
    """Yield the lines of a source without their ends; None for one that is too long to hold."""
    held, length = [], 0
    for chunk in text_chunks(source):
        *ended, rest = chunk.split("\n")
        for line in ended:
            length += len(line)
            if length > fields.MAX_CHARACTERS:
                yield None
            else:
                yield "".join([*held, line]) if held else line
            held, length = [], 0
        length += len(rest)
        held.append(rest)
        if length > fields.MAX_CHARACTERS:
            # It is counted to its end, and no longer kept.
            held.clear()
    if length:
        yield "".join(held) if length <= fields.MAX_CHARACTERS else None


def _up_to_damage(source: Source) -> Iterator[bytes]:
    try:
        yield from source.chunks()
    except UnreadableError:
        # Read again for its text, it tells of the damage behind what precedes it.
        return
