"""The words that give the floor to a source: read from ``quotation.yml``, compiled once."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from geostance.errors import ConfigError
from geostance.strict_yaml import read_yaml
from geostance.targets import base_language

KINDS = ("earlier", "hearsay", "according", "judged", "judging", "saying")
_LISTS = {
    "earlier",
    "hearsay",
    "according",
    "judging",
    "saying",
    "auxiliaries",
    "complement",
    "unless",
    "breaks",
    "abbreviations",
}
_OPTIONAL = {
    "judged",
    "participles",
    "articles",
    "named",
    "opening",
    "bare",
    "own",
    "speakers",
    "themes",
    "dash",
}
_ORDERS = ("verb-object", "object-verb")

_WORDS = (
    "complement",
    "unless",
    "breaks",
    "opening",
    "articles",
    "named",
    "bare",
    "own",
    "speakers",
    "themes",
)

# Vowel signs of Devanagari are no \w, yet part of a word.
LETTER = r"[\w\u0900-\u0963]"
_SPACE, _GAP = r"[ *_]+", r"[^.,;:!?\n]{0,80}?"
# A form that ends in an apostrophe goes on with a letter.
_ENDS = rf"(?:(?<=')|(?!{LETTER}))"
_CHOICE = re.compile(r"\(([^()]*)\)")
_SIGN = {" ": _SPACE, "*": LETTER + "*", "…": _GAP}

# What ends or frames a sentence, in every language; "break" is a run of spaces, the line
# break of texts that were flattened.
_FRAME = (
    r"(?P<line>\n)|(?P<gap> {2,})|(?P<end>[.!?…।॥;]+)"
    r"|(?P<mark>[«»„“”\"‹›‘‚]|(?<!\w)'|'(?!\w))"
)


@dataclass(frozen=True)
class Lexicon:
    """The compiled cues of a language; without one only marks and sentence ends are known."""

    scan: re.Pattern[str]
    complement: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    breaks: re.Pattern[str] | None = None
    opening: re.Pattern[str] | None = None
    articles: re.Pattern[str] | None = None
    named: re.Pattern[str] | None = None
    bare: re.Pattern[str] | None = None
    own: re.Pattern[str] | None = None
    speakers: re.Pattern[str] | None = None
    themes: re.Pattern[str] | None = None
    abbreviations: frozenset[str] = frozenset()
    verb_final: bool = False
    dash: bool = False


def lexicon_for(language: str | None) -> Lexicon:
    """Return the shipped cues of a BCP 47 tag; those of no language for an unknown one."""
    lexicons = _shipped()
    return lexicons.get(base_language(language) or "", lexicons[""])


def read_lexicons(path: Path) -> dict[str, Lexicon]:
    """Read the cues of each language; the key "" is the lexicon of every other language.

    Raises:
        ConfigError: a key is unknown or lacking, or a value is not what it should be.
    """
    entries = read_yaml(path)
    if not isinstance(entries, dict):
        raise _fault(path, "the file is no mapping", "write one language code per top-level key")
    known = {"": Lexicon(re.compile(_FRAME))}
    for language, entry in entries.items():
        _check(path, language, entry)
        known[language] = _compiled(entry)
    return known


@cache
def _shipped() -> dict[str, Lexicon]:
    with resources.as_file(resources.files("geostance") / "stance/quotation.yml") as path:
        return read_lexicons(path)


def _check(path: Path, language: Any, entry: Any) -> None:
    if not isinstance(entry, dict):
        raise _fault(path, f"{language!r} is no mapping", "give it the keys the others have")
    if unknown := sorted(set(entry) - _LISTS - _OPTIONAL - {"order"}):
        raise _fault(path, f"unknown key {language}.{unknown[0]}", "remove it or mend its name")
    if lacking := sorted((_LISTS | {"order"}) - set(entry)):
        raise _fault(path, f"{language} lacks {lacking[0]}", "an empty list is written []")
    for key, value in entry.items():
        if key == "order":
            fine = value in _ORDERS
        elif key == "dash":
            fine = isinstance(value, bool)
        else:
            fine = isinstance(value, list) and all(
                isinstance(form, str) and "(" not in _CHOICE.sub("", form) and form.strip(" *…")
                for form in value
            )
        if not fine:
            raise _fault(
                path, f"{language}.{key} holds {value!r}", "see the head of the file for its form"
            )


def _fault(path: Path, what: str, mend: str) -> ConfigError:
    return ConfigError(what, str(path), mend)


def _compiled(entry: Mapping[str, Any]) -> Lexicon:
    cues = "|".join(f"(?P<{kind}>{_cue(entry, kind)}){_ENDS}" for kind in KINDS if entry.get(kind))
    return Lexicon(
        re.compile(f"{_FRAME}|(?<!{LETTER})(?<!-)(?:{cues})"),
        **{key: _words(key, entry.get(key)) for key in _WORDS},
        abbreviations=frozenset(entry["abbreviations"]),
        verb_final=entry["order"] == "object-verb",
        dash=entry.get("dash", False),
    )


def _cue(entry: Mapping[str, Any], kind: str) -> str:
    # Without its accent "accusé" would be "accuse", which governs the other side.
    forms = _alternation(entry[kind], plain=kind != "judged")
    if kind not in ("judging", "saying") or not entry["auxiliaries"]:
        return forms
    before = f"(?:{_alternation(entry['auxiliaries'])}){_SPACE}"
    if kind == "saying" and entry.get("participles"):
        return f"(?:(?:{before})?{forms}|{before}{_alternation(entry['participles'])})"
    return f"(?:{before})?{forms}"


def _words(key: str, forms: list[str] | None) -> re.Pattern[str] | None:
    if not forms:
        return None
    if key == "named":
        # Looked for at the end of what precedes a mark.
        return re.compile(f"(?<!{LETTER}){_alternation(forms)}\\Z")
    return re.compile(f"(?<!{LETTER}){_alternation(forms)}{_ENDS}")


def _alternation(phrases: Iterable[str], *, plain: bool = True) -> str:
    """Compile phrases into one pattern that shares their beginnings, longest first."""
    root: dict[str, Any] = {}
    for phrase in phrases:
        for form in _forms(phrase.lower()):
            for written in {form, _plain(form) if plain else form}:
                node = root
                for letter in written.strip():
                    node = node.setdefault(letter, {})
                node[""] = {}
    return _pattern(root)


def _pattern(node: dict[str, Any]) -> str:
    branches = [
        _SIGN.get(letter, re.escape(letter)) + _pattern(below)
        for letter, below in sorted(node.items(), reverse=True)
        if letter
    ]
    if not branches:
        return ""
    joined = branches[0] if len(branches) == 1 and "" not in node else f"(?:{'|'.join(branches)})"
    return f"{joined}?" if "" in node else joined


def _forms(phrase: str) -> list[str]:
    """Write out the choices: ``accus(e|ant)`` gives ``accuse`` and ``accusant``."""
    found = _CHOICE.search(phrase)
    if not found:
        return [" ".join(phrase.split())]
    return [
        form
        for choice in found[1].split("|")
        for form in _forms(phrase[: found.start()] + choice + phrase[found.end() :])
    ]


def _plain(form: str) -> str:
    """Strip Latin accents: some feeds have none."""
    parts = unicodedata.normalize("NFD", form)
    if not re.search(r"[a-z][\u0300-\u036f]", parts):
        return form
    return "".join(part for part in parts if not "\u0300" <= part <= "\u036f")
