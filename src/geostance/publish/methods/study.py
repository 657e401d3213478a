"""What the methods are written from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from geostance.config import Config
from geostance.publish.cards import ModelCard

Facts = dict[str, Any]


@dataclass(frozen=True)
class Study:
    """A finished study.

    Attributes:
        config: its configuration.
        tables: its tables by name, those of goals of their own where it has them.
        topic_model: the record of the topic fit.
        cards: of its encoder and its scorer.
        names: of its targets, by language and target.
        versions: of the packages it rests on, and of Python.
    """

    config: Config
    tables: Mapping[str, pl.DataFrame]
    topic_model: Mapping[str, Any]
    cards: tuple[ModelCard, ...]
    names: Mapping[str, Mapping[str, str]]
    versions: Mapping[str, str]

    def card(self, role: str) -> ModelCard:
        """Return the card of the model in a role."""
        return next(card for card in self.cards if card.role == role)


@dataclass(frozen=True)
class Section:
    """A part of the methods.

    Attributes:
        name: of its templates.
        facts: returns what the template tells, or nothing where there is nothing to tell.
        tables: that it takes from the study.
        optional: tables that a study need not have.
    """

    name: str
    facts: Callable[[Study], Facts | None]
    tables: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
