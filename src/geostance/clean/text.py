"""Clean one text: keep headline and body, drop the page's furniture, say why."""

from dataclasses import dataclass

from geostance.clean.blocks import Block, join_blocks, kept_body, split_blocks
from geostance.clean.headline import find_headline
from geostance.clean.language import UNKNOWN, detect
from geostance.clean.page import Line, Page, make_line
from geostance.clean.phrases import Phrases, load_phrases
from geostance.clean.repair import repair
from geostance.clean.rules import apply_rules

# A declared language stands where lingua is less sure than this.
_UNSURE = 0.5


@dataclass(frozen=True)
class Cleaned:
    """A cleaned text.

    ``text`` is the body without the headline. ``blocks`` holds every non-blank line of
    the input with its offsets there; ``reason`` says why a block was dropped.
    """

    title: str | None
    text: str
    language: str
    language_confidence: float
    blocks: tuple[Block, ...]


def clean_text(text: str, title: str | None = None, language: str | None = None) -> Cleaned:
    """Return ``text`` without its furniture; cleaning the result again changes nothing.

    ``title`` is the headline when the source gave it; else the first line above the
    body that can be one. ``language`` is what the source declared: it decides where
    detection is not sure.
    """
    phrases = load_phrases()
    blocks = split_blocks(text, phrases.glued_at)
    headline = make_line(repair(title)) if title else None
    if headline is not None and not headline.text:
        headline = None
    # Each round sees only what the last one kept, as a second cleaning would.
    while True:
        before = [block for block in blocks if block.kept]
        blocks, headline = _round(blocks, headline, phrases, language)
        if [block for block in blocks if block.kept] == before:
            break
    body = join_blocks(kept_body(blocks), text)
    found = detect(f"{headline.text}\n{body}" if headline else body)
    if language and (found.language == UNKNOWN or found.confidence < _UNSURE):
        found = found._replace(language=language)
    return Cleaned(
        title=headline.text if headline else None,
        text=body,
        language=found.language,
        language_confidence=round(found.confidence, 4),
        blocks=tuple(blocks),
    )


def _round(
    blocks: list[Block], headline: Line | None, phrases: Phrases, language: str | None
) -> tuple[list[Block], Line | None]:
    places = [n for n, block in enumerate(blocks) if block.kept and block.reason == "body"]
    lines = [make_line(blocks[n].text) for n in places]
    changed = list(blocks)
    found = None
    if not any(block.reason == "title" for block in blocks):
        sketch = Page(lines, phrases, headline)
        if headline is None:
            apply_rules(sketch)
        found = find_headline(sketch, headline)
    if found is not None:
        headline = headline or lines[found.place]
        changed[places[found.place]] = _titled(changed[places[found.place]])
        for banner in found.banners:
            changed[places[banner]] = changed[places[banner]].dropped("banner")
        gone = {found.place, *found.banners}
        places = [place for n, place in enumerate(places) if n not in gone]
        lines = [line for n, line in enumerate(lines) if n not in gone]
    page = Page(lines, phrases, headline, language)
    apply_rules(page)
    for place, reason in zip(places, page.reasons, strict=True):
        if reason is not None:
            changed[place] = changed[place].dropped(reason)
    return changed, headline


def _titled(block: Block) -> Block:
    return Block(block.text, block.start, block.end, reason="title")
