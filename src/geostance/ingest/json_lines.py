"""Read articles as JSON: an object a line, or a list of objects."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from geostance.ingest import fields
from geostance.ingest.records import EXCERPT_CHARACTERS, Document, Rejected, tidy
from geostance.ingest.rows import no_text_column, row_document
from geostance.ingest.sources import Source
from geostance.ingest.texts import lines, text_chunks
from geostance.settings.corpus import IngestSettings

_LIST = re.compile(r"\s*\[")
# Between two objects of a list; and where the next one begins behind a damaged one.
_GAP = re.compile(r"[\s,]*")
_NEXT = re.compile(r"\}\s*,\s*(?=\{)")
_MIN_PIECE = 2**20


def read_json(source: Source, settings: IngestSettings) -> Iterator[Document | Rejected]:
    """Yield one article a line, or one an item where the file is a list.

    What is no JSON object is rejected under its number of line or item.

    Raises:
        InputError: no object has the column of the text.
    """
    is_list = _LIST.match(source.head_text)
    if not is_list and source.head_text.strip("\ufeff \t\r\n").split("\n")[0].strip() == "{":
        yield Rejected("one JSON object over several lines: write one object a line, or a list")
        return
    columns: set[str] = set()
    wanted = settings.columns.text
    for number, value in _items(text_chunks(source)) if is_list else _lines(source):
        if isinstance(value, Rejected):
            yield value
        elif isinstance(value, dict):
            if wanted not in columns:
                columns.update(value)
            yield row_document(value, number, settings)
        else:
            yield Rejected("not a JSON object", number, _excerpt(json.dumps(value)))
    if columns and wanted not in columns:
        raise no_text_column(columns, settings, source.name)


def _lines(source: Source) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(lines(source), start=1):
        if line is None:
            yield number, Rejected(fields.too_long("a line"), number)
        elif line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError) as error:
                yield number, Rejected(f"not JSON: {error}", number, _excerpt(line))


def _items(chunks: Iterable[str]) -> Iterator[tuple[int, Any]]:
    """Yield the items of a JSON list while it comes in, the damaged ones as rejected."""
    decoder, chunks = json.JSONDecoder(), iter(chunks)
    text = next(chunks, "")
    at, number, ended = (found.end() if (found := _LIST.match(text)) else 0), 0, False
    while True:
        at = _GAP.match(text, at).end()
        if text.startswith("]", at):
            return
        fault = "the list is cut"
        if at < len(text):
            try:
                value, behind = decoder.raw_decode(text, at)
            except (ValueError, RecursionError) as error:
                fault = f"not JSON: {error}"
            else:
                # A number may go on in the next piece.
                if behind < len(text) or ended:
                    at, number = behind, number + 1
                    yield number, value
                    continue
        if not ended and len(text) - at <= fields.MAX_CHARACTERS:
            # Twice as much each time, so that a long item is not read over and over.
            more, ended = _piece(chunks, max(_MIN_PIECE, len(text) - at))
            text, at = text[at:] + more, 0
            continue
        number += 1
        yield number, Rejected(fault, number, _excerpt(text[at : at + EXCERPT_CHARACTERS]))
        following = _NEXT.search(text, at)
        if not following:
            return
        at = following.end()


def _piece(chunks: Iterator[str], least: int) -> tuple[str, bool]:
    parts, length = [], 0
    for chunk in chunks:
        parts.append(chunk)
        length += len(chunk)
        if length >= least:
            return "".join(parts), False
    return "".join(parts), True


def _excerpt(text: str) -> str:
    return tidy(text)[:EXCERPT_CHARACTERS]
