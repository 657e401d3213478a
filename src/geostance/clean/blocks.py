"""Split a text into line blocks that know their place in it, and join the kept ones again."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from geostance.clean.phrases import load_phrases
from geostance.clean.repair import repair

_WHITE = "\t\x0b\x0c\r \x85\xa0\u2028\u2029\ufeff\u200b"
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")

# Furniture comes again on page after page; what was found of a short line is kept for a while.
_REMEMBERED_CHARACTERS = 100
_REMEMBERED_LINES = 16384


class Block(NamedTuple):
    """One line, or a part of one where furniture was glued to its end.

    ``text`` is repaired; ``start`` and ``end`` are offsets into the text as it came.
    ``reason`` is "title" or "body" for a kept block, else why it was dropped; then ``rule``
    is the rule or the file of phrases that decided.
    """

    text: str
    start: int
    end: int
    kept: bool = True
    reason: str = "body"
    rule: str = ""


def split_blocks(text: str) -> list[Block]:
    r"""Return the non-blank lines of ``text``; lines end at ``\n`` and nowhere else.

    A line with furniture glued behind its last sentence becomes two blocks.
    """
    blocks: list[Block] = []
    start = 0
    for line in text.split("\n"):
        if line:
            short = len(line) <= _REMEMBERED_CHARACTERS
            for repaired, first, last in _remembered(line) if short else _parts(line):
                blocks.append(Block(repaired, start + first, start + last))
        start += len(line) + 1
    return blocks


def _parts(line: str) -> list[tuple[str, int, int]]:
    """Return the repaired text of each part of a line, and where it lies there."""
    cut = load_phrases().glued_at(line)
    found = []
    for first, last in [(0, len(line))] if cut is None else [(0, cut), (cut, len(line))]:
        part = line[first:last]
        inner = part.strip(_WHITE)
        if repaired := repair(inner):
            start = last - len(part.lstrip(_WHITE))
            found.append((repaired, start, start + len(inner)))
    return found


@lru_cache(_REMEMBERED_LINES)
def _remembered(line: str) -> list[tuple[str, int, int]]:
    return _parts(line)


def blank_lines(blocks: Sequence[Block], text: str) -> list[bool]:
    """Return for each block whether a blank line stands between it and the block before."""
    last = [0, *(block.end for block in blocks)]
    return [
        _BLANK_LINE.search(text, end, block.start) is not None
        for end, block in zip(last, blocks, strict=False)
    ]


def join_blocks(blocks: Sequence[Block], text: str) -> str:
    """Return the blocks' text; a blank line between two in ``text`` stays one blank line."""
    parts: list[str] = []
    for block, blank in zip(blocks, blank_lines(blocks, text), strict=True):
        parts += ["\n\n" if blank else "\n", block.text]
    return "".join(parts[1:])
