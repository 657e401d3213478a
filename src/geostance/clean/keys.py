"""Which words a phrase cannot do without, so that each is tried on few lines only.

A phrase is a small regular expression: letters, groups, classes and placeholders. From it
follow keys, the first letters of a word; every line that matches has one of them, at its
first word or at any.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

LETTERS = 4
# Signs that count as words of their own.
SIGNS = "©℗#€"
# What stands for the end of a word and for a number: parts that end a word and are no sign.
_BOUND, _NUMBER = "\b", "0"
_NO_SIGN = (_BOUND, _NUMBER)
# What the placeholders stand for is so many characters at most; of the rest there is no telling.
_WIDTHS = {"{any}": 180, "{clause}": 180, "{short}": 60}
_NO_LIMIT = 10_000
# More ways to begin than this, and the place gives no keys worth having.
_MAX_WAYS = 400

# Marks that belong to the letter before: accents, vowel signs, joiners.
MARKS = (
    "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u200c\u200d"
)
_LETTER = re.compile(f"[^\\W\\d_]|[{MARKS}]")
_TOKEN = re.compile(
    r"\\.|\{\w+\}|\(\?(?:[a-zA-Z-]*:|[=!]|<[=!])|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL
)
_REPEAT = re.compile(r"(?:[?*+]|\{\d+(?:,\d*)?\})[?+]?")


@dataclass(frozen=True)
class Item:
    """A part of a sequence: a letter, a group of alternatives, nothing at all, or anything.

    ``width`` is how many characters it is at most, when it is no group and not repeated.
    """

    letter: str | None = None
    group: "tuple[tuple[Item, ...], ...] | None" = None
    optional: bool = False
    repeated: bool = False
    empty: bool = False
    width: int = 1


class Way(NamedTuple):
    """One way in which a sequence may begin: its first letters, and if more may follow.

    ``cut`` says that what follows is unknown, so that the word may go on.
    """

    letters: str
    open: bool
    cut: bool = False


class Keys(NamedTuple):
    """What every match has: a key at its first word, and one of the rarest at any; or neither.

    A key shorter than LETTERS is a whole word, unless it ends in "*", at the start only.
    ``literals`` are runs of small letters and signs of which it has one; none when not known.
    ``longest`` is how many characters it has at most.
    """

    first: frozenset[str] | None
    within: frozenset[str] | None
    literals: tuple[str, ...] = ()
    longest: int = _NO_LIMIT


def alternatives(expression: str) -> list[str]:
    """Return the alternatives of an expression that stand outside all groups."""
    parts, depth, last = [], 0, 0
    for found in _TOKEN.finditer(expression):
        token = found[0]
        depth += token.startswith("(") - (token == ")")
        if token == "|" and depth == 0:
            parts.append(expression[last : found.start()])
            last = found.end()
    parts.append(expression[last:])
    if len(parts) == 1 and _is_one_group(expression):
        return alternatives(expression[3:-1])
    return parts if len(parts) == 1 else [one for part in parts for one in alternatives(part)]


def _is_one_group(expression: str) -> bool:
    if not (expression.startswith("(?:") and expression.endswith(")")):
        return False
    depth = 0
    for found in _TOKEN.finditer(expression):
        depth += found[0].startswith("(") - (found[0] == ")")
        if depth == 0:
            return found.end() == len(expression)
    return False


def find_keys(expression: str, common: frozenset[str]) -> Keys:
    """Return the keys of an expression; ``common`` are the keys of words found in most texts."""
    (items,) = _group(_tokens(expression.lower()))[0]
    found = [
        ways
        for place in range(1, len(items))
        if _begins_a_word(items, place)
        and (ways := _ways(items[place:])) is not None
        and not any(key.endswith("*") for key in ways)
    ]
    rarest = min(found, default=None, key=lambda ways: (_cost(ways, common), len(ways)))
    return Keys(_ways(items), rarest, tuple(sorted(_literals(items))), _longest(items))


def _longest(items: tuple[Item, ...]) -> int:
    return sum(
        _NO_LIMIT
        if item.repeated
        else item.width
        if item.group is None
        else max(map(_longest, item.group))
        for item in items
    )


def _literals(items: tuple[Item, ...]) -> frozenset[str]:
    """Return runs of letters of which every match of ``items`` has one, the most telling set.

    It is empty where no run is certain.
    """
    found: list[frozenset[str]] = []
    run = ""
    for item in (*items, Item()):
        if item.letter is not None and not (
            item.optional or item.repeated or item.letter in _NO_SIGN
        ):
            run += item.letter
            continue
        if run.strip():
            found.append(frozenset({run}))
        run = ""
        if item.group is not None and not item.optional:
            inner = [_literals(sequence) for sequence in item.group]
            if all(inner):
                found.append(frozenset().union(*inner))
    return max(found, key=_telling, default=frozenset())


def _telling(runs: frozenset[str]) -> tuple[bool, int, int]:
    """Return how much a choice of runs tells: few long ones are found quickly and seldom."""
    shortest = min(map(len, runs))
    return shortest >= LETTERS, -len(runs), shortest


def _cost(keys: frozenset[str], common: frozenset[str]) -> int:
    return max(2 * (key in common) + (len(key) < LETTERS) for key in keys)


def _begins_a_word(items: tuple[Item, ...], place: int) -> bool:
    """Whether a word that stands at ``place`` begins there."""
    if place == 0 or _is_sign(items[place]):
        return True
    before = items[place - 1]
    return _ends_a_word(before) and (
        not (before.optional or before.empty) or _begins_a_word(items, place - 1)
    )


def _ends_a_word(item: Item) -> bool:
    if item.letter is not None:
        return _LETTER.fullmatch(item.letter) is None
    if item.group is not None:
        return all(not sequence or _ends_a_word(sequence[-1]) for sequence in item.group)
    # What is not known may end in a letter; a phrase's word begins a word all the same.
    return True


def _is_sign(item: Item) -> bool:
    return item.letter is not None and item.letter in SIGNS


def _ways(items: tuple[Item, ...]) -> frozenset[str] | None:
    found = _extend({Way("", True)}, items)
    if found is None or any(not way.letters for way in found):
        return None
    return frozenset(
        way.letters[:LETTERS] + "*" * (way.cut and len(way.letters) < LETTERS) for way in found
    )


def _extend(ways: set[Way], items: tuple[Item, ...]) -> set[Way] | None:
    for item in items:
        if not any(way.open for way in ways):
            break
        after = {way for way in ways if not way.open or item.optional}
        for way in ways:
            if way.open:
                more = _step(way, item)
                if more is None:
                    return None
                after |= more
        if len(after) > _MAX_WAYS:
            return None
        ways = after
    return ways


def _step(way: Way, item: Item) -> set[Way] | None:
    if item.empty:
        return {way}
    if item.letter is not None:
        if item.letter in SIGNS:
            return {Way(way.letters or item.letter, False)}
        if not _LETTER.fullmatch(item.letter):
            return {Way(way.letters, not way.letters)}
        letters = way.letters + item.letter
        return {Way(letters, len(letters) < LETTERS and not item.repeated, item.repeated)}
    if item.group is None:
        return {Way(way.letters, False, True)}
    found: set[Way] = set()
    for sequence in item.group:
        more = _extend({way}, sequence)
        if more is None:
            return None
        found |= more
    if item.repeated:
        return {Way(one.letters, False, True) if one.letters else one for one in found}
    return found


def _tokens(expression: str) -> Iterator[tuple[str, str]]:
    """Yield each token with the repetition that follows it."""
    place = 0
    while found := _TOKEN.match(expression, place):
        place = found.end()
        opens = found[0] == "|" or found[0].startswith("(")
        repeat = None if opens else _REPEAT.match(expression, place)
        place = repeat.end() if repeat else place
        yield found[0], repeat[0] if repeat else ""


def _group(tokens: Iterator[tuple[str, str]]) -> tuple[tuple[tuple[Item, ...], ...], str]:
    """Return the sequences up to the end of a group, and the repetition behind it."""
    sequences: list[tuple[Item, ...]] = []
    items: list[Item] = []
    closing = ""
    for token, repeat in tokens:
        if token == "|":
            sequences.append(tuple(items))
            items = []
        elif token == ")":
            closing = repeat
            break
        elif token.startswith("("):
            inner, after = _group(tokens)
            looks = "=" in token or "!" in token
            items.append(Item(empty=True) if looks else Item(None, inner, *_repetition(after)))
        else:
            items.append(_item(token, *_repetition(repeat)))
    sequences.append(tuple(items))
    return tuple(sequences), closing


def _item(token: str, optional: bool, repeated: bool) -> Item:
    if token == r"\b":
        return Item(_BOUND)
    if token.startswith("\\") and not token[1].isalnum():
        return Item(token[1], None, optional, repeated)
    if token.startswith("[") and not token.startswith("[^"):
        inside = token[1:-1]
        if "\\" not in inside and "-" not in inside[1:-1]:
            return Item(None, tuple((Item(letter),) for letter in inside), optional, repeated)
    if token == "{n}":
        # A number is no word, and ends one.
        return Item(_NUMBER, None, optional, repeated, width=_NO_LIMIT)
    opaque = len(token) > 1 or token == "."
    width = _WIDTHS.get(token, _NO_LIMIT) if token.startswith("{") else 1
    return Item(None if opaque else token, None, optional, repeated, width=width)


def _repetition(repeat: str) -> tuple[bool, bool]:
    optional = repeat[:1] in ("?", "*") or repeat.startswith("{0")
    return optional if repeat else False, repeat[:1] in ("*", "+", "{") if repeat else False
