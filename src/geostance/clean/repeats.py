"""Lines that come again and again in one outlet: its furniture, learned from the corpus at hand.

Counts are kept by lossy counting, so that memory does not grow with the corpus.
Source: Manku and Motwani 2002, "Approximate Frequency Counts over Data Streams",
https://doi.org/10.1016/B978-155860869-6/50038-X (algorithm 2, lossy counting).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import polars as pl

from geostance.clean.folding import fold
from geostance.clean.repair import repair
from geostance.settings.corpus import CleanSettings

# Fewer distinct articles than this tell nothing about an outlet.
MIN_ARTICLES = 5
# A longer line is prose, counted only among so many first and last lines of an article.
_SHORT_CHARACTERS = 80
_HEAD_LINES, _TAIL_LINES = 3, 6
_MAX_CHARACTERS = 400
# Every so many articles of an outlet the rare lines are forgotten: the error of a share is at
# most one in so many.
_BUCKET = 50
# Articles are one text when their three longest lines are the same; so many are remembered.
_TELLING_LINES = 3
_REMEMBERED_TEXTS = 20_000

_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Repeats:
    """For each outlet the lines, as ``key`` gives them, and the share of its articles they are in.

    ``edges`` holds long lines: they count at the beginning and the end of an article only.
    """

    lines: dict[str, dict[str, float]] = field(default_factory=dict)
    edges: dict[str, dict[str, float]] = field(default_factory=dict)

    def of(self, outlet: str | None) -> "OutletRepeats":
        """Return what was learned of one outlet; articles without one count as one outlet."""
        name = outlet or ""
        return OutletRepeats(self.lines.get(name, {}), self.edges.get(name, {}))


@dataclass(frozen=True)
class OutletRepeats:
    """What was learned of one outlet."""

    lines: dict[str, float]
    edges: dict[str, float]

    def share(self, text: str, place: int, n_lines: int) -> float | None:
        """Return the share of the outlet's articles that line ``place`` of ``n_lines`` is in.

        None when it is no repeated line, or a long one within the text.
        """
        if not (self.lines or self.edges):
            return None
        line = key(text)
        found = self.lines.get(line)
        if found is None and _at_edge(place, n_lines):
            found = self.edges.get(line)
        return found


@dataclass
class _Counts:
    """Lossy counts of the lines of one outlet."""

    articles: int = 0
    lines: dict[str, list[int]] = field(default_factory=dict)
    texts: dict[int, None] = field(default_factory=dict)

    def add(self, text: str) -> None:
        lines = [bare for line in text.split("\n") if (bare := line.strip())]
        if not lines:
            return
        signature = hash(tuple(sorted(lines, key=len)[-_TELLING_LINES:]))
        if signature in self.texts:
            return
        self.texts[signature] = None
        if len(self.texts) > _REMEMBERED_TEXTS:
            del self.texts[next(iter(self.texts))]
        bucket = self.articles // _BUCKET
        self.articles += 1
        for line in set(_counted(lines)):
            count = self.lines.setdefault(line, [0, bucket])
            count[0] += 1
        if self.articles % _BUCKET == 0:
            self.lines = {line: c for line, c in self.lines.items() if sum(c) > bucket + 1}

    def frequent(self, share: float) -> Iterator[tuple[str, float]]:
        least = max(share * self.articles, MIN_ARTICLES)
        for line, (count, missed) in sorted(self.lines.items()):
            if count + missed >= least and count >= MIN_ARTICLES:
                yield line, round(min(1.0, count / self.articles), 4)


def learn_repeats(frames: Iterable[pl.DataFrame], settings: CleanSettings) -> Repeats:
    """Return the lines that stand in ``settings.repeated_share`` of an outlet's articles.

    ``frames`` are parts of the table ``documents``, read once. Copies of one text count
    once, and a line has to stand in MIN_ARTICLES distinct articles at least.
    """
    outlets: dict[str, _Counts] = {}
    for frame in frames:
        for outlet, text in frame.select("outlet", "text").iter_rows():
            if text:
                outlets.setdefault(outlet or "", _Counts()).add(text)
    lines: dict[str, dict[str, float]] = {}
    edges: dict[str, dict[str, float]] = {}
    for outlet, counts in sorted(outlets.items()):
        for line, share in counts.frequent(settings.repeated_share):
            table = lines if len(line) <= _SHORT_CHARACTERS else edges
            table.setdefault(outlet, {})[line] = share
    return Repeats(lines, edges)


def key(line: str) -> str:
    """Return a line as it is compared: mended, folded, in small letters, any number as 0."""
    return _DIGITS.sub("0", fold(repair(line)).lower())


def _counted(lines: list[str]) -> Iterator[str]:
    for place, line in enumerate(lines):
        short = len(line) <= _SHORT_CHARACTERS
        if short or (len(line) <= _MAX_CHARACTERS and _at_edge(place, len(lines))):
            yield key(line)


def _at_edge(place: int, n_lines: int) -> bool:
    return place < _HEAD_LINES or place >= n_lines - _TAIL_LINES
