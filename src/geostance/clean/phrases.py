"""The furniture of pages as data: phrases per language, compiled once."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import as_file, files
from typing import Any

from geostance.config import read_yaml

LANGUAGES = ("fr", "en", "ru", "tr", "de", "az", "hi", "es", "it")

# Where a phrase counts: on any line; in the head, in the tail or beside a dropped line; in the
# tail; as the heading of a section of furniture that follows.
# "glued" phrases are looked for at the end of a paragraph too.
ZONES = ("anywhere", "edges", "tail", "opener", "glued")

# What decides first when two reasons fit one line.
REASONS = (
    "copyright",
    "rss_footer",
    "cookies",
    "comment_count",
    "comment_widget",
    "share",
    "related",
    "paywall",
    "login",
    "newsletter",
    "tags",
    "loading",
    "caption",
    "source_link",
    "byline",
    "date",
    "other",
)

# Longer lines are prose; only phrases glued to their end are looked for.
MAX_CHARACTERS = 260

_NETWORKS = (
    r"(?:facebook|twitter|x|linked-?in|whats-?app|telegram|instagram|e-?mail|pinterest|reddit|"
    r"messenger|viber|youtube|tik-?tok|bluesky|mastodon|threads|flipboard|pocket|xing|vk|"
    r"вконтакте|одноклассники|фейсбук|твиттер|телеграм|телеграмм|ватсап|вотсап|вайбер|дзен|ok|"
    r"messenger|signal|sms|courriel|lien|link|google news)"
)
_AGENCIES = (
    r"(?:afp|reuters|ap|dpa|epa|apa|ansa|efe|pti|ani|ians|aa|dha|iha|ria novosti|риа новости|"
    r"тасс|интерфакс|belga|ats|xinhua|anadolu(?: ajansi)?|azertac|azərtac|trend|agences?)"
)


def _capitals() -> str:
    letters = (chr(code) for code in range(0x41, 0x590))
    return "".join(letter for letter in letters if letter.isupper())


_UPPER = f"[{_capitals()}]"
_PARTICLES = r"de|du|des|la|le|van|von|der|den|di|da|del|al|el|bin|ibn|ben|y|zu|d'\w+"
_NAME_WORD = rf"(?-i:{_UPPER}[\w'.-]*|{_PARTICLES})"
NAME = (
    rf"(?-i:{_UPPER})[\w'.-]*(?: {_NAME_WORD}){{0,4}}"
    r"(?:(?: (?:et|and|und|y|e|и|ve|və|&|/|–) |, )"
    rf"{_NAME_WORD}(?: {_NAME_WORD}){{0,4}}){{0,2}}"
)

_PLACEHOLDERS = {
    "{n}": r"(?:\d[\d .,]*k?)",
    "{any}": "(?:.{1,180})",
    "{clause}": "(?:[^.!?…]{1,180})",
    "{short}": "(?:.{1,60})",
    "{net}": _NETWORKS,
    "{agency}": _AGENCIES,
    "{name}": NAME,
}

# Letters, digits, and the marks that belong to a letter: accents, vowel signs, joiners.
_WORD = re.compile(
    "(?:[^\\W_]|[\u0300-\u036f\u064b-\u0652\u0900-\u0903\u093a-\u094f\u0951-\u0957\u200c\u200d])+"
)
_SENTENCE_END = re.compile(r"[.!?…»”\"\])։।]\s+(?=\S)")

_BULLETS = r"[\s•·▶►→>»|*+\-–—\[✉#◀«]*"
_ENDING = r"[\s.!…:»>›▾▼→|*\])✕×]*"


@dataclass(frozen=True)
class Phrases:
    """Compiled phrases: ``zones[zone]`` holds (reason, expression), first reasons first."""

    zones: dict[str, tuple[tuple[str, re.Pattern[str]], ...]]
    sections: frozenset[str]
    function_words: frozenset[str]
    clause_words: frozenset[str]
    date_words: frozenset[str]

    def reason(self, folded: str, zone: str) -> str | None:
        """Return the reason for which a whole line is furniture in ``zone``, or None."""
        return None if len(folded) > MAX_CHARACTERS else _reason(folded, zone)

    def glued_at(self, line: str) -> int | None:
        """Return where furniture begins behind the last sentence of ``line``, or None."""
        for found in _SENTENCE_END.finditer(line, max(0, len(line) - MAX_CHARACTERS)):
            if self.reason(fold(line[found.end() :]), "glued"):
                return found.end()
        return None


def fold(line: str) -> str:
    """Return ``line`` as phrases are compared: one kind of space, apostrophe and i; case stays."""
    for odd, plain in (("’", "'"), ("ʼ", "'"), ("`", "'"), ("İ", "I"), ("ı", "i"), ("\u0307", "")):
        line = line.replace(odd, plain)
    return " ".join(line.split())


def words(line: str) -> list[str]:
    """Return the words of a line in small letters."""
    return _WORD.findall(line.lower())


# A line is asked about several times, by several rules.
@lru_cache(maxsize=8192)
def _reason(folded: str, zone: str) -> str | None:
    for reason, expression in load_phrases().zones[zone]:
        if expression.fullmatch(folded):
            return reason
    return None


@cache
def load_phrases() -> Phrases:
    """Return the phrases of all languages together.

    A widget is often in another language than its page, and a rule that asked for the
    page's language could change its mind once furniture is gone.
    """
    by_zone: dict[str, dict[str, list[str]]] = {zone: {} for zone in ZONES}
    lists: dict[str, set[str]] = {
        "sections": set(),
        "function_words": set(),
        "clause_words": set(),
        "date_words": set(),
    }
    for language in LANGUAGES:
        with as_file(files(__package__) / "rules" / f"{language}.yml") as path:
            data: dict[str, Any] = read_yaml(path)
        for reason, zones in data["phrases"].items():
            for zone, expressions in zones.items():
                by_zone[zone].setdefault(reason, []).extend(expressions)
                if zone == "glued":
                    by_zone["anywhere"].setdefault(reason, []).extend(expressions)
        for name, found in lists.items():
            found.update(fold(str(word)).lower() for word in data[name])
    return Phrases(
        zones={
            zone: tuple(
                (reason, _compile(reasons[reason])) for reason in REASONS if reason in reasons
            )
            for zone, reasons in by_zone.items()
        },
        **{name: frozenset(found) for name, found in lists.items()},
    )


def _compile(expressions: list[str]) -> re.Pattern[str]:
    joined = "|".join(fold(expression) for expression in expressions)
    for placeholder, expression in _PLACEHOLDERS.items():
        joined = joined.replace(placeholder, expression)
    return re.compile(f"{_BULLETS}(?:{joined}){_ENDING}", re.IGNORECASE)
