"""Read plain text exports of LexisNexis: several articles a file, in lines of 80 characters."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import partial

from geostance.ingest.encodings import decode
from geostance.ingest.nexis.articles import Block, split_article
from geostance.ingest.nexis.documents import cut_off, document
from geostance.ingest.nexis.labels import MARK, WORD_COUNT, labelled, role_of
from geostance.ingest.records import EXCERPT_CHARACTERS, Document, Rejected, tidy
from geostance.ingest.sources import Source
from geostance.settings.corpus import IngestSettings

_WIDTH = 80
# Within a file put together, some records are broken into lines a little shorter.
_LOOSENESS = 4
# A file with more long lines than this was not broken into lines of 80 characters.
_MAX_LONG_SHARE = 0.05
# The page before the articles: what was asked for, and the time below it.
_COVER = re.compile(
    r"^\S[^\n]{2,80}:[ \t]*(?P<items>\d+(?:-\d+)?(?:, ?\d+(?:-\d+)?)*)[ \t]*\n"
    r"[^\n:]{3,40}:[^\n]*\d{1,2}:\d{2}:\d{2}[^\n]*$",
    re.MULTILINE,
)
_BLANK_LINES = re.compile(r"\n(?:[ \t\xa0]*\n)+")
_LINE = re.compile(r"^[^\n]+", re.MULTILINE)


def looks_like_nexis_txt(source: Source) -> bool:
    """Return whether ``source`` is a text export of LexisNexis, by its first record's lines."""
    head = tidy(decode(source.head))
    mark = MARK.search(head)
    return bool(mark) and any(_is_field(line[0]) for line in _LINE.finditer(head, mark.end()))


def read_nexis_txt(source: Source, settings: IngestSettings) -> Iterator[Document | Rejected]:
    """Yield the records of an export, in its order.

    Printed lines are joined to paragraphs again; each paragraph is a line of the text.
    An export that holds fewer records than its cover or its numbering says, or whose
    last record ends without the fields that close the others, is said to be cut off.
    """
    text = tidy(decode(source.read())).lstrip("\ufeff").replace("\f", "\n")
    marks = list(MARK.finditer(text))
    covers = list(_COVER.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    yield from _records(text, marks, ends, covers, settings)


def _records(
    text: str,
    marks: list[re.Match[str]],
    ends: list[int],
    covers: list[re.Match[str]],
    settings: IngestSettings,
) -> Iterator[Document | Rejected]:
    if not marks:
        yield Rejected("no document in this Nexis file", excerpt=text[:EXCERPT_CHARACTERS])
        return
    cover_starts = [cover.start() for cover in covers]
    any_closed, last_cut = False, False
    file_width, expected = _line_width(text), _expected(marks, covers)
    for position, (mark, end) in enumerate(zip(marks, ends, strict=True), start=1):
        # In files put together, the next export's cover stands behind a record.
        following = bisect_left(cover_starts, mark.end())
        end = min([end, *cover_starts[following : following + 1]])
        record = text[mark.end() : end]
        article = split_article(_blocks(record), settings)
        any_closed = any_closed or article.closed
        if position == len(marks) and not article.closed:
            last_cut = any_closed or (position == 1 and (expected or 1) > 1)
        if not last_cut:
            width = file_width and max(_longest(record), file_width - _LOOSENESS)
            paragraphs = partial(_paragraphs, width=width)
            yield document(article, position, settings, paragraphs=paragraphs)
    whole = len(marks) - last_cut
    if last_cut or (expected is not None and whole < expected):
        excerpt = text[marks[-1].end() :] if last_cut else marks[-1][0]
        yield cut_off(whole, expected, whole + 1, excerpt)


def _expected(marks: list[re.Match[str]], covers: list[re.Match[str]]) -> int | None:
    """Return how many records the covers promise, else the numbering, else None."""
    if covers:
        items = [part for cover in covers for part in cover["items"].split(",")]
        return sum(_count_of(part) for part in items)
    numbered = [tuple(int(re.sub(r"\D", "", n)) for n in mark.groups() if n) for mark in marks]
    totals = {total for _, total in numbered}
    if len(totals) != 1:
        # Put together from several exports, of which each has its own total.
        return None
    return totals.pop() - numbered[0][0] + 1


def _count_of(items: str) -> int:
    first, _, last = items.strip().partition("-")
    return max(int(last) - int(first) + 1, 0) if last else 1


def _is_field(line: str) -> bool:
    found = labelled(line)
    return bool((found and role_of(found[0])) or WORD_COUNT.fullmatch(line.strip()))


def _blocks(record: str) -> list[Block]:
    blocks = []
    for text in _BLANK_LINES.split(record.strip("\n")):
        if not text.strip():
            continue
        found = None if text[0].isspace() else labelled(text)
        if found and role_of(found[0]):
            blocks.append(Block(text, *found))
        else:
            blocks.append(Block(text, centred=_is_centred(text)))
    return blocks


def _is_centred(text: str) -> bool:
    indented = False
    for line in text.split("\n"):
        printed = line.strip()
        indent = len(line) - len(line.lstrip())
        if indent < 10 and abs(2 * indent + len(printed) - _WIDTH) > 4:
            return False
        indented = indented or indent >= 3
    return indented


def _line_width(text: str) -> int | None:
    """Return at how many characters lines were broken, or None when they were not."""
    lengths = [length for length in map(len, text.split("\n")) if length]
    long = sum(map(_WIDTH.__lt__, lengths))
    return None if long > _MAX_LONG_SHARE * len(lengths) else _longest(text)


def _longest(text: str) -> int:
    lengths = list(map(len, text.split("\n")))
    longest = max(lengths)
    return longest if longest <= _WIDTH else max(filter(_WIDTH.__ge__, lengths), default=_WIDTH)


def _paragraphs(block: str, width: int | None) -> list[str]:
    """Join the lines that were broken because the next word did not fit.

    A line that ends where another word would have fitted ends a paragraph or a row of a
    table; an indented one begins a paragraph.
    """
    lines = block.split("\n")
    if len(lines) == 1 or width is None:
        return [line for printed in lines if (line := " ".join(printed.split()))]
    paragraphs: list[list[str]] = []
    room = 0
    for line in lines:
        words = line.split()
        if not words:
            continue
        if paragraphs and not line[0].isspace() and len(words[0]) >= room:
            paragraphs[-1] += words
        else:
            paragraphs.append(words)
        room = width - len(line.rstrip())
    return [" ".join(words) for words in paragraphs]
