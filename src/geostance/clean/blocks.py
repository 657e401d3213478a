"""Split a text into line blocks that know their place in it, and join the kept ones again."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from geostance.clean.repair import repair

_WHITE = "\t\x0b\x0c\r \x85\xa0\u2028\u2029\ufeff\u200b"


@dataclass(frozen=True)
class Block:
    """One line, or a part of one where furniture was glued to its end.

    ``text`` is repaired; ``start`` and ``end`` are offsets into the text as it came.
    ``reason`` is "title" or "body" for a kept block, else why it was dropped.
    """

    text: str
    start: int
    end: int
    kept: bool = True
    reason: str = "body"

    def dropped(self, reason: str) -> "Block":
        """Return this block, dropped for ``reason``."""
        return replace(self, kept=False, reason=reason)


def split_blocks(text: str, glued: Callable[[str], int | None]) -> list[Block]:
    r"""Return the non-blank lines of ``text``; lines end at ``\n`` and nowhere else.

    ``glued`` tells where in a line furniture begins that stands behind its last
    sentence, or None; the line becomes two blocks there.
    """
    blocks: list[Block] = []
    start = 0
    for line in text.split("\n"):
        cut = glued(line)
        parts = [(0, len(line))] if cut is None else [(0, cut), (cut, len(line))]
        for first, last in parts:
            block = _block(line[first:last], start + first)
            if block is not None:
                blocks.append(block)
        start += len(line) + 1
    return blocks


def _block(part: str, offset: int) -> Block | None:
    inner = part.strip(_WHITE)
    repaired = repair(inner)
    if not repaired:
        return None
    start = offset + len(part) - len(part.lstrip(_WHITE))
    return Block(repaired, start, start + len(inner))


def join_blocks(blocks: Iterable[Block], text: str) -> str:
    """Return the blocks' text; a blank line between two in ``text`` stays one blank line."""
    parts: list[str] = []
    last = 0
    for block in blocks:
        if parts:
            parts.append("\n\n" if _blank_line(text, last, block.start) else "\n")
        parts.append(block.text)
        last = block.end
    return "".join(parts)


def _blank_line(text: str, start: int, end: int) -> bool:
    return re.search(r"\n[^\S\n]*\n", text[start:end]) is not None


def kept_body(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks that are kept as body text."""
    return [block for block in blocks if block.kept and block.reason == "body"]
