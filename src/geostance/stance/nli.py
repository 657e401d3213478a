"""A zero-shot scorer: a model of natural-language inference reads each passage against hypotheses.

No label of stance goes into it. A hypothesis such as "Lendoria is portrayed unfavourably, as an
aggressor, …" holds as far as the model finds it entailed by the passage, in which Lendoria stands
for the target: the model never learns which state it judges.

Source: Yin, Hay and Roth 2019, arXiv:1909.00161.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from geostance.encoders import model_folder
from geostance.errors import ConfigError
from geostance.log import logger
from geostance.settings.stance import NliSettings
from geostance.stance.hypotheses import (
    PORTRAYALS,
    QUESTIONS,
    Hypotheses,
    hypotheses_of,
    load_hypotheses,
    masked_part,
)
from geostance.stance.inference import InferenceModel
from geostance.stance.passages import TARGET, Passage
from geostance.stance.scorer import FAVOURABLE, NEUTRAL, UNFAVOURABLE, Judgement

SECTION = "stance.nli"


class NliScorer:
    """Any model of inference of transformers; measured and calibrated on nothing by itself."""

    measured_languages: frozenset[str] = frozenset()
    calibrated_languages: frozenset[str] = frozenset()

    def __init__(self, folder: Path, name: str, batch: int = 16) -> None:
        self.name = name
        self._model = InferenceModel(folder, batch)
        self._rooms = {
            language: self._model.room(list(words.questions.values()))
            for language, words in load_hypotheses().items()
        }

    @classmethod
    def of(cls, settings: NliSettings) -> "NliScorer":
        """Return the scorer that the configuration names.

        Raises:
            ConfigError: it names none.
            ModelError: the model is absent, damaged or no model of inference.
            MissingPackageError: the ``transformers`` extra is not installed.
        """
        if settings.model is None:
            raise ConfigError(
                "the scorer nli has no model",
                f"{SECTION}.model",
                "name a folder with a model of inference, or owner/model with its revision",
            )
        folder = model_folder(settings.model, settings.revision, SECTION)
        return cls(folder, f"nli:{Path(settings.model).name}", settings.batch)

    def score(self, passages: Sequence[Passage]) -> Judgement:
        """Return the judgement of ``passages``, each on its own, in their order."""
        asked = [hypotheses_of(passage.language) for passage in passages]
        read = [
            self._fitted(passage, words) for passage, words in zip(passages, asked, strict=True)
        ]
        if n_cut := sum(cut for _, cut in read):
            logger.info("%d of %d passages cut around their mention", n_cut, len(passages))
        held = self._model.entailed(
            [
                (text, words.questions[question])
                for (text, _), words in zip(read, asked, strict=True)
                for question in QUESTIONS
            ]
        ).reshape(-1, len(QUESTIONS))
        portrayal = portrayals(held[:, : len(PORTRAYALS)])
        return Judgement(held[:, 3], portrayal, held[:, 4], self._evidence(passages, portrayal))

    def _evidence(
        self, passages: Sequence[Passage], portrayal: np.ndarray
    ) -> tuple[np.ndarray, ...]:
        """Return each sentence's share of what the sentences, read alone, entail of the evaluation.

        The evaluation is the likelier of the two poles, also where neutral is likelier still.
        """
        pole = np.where(
            portrayal[:, FAVOURABLE] > portrayal[:, UNFAVOURABLE], FAVOURABLE, UNFAVOURABLE
        )
        pairs, bounds = [], [0]
        for passage, chosen in zip(passages, pole, strict=True):
            # One sentence carries all; there is nothing to ask.
            spans = passage.sentences if len(passage.sentences) > 1 else ()
            words = hypotheses_of(passage.language)
            question = words.questions[PORTRAYALS[chosen]]
            pairs += [(words.named(masked_part(passage, span)), question) for span in spans]
            bounds.append(len(pairs))
        held = self._model.entailed(pairs)
        return tuple(
            shares(held[first:last]) if first < last else np.ones(len(passage.sentences))
            for passage, (first, last) in zip(passages, pairwise(bounds), strict=True)
        )

    def _fitted(self, passage: Passage, words: Hypotheses) -> tuple[str, bool]:
        """Return the passage under invented names, and whether it was cut around its mention."""
        text, room = masked_part(passage), self._rooms[words.language]
        named = words.named(text)
        n_pieces, width = self._model.n_pieces(named), len(text)
        if n_pieces <= room:
            return named, False
        marks = [found.start() for found in re.finditer(TARGET, text)]
        before = sum(start < passage.start for start, _ in passage.same)
        at = marks[min(before, len(marks) - 1)]
        while n_pieces > room and width > 1:
            width = min(width - 1, width * room // n_pieces)
            named = words.named(around(text, at, width))
            n_pieces = self._model.n_pieces(named)
        return named, True


def portrayals(held: np.ndarray) -> np.ndarray:
    """Return the portrayal (n, 3) from how far its three hypotheses hold, each on its own.

    A pole counts as far as it holds and its opposite does not. Neutral is what its own
    hypothesis says, or what the poles leave if that is more: a text that evaluates in both
    senses, or in none, is neutral by the codebook.
    """
    worse, own, better = held[:, UNFAVOURABLE], held[:, NEUTRAL], held[:, FAVOURABLE]
    worse, better = worse * (1 - better), better * (1 - worse)
    found = np.stack([worse, np.maximum(own, 1 - worse - better), better], axis=1)
    return found / found.sum(axis=1, keepdims=True)


def shares(held: np.ndarray) -> np.ndarray:
    """Return ``held`` (n_sentences,) as shares: the softmax of its logarithms."""
    total = held.sum()
    return held / total if total > 0 else np.full(len(held), 1 / len(held))


def around(text: str, at: int, width: int) -> str:
    """Return whole words of ``text`` around the character ``at``, about ``width`` long."""
    low = max(0, min(at - width // 2, len(text) - width))
    high = min(len(text), low + width)
    if low > 0:
        low = max(text.find(" ", low, at), low)
    if high < len(text):
        last = text.rfind(" ", at + 1, high)
        high = last if last > 0 else max(high, at + 1)
    return text[low:high]
