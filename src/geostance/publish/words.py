"""The words and numerals of what is published, in English and in French."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from geostance.strict_yaml import read_yaml

_NARROW_SPACE, _MINUS = "\u202f", "−"


@cache
def _entries(file: str) -> dict[str, Any]:
    with resources.as_file(resources.files("geostance") / file) as path:
        return read_yaml(Path(path))


@dataclass(frozen=True)
class Words:
    """Speaks one language: ``say("kept")`` looks a phrase up, ``say.count(1234)`` writes a number.

    Attributes:
        language: ``en`` or ``fr``.
        names: names of targets that go before the shipped ones, such as the researcher's own.
    """

    language: str
    names: Mapping[str, str] | None = None

    def __call__(self, key: str, **values: object) -> str:
        """Return the phrase ``key`` with ``values`` put in its places."""
        return str(_entries("publish/words.yml")[key][self.language]).format(**values)

    def known(self, kind: str, key: str) -> str:
        """Return the phrase of a reason or a measure, or its own name spelled out.

        Both are open lists: a new one shows under the name it has in the table.
        """
        entry = _entries("publish/words.yml").get(f"{kind}-{key}")
        return str(entry[self.language]) if entry else key.replace("_", " ").replace("-", " ")

    def all_of(self, kind: str) -> dict[str, str]:
        """Return every phrase whose key starts with ``kind``, without that prefix."""
        return {
            key.removeprefix(f"{kind}_"): str(entry[self.language])
            for key, entry in _entries("publish/words.yml").items()
            if key.startswith(f"{kind}_")
        }

    def target(self, target: str) -> str:
        """Return the name of a target, or its id spelled out when it has none here."""
        if self.names and target in self.names:
            return self.names[target]
        labels = _entries("targets.yml").get(target, {}).get("labels", {})
        spelled = target.replace("-", " ").replace("_", " ").title()
        return str(labels.get(self.language) or labels.get("en") or spelled)

    def targets(self, targets: Iterable[str]) -> list[str]:
        """Return the names of targets."""
        return [self.target(target) for target in targets]

    def tongue(self, language: str) -> str:
        """Return the name of a language, or its tag when it has none here."""
        entry = _entries("publish/words.yml").get(f"lang-{language.partition('-')[0]}")
        return str(entry[self.language]) if entry else language

    def count(self, number: int) -> str:
        """Write a whole number with its thousands apart."""
        return self._marked(f"{number:,}")

    def many(self, number: int, one: str, several: str) -> str:
        """Write a number of things: in French, nothing and less than two are one."""
        single = number == 1 or (number == 0 and self.language == "fr")
        return f"{self.count(number)} {one if single else several}"

    def number(self, value: float, digits: int = 2) -> str:
        """Write a decimal number with its thousands apart; not-a-number is a dash."""
        if not np.isfinite(value):
            return "–"
        written = f"{value + 0.0:,.{digits}f}"
        if float(written.replace(",", "")) == 0:
            written = written.lstrip("-")
        return self._marked(written.replace("-", _MINUS))

    def setting(self, value: float) -> str:
        """Write a number of the configuration with the digits it has there."""
        return self._marked(f"{value:,}".replace("-", _MINUS))

    def _marked(self, written: str) -> str:
        """Put the language's own marks for the comma and the point of ``written``."""
        own = {"en": ",.", "fr": f"{_NARROW_SPACE},"}[self.language]
        return written.translate(str.maketrans(",.", own))

    def date(self, day: date) -> str:
        """Write a day in full."""
        return self._dated(day, "months_in_full", " ")

    def short_date(self, day: date) -> str:
        """Write a day with its month cut short, in one piece."""
        return self._dated(day, "months", "\u00a0")

    def _dated(self, day: date, months: str, gap: str) -> str:
        first = self("first_of_month") if day.day == 1 else str(day.day)
        return gap.join([first, self(months).split()[day.month - 1], str(day.year)])

    def signed(self, value: float, digits: int = 2) -> str:
        """Write a decimal number with its sign, so that direction never rests on colour."""
        written = self.number(value, digits)
        return f"+{written}" if np.isfinite(value) and float(f"{value:.{digits}f}") > 0 else written

    def share(self, value: float, digits: int | None = None) -> str:
        """Write a share in [0, 1] as a percentage, a small one with a decimal."""
        if digits is None:
            digits = 1 if 0 < value < 0.1 else 0
        return self.number(100 * value, digits) + ("%" if self.language == "en" else "\u202f%")

    def interval(self, low: float | None, high: float | None, digits: int = 2) -> str:
        """Write an interval in brackets after a space; nothing where there is none."""
        if low is None or high is None:
            return ""
        return self._bracketed(self.number(low, digits), self.number(high, digits))

    def share_interval(self, low: float | None, high: float | None) -> str:
        """Write an interval of shares in brackets after a space; nothing where there is none."""
        return "" if low is None or high is None else self._bracketed(*map(self.share, (low, high)))

    def _bracketed(self, low: str, high: str) -> str:
        return f" [{low}{', ' if self.language == 'en' else f'{_NARROW_SPACE}; '}{high}]"

    def documents(self, number: int) -> str:
        """Write a number of documents."""
        return self("documents_one" if number == 1 else "documents_many", n=self.count(number))

    def joined(self, parts: list[str]) -> str:
        """Join names as a list in running text."""
        if len(parts) < 2:
            return "".join(parts)
        return ", ".join(parts[:-1]) + f" {self('and')} " + parts[-1]
