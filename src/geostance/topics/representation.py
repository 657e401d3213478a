"""Which of a topic's candidate words stand for it, and in what order: one seam, three ways."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

# How much a word may be like those before it counts against it, in [0, 1].
DIVERSITY = 0.3


@dataclass(frozen=True)
class Candidates:
    """The candidates of one topic in one language, those of largest weight first.

    ``weights`` (n,) are c-TF-IDF; ``vectors`` (n, dim) those of the words and ``centre`` (dim,)
    the topic's mean, both of unit length and without what their language has in common.
    """

    weights: np.ndarray
    vectors: np.ndarray
    centre: np.ndarray


# Returns the places of the words chosen, first the best, with the figure each was chosen by.
Representation = Callable[[Candidates, int], list[tuple[int, float]]]


def by_weight(candidates: Candidates, n_words: int) -> list[tuple[int, float]]:
    """Choose by class-based TF-IDF."""
    return [(at, float(weight)) for at, weight in enumerate(candidates.weights[:n_words])]


def by_likeness(candidates: Candidates, n_words: int) -> list[tuple[int, float]]:
    """Choose by the cosine of a word and the topic's mean.

    Source: Grootendorst, KeyBERT; in BERTopic "KeyBERTInspired".
    """
    likeness = candidates.vectors @ candidates.centre
    order = np.argsort(-likeness, kind="stable")[:n_words]
    return [(int(at), float(likeness[at])) for at in order]


def by_likeness_and_difference(candidates: Candidates, n_words: int) -> list[tuple[int, float]]:
    """Choose words that are like the topic's mean and unlike those chosen before.

    Source: Carbonell and Goldstein 1998 (maximal marginal relevance).
    """
    likeness = candidates.vectors @ candidates.centre
    mutual = candidates.vectors @ candidates.vectors.T
    chosen: list[tuple[int, float]] = []
    nearest = np.full(len(likeness), -np.inf)
    left = np.ones(len(likeness), dtype=bool)
    while len(chosen) < min(n_words, len(likeness)):
        repeated = np.where(np.isinf(nearest), 0, nearest)
        score = np.where(left, (1 - DIVERSITY) * likeness - DIVERSITY * repeated, -np.inf)
        best = int(np.argmax(score))
        chosen.append((best, float(score[best])))
        left[best] = False
        nearest = np.maximum(nearest, mutual[best])
    return chosen


REPRESENTATIONS: dict[str, Representation] = {
    "ctfidf": by_weight,
    "keybert": by_likeness,
    "mmr": by_likeness_and_difference,
}
