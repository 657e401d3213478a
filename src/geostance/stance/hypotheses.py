"""What a model of inference is asked of a passage, and the passage under invented names.

The hypotheses are data: ``hypotheses.yml``, whose head says what each of them is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from geostance.errors import ConfigError
from geostance.stance.passages import OTHER, TARGET, Passage, Span, masked
from geostance.strict_yaml import read_yaml
from geostance.targets import base_language

SHIPPED = Path(__file__).with_name("hypotheses.yml")
FALLBACK = "en"
NAMES = ("target", "other")
# In the order of the scorers' portrayals, then what else is asked.
PORTRAYALS = ("unfavourable", "neutral", "favourable")
QUESTIONS = (*PORTRAYALS, "relevant", "quoted")
_SLOT = "{target}"


@dataclass(frozen=True)
class Hypotheses:
    """The hypotheses of one language, their slot filled, keyed by ``QUESTIONS``.

    ``target`` and ``other`` are the names that stand for the target and for other states.
    """

    language: str
    target: str
    other: str
    questions: dict[str, str]

    def named(self, text: str) -> str:
        """Return a masked ``text`` with the invented names in place of the marks."""
        # The marks stand between spaces of their own; behind an article that lost its elision
        # ("la", "de") the space before is the text's.
        text = re.sub(rf"(?<!\bla)(?<!\bde) (?=[{TARGET}{OTHER}])", "", text)
        text = re.sub(rf"([{TARGET}{OTHER}]) ", r"\1", text)
        text = text.replace(TARGET, self.target).replace(OTHER, self.other)
        return " ".join(text.split())


def load_hypotheses(path: Path = SHIPPED) -> dict[str, Hypotheses]:
    """Return the hypotheses of each language.

    Raises:
        ConfigError: a language lacks a name or a hypothesis, has a key too many, or a hypothesis
            does not hold the slot once.
    """
    return _read(path)


def hypotheses_of(language: str | None) -> Hypotheses:
    """Return the shipped hypotheses of a BCP 47 tag; the English ones where there are none."""
    known = load_hypotheses()
    base = base_language(language) or FALLBACK
    return known.get(base, known[FALLBACK])


def masked_part(passage: Passage, span: Span | None = None) -> str:
    """Return the masked text of a stretch of ``passage``, which may lack the target."""
    low, high = span or (0, len(passage.text))

    def inside(spans: Sequence[Span]) -> tuple[Span, ...]:
        cut = [(max(a, low) - low, min(b, high) - low) for a, b in spans]
        return tuple((a, b) for a, b in cut if a < b)

    text = passage.text[low:high]
    own = inside([(passage.start, passage.end), *passage.same])
    others = inside(passage.others)
    if own:
        return masked(Passage(text, *own[0], same=own[1:], others=others))
    # A passage has a mention: an empty one at the end is put there and taken off again.
    end = len(text)
    return masked(Passage(text, end, end, others=others)).removesuffix(f" {TARGET} ")


@cache
def _read(path: Path) -> dict[str, Hypotheses]:
    entries = read_yaml(path)
    if not isinstance(entries, dict) or FALLBACK not in entries:
        raise ConfigError(
            "the file holds no English hypotheses", str(path), f"write an entry {FALLBACK}"
        )
    return {language: _hypotheses(path, language, entry) for language, entry in entries.items()}


def _hypotheses(path: Path, language: str, entry: Any) -> Hypotheses:
    wanted = {*NAMES, *QUESTIONS}
    found = set(entry) if isinstance(entry, dict) else set()
    if found != wanted:
        faults = [f"lacks {key}" for key in sorted(wanted - found)]
        faults += [f"has an unknown key {key}" for key in sorted(map(str, found - wanted))]
        raise ConfigError(
            f"{language} {', '.join(faults)}", str(path), f"write {', '.join((*NAMES, *QUESTIONS))}"
        )
    for key, text in entry.items():
        if not isinstance(text, str) or not text.strip():
            raise ConfigError(f"{language}.{key} is no text", str(path), "write one sentence")
        slots = re.findall(r"\{[^}]*\}?|\}", text)
        if slots != ([_SLOT] if key in QUESTIONS else []):
            raise ConfigError(
                f"{language}.{key} holds {', '.join(slots) or 'no slot'}",
                str(path),
                f"name the target once, as {_SLOT}, in a hypothesis and never in a name",
            )
    return Hypotheses(
        language,
        entry["target"],
        entry["other"],
        {key: entry[key].replace(_SLOT, entry["target"]) for key in QUESTIONS},
    )
