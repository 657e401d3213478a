"""From sentence vectors to one comparable vector a document."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

# Below this many documents a language's own mean says more about its few texts than about it.
FULL_CENTRING = 20
# Scaled in one go.
_ROWS = 16_384


def document_vectors(embeddings: pl.DataFrame) -> tuple[list[str], np.ndarray]:
    """Average the sentence vectors of each document: ids in order, float32 (n, dim), unit rows.

    A long document is read to its end, since no sentence is left out.
    """
    ordered = embeddings.sort("doc_id", "sentence_id")
    vectors = ordered["vector"].to_numpy()
    doc_ids, starts = np.unique(ordered["doc_id"].to_numpy(), return_index=True)
    sums = np.add.reduceat(vectors, starts, axis=0) if len(starts) else vectors
    return doc_ids.tolist(), unit_vectors(sums.astype(np.float32))


@dataclass(frozen=True)
class LanguageMeans:
    """What the vectors of a corpus have in common, and those of each of its languages beyond it.

    ``overall`` and each of ``beyond`` are float32 (dim,).
    """

    overall: np.ndarray
    beyond: dict[str, np.ndarray]

    @classmethod
    def of(cls, vectors: np.ndarray, languages: Sequence[str]) -> "LanguageMeans":
        """Measure them on vectors (n, dim) with the language of each.

        A language with few documents is moved part of the way only (its mean is shrunk
        toward the corpus mean), because its mean would hold its themes.
        """
        overall = vectors.mean(axis=0)
        centred = vectors - overall
        tags = np.array(languages)
        beyond = {}
        for language in np.unique(tags).tolist():
            rows = tags == language
            share = float(min(1.0, rows.sum() / FULL_CENTRING))
            beyond[language] = share * centred[rows].mean(axis=0)
        return cls(overall, beyond)

    def take_off(self, vectors: np.ndarray, languages: Sequence[str]) -> np.ndarray:
        """Return unit vectors without these means; of an unknown language, without the first."""
        centred = vectors - self.overall
        tags = np.array(languages)
        for language, mean in self.beyond.items():
            np.subtract(centred, mean, out=centred, where=(tags == language)[:, None])
        return unit_vectors(centred, out=centred if centred.dtype == np.float32 else None)


def centre_languages(vectors: np.ndarray, languages: Sequence[str]) -> np.ndarray:
    """Take from each vector what its language has in common, so that topics cross languages.

    Source: Yang et al. 2021, arXiv:2104.06268 (language-specific component of encoders).
    """
    return LanguageMeans.of(vectors, languages).take_off(vectors, languages)


def unit_vectors(vectors: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Scale each row to length one, float32, into ``out`` if given; zeros stay as they are."""
    scaled = np.empty(vectors.shape, np.float32) if out is None else out
    # Some rows at a time, for what is computed on the way is as large as they are.
    for start in range(0, len(vectors), _ROWS):
        rows = vectors[start : start + _ROWS]
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        scaled[start : start + _ROWS] = rows / np.where(lengths > 0, lengths, 1)
    return scaled
