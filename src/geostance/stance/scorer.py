"""The seam of stance: a scorer judges passages; which scorers there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from geostance.errors import ConfigError
from geostance.stance.passages import Passage

UNFAVOURABLE, NEUTRAL, FAVOURABLE = range(3)


@dataclass(frozen=True)
class Judgement:
    """What a scorer says of n passages, as probabilities.

    ``relevance`` (n,): the target itself is spoken of. ``portrayal`` (n, 3): unfavourable,
    neutral, favourable; each row sums to 1. ``quoted`` (n,): an evaluation, where there is
    one, is a source's and not the text's own.
    """

    relevance: np.ndarray
    portrayal: np.ndarray
    quoted: np.ndarray


class Scorer(Protocol):
    """Judges how passages portray their target.

    ``measured_languages`` are those with a measured figure for states and alliances,
    ``calibrated_languages`` those whose probabilities were fitted to held-out labels.
    """

    name: str
    measured_languages: frozenset[str]
    calibrated_languages: frozenset[str]

    def score(self, passages: Sequence[Passage]) -> Judgement:
        """Return the judgement of ``passages``, each on its own, in their order."""
        ...


def load_scorer(name: str = "embedded") -> Scorer:
    """Return the scorer of that name.

    Raises:
        ConfigError: there is none of that name.
        ModelError: its model is absent or damaged.
    """
    if name == "embedded":
        from geostance.stance.embedded import EmbeddedScorer

        return EmbeddedScorer.shipped()
    raise ConfigError(f"there is no scorer {name!r}", "stance.scorer", "write scorer: embedded")
