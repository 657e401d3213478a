"""Which of many phrases a line has to be asked about, by its words and letters."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from geostance.clean.keys import LETTERS, MARKS, SIGNS, Keys

TOKEN = re.compile(f"(?:[^\\W\\d_]|[{MARKS}])+|[{SIGNS}]")
# Letters glued to a number, and signs, are words of their own to a phrase.
_MIXED = re.compile(rf"\d[^\W\d_]|[{SIGNS}]")
# Characters that any phrase may have around it, and letters by which its first word may go on.
_AROUND = " •·▶►→>»|*+-–—[✉#◀«.!…:›▾▼])✕×"
_ENDING_LETTERS = 3


class _Entry(NamedTuple):
    place: int
    within: frozenset[str] | None
    literals: tuple[str, ...]
    longest: int


@dataclass(frozen=True)
class Index:
    """The phrases by their keys: at the first word of a line, at any, or asked of every line."""

    at_start: dict[str, tuple[_Entry, ...]]
    within: dict[str, tuple[_Entry, ...]]
    unkeyed: tuple[_Entry, ...]
    _starting: dict[str, tuple[_Entry, ...]] = field(default_factory=dict)

    def candidates(self, folded: str, words: Sequence[str]) -> list[int]:
        """Return the places of the phrases whose keys and letters the line has, in order.

        ``words`` are those of the folded line, in small letters.
        """
        lowered = folded.lower()
        # What a phrase does not say of bullets, brackets and dots may stand around it.
        length = len(folded.strip(_AROUND)) - _ENDING_LETTERS
        tokens = TOKEN.findall(lowered) if _MIXED.search(folded) else words
        present = {token[:LETTERS] for token in tokens}
        # Behind a number as in "1.2k comments" the first word is not the first letters.
        if folded[:1].isdecimal():
            firsts = {token[:LETTERS] for token in tokens}
        else:
            firsts = {next((token for token in tokens if not token[0].isdecimal()), "")[:LETTERS]}
        found = {
            entry.place
            for first in firsts
            for entry in self._starts_with(first)
            if entry.longest >= length
            and (entry.within is None or not entry.within.isdisjoint(present))
            and _has_one(lowered, entry.literals)
        }
        for key in self.within.keys() & present:
            for entry in self.within[key]:
                if entry.longest >= length and _has_one(lowered, entry.literals):
                    found.add(entry.place)
        found.update(entry.place for entry in self.unkeyed)
        return sorted(found)

    def begins(self, word: str) -> bool:
        """Whether a phrase may begin with ``word``, in small letters."""
        return bool(self._starts_with(word[:LETTERS]))

    def _starts_with(self, letters: str) -> tuple[_Entry, ...]:
        known = self._starting.get(letters)
        if known is None:
            keys = (letters, f"{letters[:1]}*", f"{letters[:2]}*", f"{letters[:3]}*")
            known = tuple({entry for key in keys for entry in self.at_start.get(key, ())})
            self._starting[letters] = known
        return known


def make_index(keys: Iterable[tuple[int, Keys]]) -> Index:
    """Return the index of phrases at these places, each with its keys."""
    at_start: dict[str, list[_Entry]] = {}
    within: dict[str, list[_Entry]] = {}
    unkeyed: list[_Entry] = []
    for place, (first, rarest, literals, longest) in keys:
        entry = _Entry(place, rarest, literals, longest)
        if first is None and rarest is None:
            unkeyed.append(entry)
        for key in rarest or () if first is None else first:
            (within if first is None else at_start).setdefault(key, []).append(entry)
    return Index(
        at_start={key: tuple(entries) for key, entries in at_start.items()},
        within={key: tuple(entries) for key, entries in within.items()},
        unkeyed=tuple(unkeyed),
    )


def _has_one(lowered: str, literals: tuple[str, ...]) -> bool:
    if not literals:
        return True
    for letters in literals:
        if letters in lowered:
            return True
    return False
