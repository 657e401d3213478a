"""Show one cleaned text line by line: what is kept, and why the rest is dropped."""

from collections.abc import Iterator

from geostance.clean.text import Cleaned

_RESET = "\x1b[0m"
_KEPT, _TITLE, _DROPPED, _MARGIN = "\x1b[32m", "\x1b[1;32m", "\x1b[31m", "\x1b[2m"
_REASON_WIDTH, _RULE_WIDTH = 20, 18


def explain(cleaned: Cleaned, *, colour: bool) -> Iterator[str]:
    """Yield a line of text per block: a sign, the reason and the rule in the margin, the block.

    The sign is "+" for what is kept and "-" for what is dropped, so that nothing hangs on
    ``colour``.
    """
    title, n_kept = cleaned.title or "", sum(block.kept for block in cleaned.blocks)
    yield f"headline  {title}"
    yield f"language  {cleaned.language} ({cleaned.language_confidence:.2f})"
    yield f"blocks    {n_kept} kept, {len(cleaned.blocks) - n_kept} dropped"
    for block in cleaned.blocks:
        margin = f"{block.reason:{_REASON_WIDTH}} {block.rule:{_RULE_WIDTH}}"
        # A block is one line; what would move a terminal's cursor is shown as a space.
        text = "".join(letter if letter.isprintable() else " " for letter in block.text)
        sign = "+" if block.kept else "-"
        if colour:
            paint = _TITLE if block.reason == "title" else _KEPT if block.kept else _DROPPED
            yield f"{paint}{sign}{_RESET} {_MARGIN}{margin}{_RESET} {paint}{text}{_RESET}"
        else:
            yield f"{sign} {margin} {text}"
