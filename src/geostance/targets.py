"""Where a text speaks of a state or an alliance.

Targets are data (``targets.yml``, whose head explains how an alias is read): a
researcher adds one in a file of the same form, without code.
"""

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from geostance.errors import ConfigError
from geostance.strict_yaml import read_yaml

SHIPPED = Path(__file__).with_name("targets.yml")

EVERY_LANGUAGE = "all"

# Vowel signs of Devanagari and Arabic and combining accents belong to a word, but \w leaves
# them out.
_LETTER = r"\w\u0300-\u036f\u064b-\u0655\u0900-\u0963\u0971-\u097f"
_VARIANTS = {
    " ": r"\s+",
    "-": "[\\-\u2010\u2011\u2013]",
    "'": "['\u2019\u02bc]",
    "*": f"[{_LETTER}]*",
}
_CHOICE = re.compile(r"\(([^()]*)\)")
# A name that is written in more ways, or leaves more open, would take for ever to look for.
_MOST_FORMS, _MOST_STARS, _MOST_LETTERS = 1_000, 3, 200
_KEYS = ("labels", "aliases", "traps")


@dataclass(frozen=True)
class Mention:
    """One place where a text names a target; ``text[start:end] == surface``."""

    target: str
    start: int
    end: int
    surface: str


@dataclass(frozen=True)
class Target:
    """A state or an alliance with its names; ``aliases`` and ``traps`` are keyed by language."""

    id: str
    labels: dict[str, str]
    aliases: dict[str, tuple[str, ...]]
    traps: dict[str, tuple[str, ...]]

    @cached_property
    def content(self) -> str:
        """All that it says, as one text; writing it takes longer than looking for its names."""
        return repr(self)

    def label(self, language: str) -> str:
        """Return the name to print in ``language``, the English one where there is none."""
        return self.labels.get(language, self.labels["en"])


def load_targets(targets_file: str | Path | None = None) -> dict[str, Target]:
    """Return the shipped targets and those of ``targets_file``, which win over shipped ones.

    Raises:
        ConfigError: the file is unreadable or does not have the form of ``targets.yml``.
    """
    targets = _read(SHIPPED, 0)
    if targets_file is not None:
        path = Path(targets_file)
        # The date in the key makes an edited file count within one session.
        changed = path.stat().st_mtime_ns if path.exists() else 0
        targets = {**targets, **_read(path, changed)}
    return targets


def labels_of(targets_file: str | Path | None, language: str) -> dict[str, str]:
    """Return what the researcher's own targets are called in ``language``, by id.

    Raises:
        ConfigError: the file is unreadable or does not have the form of ``targets.yml``.
    """
    shipped = load_targets()
    return {
        name: target.label(language)
        for name, target in load_targets(targets_file).items()
        if target != shipped.get(name)
    }


def find_targets(
    text: str,
    language: str | None = None,
    targets: Sequence[str] | None = None,
    targets_file: str | Path | None = None,
) -> list[Mention]:
    """Return the mentions of ``targets`` (every known one by default), in order of place.

    ``language`` is a BCP 47 tag; without one, or where a target has no aliases in it, the
    aliases of all languages are tried. Mentions of one target never overlap.

    Raises:
        ConfigError: a target is not known, or the file is wrong.
    """
    known = load_targets(targets_file)
    base = base_language(language)
    mentions = [
        Mention(name, start, end, text[start:end])
        for name in check_targets(targets, known)
        for start, end in _spans(_target_pattern(_Hashable(known[name]), base), text)
    ]
    return sorted(mentions, key=lambda mention: (mention.start, mention.end, mention.target))


def find_any(text: str, language: str | None = None) -> list[tuple[int, int]]:
    """Return where ``text`` names any of the shipped targets; spans never overlap."""
    base = base_language(language)
    return _spans(_shipped_pattern(base), text)


def base_language(language: str | None) -> str | None:
    """Return the language of a BCP 47 tag without script and region, in lower case."""
    return language.split("-")[0].lower() if language else None


def check_targets(targets: Sequence[str] | None, known: dict[str, Target]) -> list[str]:
    """Return the wanted target ids without repeats, all ``known`` ones when ``targets`` is None.

    Raises:
        ConfigError: one is not known; the message lists those that are.
    """
    wanted = list(known) if targets is None else list(dict.fromkeys(targets))
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise ConfigError(
            f"unknown target {', '.join(map(repr, unknown))}",
            "stance.targets",
            f"choose among {', '.join(sorted(known))}, or define it in stance.targets_file",
        )
    return wanted


@lru_cache(maxsize=32)
def _read(path: Path, changed: int) -> dict[str, Target]:
    entries = read_yaml(path)
    if not isinstance(entries, dict) or not entries:
        raise _fault(path, "the file holds no target", "write one target id per top-level key")
    return {name: _target(path, name, entry) for name, entry in entries.items()}


def _target(path: Path, name: Any, entry: Any) -> Target:
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", name):
        raise _fault(path, f"{name!r} is no target id", "use lower-case letters, digits, hyphens")
    if not isinstance(entry, dict):
        raise _fault(path, f"{name} is not a mapping", f"give it the keys {', '.join(_KEYS)}")
    unknown = [key for key in entry if key not in _KEYS]
    if unknown:
        raise _fault(
            path, f"unknown key {name}.{unknown[0]}", f"the known keys are {', '.join(_KEYS)}"
        )
    labels = entry.get("labels", {})
    if not _is_mapping(labels, str) or "en" not in labels:
        raise _fault(
            path, f"{name}.labels has no English name", 'write labels: {en: "Name"}, at least'
        )
    aliases = _phrases(path, f"{name}.aliases", entry.get("aliases", {}))
    if not any(aliases.values()):
        raise _fault(
            path, f"{name} has no alias", f"list its names under {name}.aliases.<language>"
        )
    traps = _phrases(path, f"{name}.traps", entry.get("traps", {}))
    return Target(name, labels, aliases, traps)


