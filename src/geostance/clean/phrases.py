"""The furniture of pages as data: phrases per language, compiled when first needed."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import Any, NamedTuple

from geostance.clean.folding import fold, words
from geostance.clean.index import TOKEN, Index, make_index
from geostance.clean.keys import LETTERS, Keys, alternatives, find_keys
from geostance.strict_yaml import read_yaml

LANGUAGES = ("fr", "en", "ru", "tr", "de", "az", "hi", "es", "it", "uk", "ar", "fa")

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


UPPER = f"[{_capitals()}]"
_PARTICLES = r"de|du|des|la|le|van|von|der|den|di|da|del|al|el|bin|ibn|ben|y|zu|d'\w+"
_NAME_WORD = rf"(?-i:{UPPER}[\w'.-]*|{_PARTICLES})"
NAME = (
    rf"(?-i:{UPPER})[\w'.-]*(?: {_NAME_WORD}){{0,4}}"
    r"(?:(?: (?:et|and|und|y|e|и|ve|və|&|/|–) |, )"
    rf"{_NAME_WORD}(?: {_NAME_WORD}){{0,4}}){{0,2}}"
)

_WORDS = {"{net}": _NETWORKS, "{agency}": _AGENCIES}
_PLACEHOLDERS = {
    "{n}": r"(?:\d[\d .,]*k?)",
    "{any}": "(?:.{1,180})",
    "{clause}": "(?:[^.!?…]{1,180})",
    "{short}": "(?:.{1,60})",
    "{name}": NAME,
}

# The end of a sentence, and how the next one begins.
_SENTENCE_END = re.compile(rf"[.!?…»”\"\])।։؟۔]\s+(?=\W*?({TOKEN.pattern}))")

# These two say what may stand around any phrase, and the index strips it.
_BULLETS = r"[\s•·▶►→>»|*+\-–—\[✉#◀«]*"
_ENDING = r"[\s.!…:»>›▾▼→|*\])✕×]*"


class Verdict(NamedTuple):
    """Why a line is furniture, and the language of the phrase that says so.

    ``anchored`` says that the phrase begins with words of its own, not with any words.
    """

    reason: str
    language: str
    anchored: bool = True


class Phrase(NamedTuple):
    """One alternative of one expression, for one zone."""

    zone: str
    verdict: Verdict
    expression: str

    def matches(self, folded: str) -> bool:
        """Whether the whole line is this phrase."""
        return _compiled(self.expression).fullmatch(folded) is not None


@dataclass(frozen=True)
class Phrases:
    """The phrases in the order of REASONS, and lists of words; ``languages_of`` function words.

    ``index`` finds the phrases a line has to be asked about, ``glued`` those of that zone.
    """

    phrases: tuple[Phrase, ...]
    index: Index
    glued: Index
    sections: frozenset[str]
    function_words: frozenset[str]
    clause_words: frozenset[str]
    date_words: frozenset[str]
    languages_of: dict[str, tuple[str, ...]]

    def verdicts(self, folded: str, words: Sequence[str]) -> dict[str, Verdict]:
        """Return, by zone, why a whole line is furniture there.

        The first reason counts, an anchored phrase before others.

        ``words`` are those of the folded line, in small letters.
        """
        found: dict[str, Verdict] = {}
        for place in self.index.candidates(folded, words):
            phrase = self.phrases[place]
            known = found.get(phrase.zone)
            better = known is None or phrase.verdict.anchored > known.anchored
            if better and phrase.matches(folded):
                found[phrase.zone] = phrase.verdict
        return found

    def glued_at(self, line: str) -> int | None:
        """Return where furniture begins behind the last sentence of ``line``, or None."""
        for found in _SENTENCE_END.finditer(line, max(0, len(line) - MAX_CHARACTERS)):
            if not self.glued.begins(fold(found[1]).lower()):
                continue
            folded = fold(line[found.end() :])
            places = self.glued.candidates(folded, words(folded))
            if any(self.phrases[place].matches(folded) for place in places):
                return found.end()
        return None


@cache
def load_phrases() -> Phrases:
    """Return the phrases of all languages together.

    A widget is often in another language than its page, and a rule that asked for the
    page's language could change its mind once furniture is gone.
    """
    read: dict[str, dict[str, Any]] = {}
    for language in LANGUAGES:
        with as_file(files(__package__) / "rules" / f"{language}.yml") as path:
            read[language] = read_yaml(path)
    lists = {
        name: {
            language: frozenset(fold(str(word)).lower() for word in data[name])
            for language, data in read.items()
        }
        for name in ("sections", "function_words", "clause_words", "date_words")
    }
    every = {name: frozenset().union(*by.values()) for name, by in lists.items()}
    common = frozenset(word[:LETTERS] for word in every["function_words"])
    phrases: list[Phrase] = []
    keys: list[Keys] = []
    for zone, verdict, expression in _phrases(read):
        found = find_keys(expression, common)
        verdict = verdict._replace(anchored=found.first is not None)
        phrases.append(Phrase(zone, verdict, expression))
        keys.append(found)
    glued = [place for place, phrase in enumerate(phrases) if phrase.zone == "glued"]
    return Phrases(
        phrases=tuple(phrases),
        index=make_index(enumerate(keys)),
        glued=make_index((place, keys[place]) for place in glued),
        languages_of={
            word: tuple(code for code, known in lists["function_words"].items() if word in known)
            for word in every["function_words"]
        },
        **every,
    )


def _phrases(read: dict[str, dict[str, Any]]) -> Iterator[tuple[str, Verdict, str]]:
    for reason in REASONS:
        for language, data in read.items():
            for zone, expressions in data["phrases"].get(reason, {}).items():
                for expression in expressions:
                    folded = fold(unicodedata.normalize("NFC", expression))
                    for placeholder, known in _WORDS.items():
                        folded = folded.replace(placeholder, known)
                    for alternative in alternatives(folded):
                        for place in ("glued", "anywhere") if zone == "glued" else (zone,):
                            yield place, Verdict(reason, language), alternative


# A first word that any words follow ends there, but for an ending of one to three letters.
_FIRST_WORDS = re.compile(r"((?:\(\?:[^()]*\)|[^(){}\[\]\\.?]+)[\w)])(?=\{(?:any|short)\})")


def _bounded(expression: str) -> str:
    return (
        _FIRST_WORDS.sub(r"\1(?:\\w{0,3}\\b)", expression, count=1)
        if (_FIRST_WORDS.match(expression))
        else expression
    )


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    expression = _bounded(expression)
    for placeholder, known in _PLACEHOLDERS.items():
        expression = expression.replace(placeholder, known)
    return re.compile(f"{_BULLETS}(?:{expression}){_ENDING}", re.IGNORECASE)
