"""Clean one text: keep headline and body, drop the page's furniture, say why."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from geostance.clean.blocks import Block, blank_lines, join_blocks, split_blocks
from geostance.clean.headline import find_headline
from geostance.clean.language import UNKNOWN, Detected, detect, detect_many
from geostance.clean.lines import Line, make_line
from geostance.clean.page import Page
from geostance.clean.repair import repair
from geostance.clean.repeats import OutletRepeats
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


def clean_text(
    text: str,
    title: str | None = None,
    language: str | None = None,
    repeats: OutletRepeats | None = None,
) -> Cleaned:
    """Return ``text`` without its furniture; cleaning the result again changes nothing.

    ``title`` is the headline when the source gave it; else the first line above the
    body that can be one. ``language`` is what the source declared: it decides where
    detection is not sure. ``repeats`` is what was learned of the outlet's lines.
    """
    body = _find_body(text, title, language, repeats)
    return body.cleaned(detect(body.telling))


def clean_texts(given: Iterable[tuple[Any, ...]]) -> list[Cleaned]:
    """Return ``clean_text`` of the arguments of each text, their languages found together."""
    bodies = [_find_body(*arguments) for arguments in given]
    found = detect_many(body.telling for body in bodies)
    return [body.cleaned(one) for body, one in zip(bodies, found, strict=True)]


class _Body(NamedTuple):
    """The title and the text left of one, its blocks, and the language that was declared."""

    title: str | None
    text: str
    declared: str | None
    blocks: tuple[Block, ...]

    @property
    def telling(self) -> str:
        """What tells the language: the headline and the text."""
        return f"{self.title}\n{self.text}" if self.title else self.text

    def cleaned(self, found: Detected) -> Cleaned:
        """Return the cleaned text, in the language found unless that is unsure."""
        language = found.language
        if self.declared and (language == UNKNOWN or found.confidence < _UNSURE):
            language = self.declared
        return Cleaned(
            title=self.title,
            text=self.text,
            language=language,
            language_confidence=round(found.confidence, 4),
            blocks=self.blocks,
        )


def _find_body(
    text: str, title: str | None, language: str | None, repeats: OutletRepeats | None
) -> _Body:
    blocks = split_blocks(text)
    headline = make_line(repair(title)) if title else None
    if headline is not None and not headline.text:
        headline = None
    lines = [make_line(block.text) for block in blocks]
    outcome = _Outcome(lines, blank_lines(blocks, text), headline, language, repeats)
    # Each round sees only what the last one kept, as a second cleaning would.
    left = len(blocks) + 1
    while len(places := outcome.body()) < left:
        left = len(places)
        outcome.go_on(places)
    blocks = [
        block
        if reason == "body"
        else Block(block.text, block.start, block.end, reason == "title", reason, rule)
        for block, reason, rule in zip(blocks, outcome.reasons, outcome.rules, strict=True)
    ]
    headline = outcome.headline
    return _Body(
        title=headline.text if headline else None,
        text=join_blocks([blocks[place] for place in places], text),
        declared=language,
        blocks=tuple(blocks),
    )


class _Outcome:
    """The lines of a text, and for each "body", "title" or the reason why it is dropped."""

    def __init__(
        self,
        lines: list[Line],
        gaps: list[bool],
        headline: Line | None,
        language: str | None,
        repeats: OutletRepeats | None,
    ) -> None:
        self.lines, self.gaps, self.headline, self.language = lines, gaps, headline, language
        self.repeats = repeats
        self.reasons = ["body"] * len(lines)
        self.rules = [""] * len(lines)

    def body(self) -> list[int]:
        """Return the places of the lines that are kept as body text."""
        return [place for place, reason in enumerate(self.reasons) if reason == "body"]

    def go_on(self, places: list[int]) -> None:
        """Find the headline and drop furniture among the lines at ``places``."""
        gaps = [
            any(self.gaps[last + 1 : place + 1])
            for last, place in zip([-1, *places], places, strict=False)
        ]
        lines = [self.lines[place] for place in places]
        page = Page(lines, gaps, self.headline, self.language, self.repeats)
        changed = None
        if "title" not in self.reasons:
            sketched = self.headline is None
            if sketched:
                apply_rules(page)
                changed = []
            found = find_headline(page, self.headline)
            if found is not None:
                self.headline = self.headline or page.lines[found.place]
                self._set(places[found.place], "title", "")
                for banner in found.banners:
                    self._set(places[banner], "banner", "headline")
                gone = {found.place, *found.banners}
                places = [place for n, place in enumerate(places) if n not in gone]
                page = page.without(gone, self.headline, self.language)
                changed = [page.below_title or 0] if sketched else None
        apply_rules(page, changed)
        for place, reason, rule in zip(places, page.reasons, page.rules, strict=True):
            if reason is not None:
                self._set(place, reason, rule)

    def _set(self, place: int, reason: str, rule: str) -> None:
        self.reasons[place] = reason
        self.rules[place] = rule