def _phrases(path: Path, where: str, value: Any) -> dict[str, tuple[str, ...]]:
    if not _is_mapping(value, list):
        raise _fault(path, f"{where} is not a mapping of lists", f"write {where}: {{en: [Name]}}")
    for language, phrases in value.items():
        for phrase in phrases:
            plain = isinstance(phrase, str) and "(" not in _CHOICE.sub("", phrase)
            if plain and _is_endless(phrase):
                raise _fault(
                    path,
                    f"{where}.{language} has a name that can be written in too many ways",
                    f"list names apart: one has at most {_MOST_FORMS:,} forms, {_MOST_STARS} stars "
                    f"and {_MOST_LETTERS} letters",
                )
            if not plain or any(form[:1] in ("", " ", "*") for form in _forms(phrase)):
                raise _fault(
                    path,
                    f"{where}.{language} holds {phrase!r}",
                    "begin with a letter; (a|b) for endings, * for any; quote true and numbers",
                )
    return {language: tuple(phrases) for language, phrases in value.items()}


def _is_mapping(value: Any, kind: type) -> bool:
    return isinstance(value, dict) and all(
        isinstance(key, str) and isinstance(item, kind) for key, item in value.items()
    )


def _fault(path: Path, what: str, mend: str) -> ConfigError:
    return ConfigError(what, str(path), mend)


def _is_endless(phrase: str) -> bool:
    forms = math.prod(choice.count("|") + 1 for choice in _CHOICE.findall(phrase))
    return forms > _MOST_FORMS or phrase.count("*") > _MOST_STARS or len(phrase) > _MOST_LETTERS


def _forms(phrase: str) -> list[str]:
    """Write out the choices: ``ind(e|ien)`` gives ``inde`` and ``indien``."""
    parts = _CHOICE.split(phrase)
    options = [part.split("|") if n % 2 else [part] for n, part in enumerate(parts)]
    return ["".join(choice) for choice in itertools.product(*options)]


class _Hashable:
    """A target as a cache key: its content, so that an edited file makes a new pattern."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._key = target.content

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Hashable) and self._key == other._key


@lru_cache(maxsize=512)
def _target_pattern(wrapped: _Hashable, language: str | None) -> re.Pattern[str]:
    return _compile([wrapped.target], language)


@lru_cache(maxsize=64)
def _shipped_pattern(language: str | None) -> re.Pattern[str]:
    return _compile(list(_read(SHIPPED, 0).values()), language)


def _spans(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    # A trap sets group 1: it is consumed, so that the alias inside it is not found.
    return [found.span() for found in pattern.finditer(text) if found.lastindex is None]


def _compile(targets: Sequence[Target], language: str | None) -> re.Pattern[str]:
    """Compile the aliases and traps of ``targets`` into one pattern of prefix trees."""
    traps: dict[str, Any] = {}
    aliases: dict[str, Any] = {}
    for target in targets:
        narrow = bool(target.aliases.get(language or ""))
        for tree, phrases in ((traps, target.traps), (aliases, target.aliases)):
            for code, phrase in _of_language(phrases, language if narrow else None):
                for form in _forms(phrase):
                    _insert(tree, list(_units(form, code)))
    firsts = "".join(sorted({_inside(unit) for unit in (*traps, *aliases)}))
    branches = [f"(?<={unit}){_tree(tree)}()" for unit, tree in traps.items()]
    branches += [f"(?<={unit}){_tree(tree)}" for unit, tree in aliases.items()]
    # A set in front lets the engine skip to the letters a name can begin with.
    return re.compile(f"[{firsts}](?<![{_LETTER}].)(?:{'|'.join(branches)})", re.DOTALL)


def _inside(unit: str) -> str:
    """Return what stands for a unit's characters between the brackets of a set."""
    return unit[1:-1] if unit.startswith("[") else unit


def _of_language(
    phrases: dict[str, tuple[str, ...]], language: str | None
) -> Iterator[tuple[str, str]]:
    for code, listed in phrases.items():
        if language is None or code in (language, EVERY_LANGUAGE):
            yield from ((code, phrase) for phrase in listed)


def _units(form: str, language: str) -> Iterator[str]:
    """Yield the regular expression of each character of ``form``."""
    exact = form.upper() == form
    for letter in form:
        if letter in _VARIANTS:
            yield _VARIANTS[letter]
        elif exact or not letter.islower():
            yield re.escape(letter)
        else:
            # Turkish and Azerbaijani write the capital of i as İ.
            dotted = "İ" if letter == "i" and language in ("tr", "az") else ""
            upper = letter.upper() if len(letter.upper()) == 1 else ""
            yield f"[{letter}{upper}{dotted}]"


def _insert(tree: dict[str, Any], units: list[str]) -> None:
    for unit in units:
        tree = tree.setdefault(unit, {})
    tree[""] = {}


def _tree(tree: dict[str, Any]) -> str:
    # Longer names first: the end of one is tried after all its continuations.
    branches = [unit + _tree(below) for unit, below in tree.items() if unit]
    if "" in tree:
        branches.append(f"(?![{_LETTER}])")
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
