"""The seam of stance: a scorer judges passages; which scorers there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from geostance.settings.stance import StanceSettings
from geostance.stance.passages import Passage

UNFAVOURABLE, NEUTRAL, FAVOURABLE = range(3)


@dataclass(frozen=True)
class Judgement:
    """What a scorer says of n passages, as probabilities.

    ``relevance`` (n,): the target itself is spoken of. ``portrayal`` (n, 3): unfavourable,
    neutral, favourable; each row sums to 1. ``quoted`` (n,): an evaluation, where there is
    one, is a source's and not the text's own. ``evidence``: per passage an array of the length
    of its ``sentences``, the share of the evaluation that each of them carries; rows sum to 1.

    A passage that the scorer could not judge (a service refused it, or answered out of form)
    is NaN in all four: no number stands for an answer that was not given. Comparisons with NaN
    differ between libraries (Polars orders it above every number), so whoever puts these into
    a table makes them null first.
    """

    relevance: np.ndarray
    portrayal: np.ndarray
    quoted: np.ndarray
    evidence: tuple[np.ndarray, ...]


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


def load_scorer(settings: StanceSettings | None = None, *, responses: Path | None = None) -> Scorer:
    """Return the scorer that ``settings`` name; the embedded one without settings.

    ``responses`` is the folder in which the answers of a paid service are kept.

    Raises:
        ConfigError: the scorer lacks a setting it needs.
        ModelError: its model is absent or damaged.
        MissingPackageError: its extra is not installed.
    """
    settings = settings or StanceSettings()
    match settings.scorer:
        case "embedded":
            from geostance.stance.embedded import EmbeddedScorer

            return EmbeddedScorer.shipped()
        case "transformer":
            from geostance.stance.transformer import TransformerScorer

            return TransformerScorer.of(settings.transformer)
        case "nli":
            from geostance.stance.nli import NliScorer

            return NliScorer.of(settings.nli)
        case "llm":
            from geostance.stance.llm import LlmScorer

            return LlmScorer.of(settings.llm, responses, settings.targets, settings.targets_file)
