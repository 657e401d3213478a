"""From sentence vectors to one comparable vector a document."""

import numpy as np
import polars as pl

# Below this many documents a language's own mean says more about its few texts than about it.
FULL_CENTRING = 20


def document_vectors(embeddings: pl.DataFrame) -> tuple[list[str], np.ndarray]:
    """Average the sentence vectors of each document: ids in order, float32 (n, dim), unit rows.

    A long document is read to its end, since no sentence is left out.
    """
    ordered = embeddings.sort("doc_id", "sentence_id")
    vectors = ordered["vector"].to_numpy()
    doc_ids, starts = np.unique(ordered["doc_id"].to_numpy(), return_index=True)
    sums = np.add.reduceat(vectors, starts, axis=0) if len(starts) else vectors
    return doc_ids.tolist(), unit(sums.astype(np.float32))


def centre_languages(vectors: np.ndarray, languages: list[str]) -> np.ndarray:
    """Take from each vector what its language has in common, so that topics cross languages.

    A language with few documents is moved part of the way only (its mean is shrunk
    toward the corpus mean), because its mean would hold its themes.
    Source: Yang et al. 2021, arXiv:2104.06268 (language-specific component of encoders).
    """
    overall = vectors.mean(axis=0)
    centred = vectors - overall
    tags = np.array(languages)
    for language in np.unique(tags):
        rows = tags == language
        share = min(1.0, rows.sum() / FULL_CENTRING)
        centred[rows] -= share * centred[rows].mean(axis=0)
    return unit(centred)


def unit(vectors: np.ndarray) -> np.ndarray:
    """Bring each row to length 1; a row of zeros stays one."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
