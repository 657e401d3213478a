"""Whether the documents of a topic lie together, and apart from those of the others."""

import numpy as np
import polars as pl

# Documents whose likeness to every centre is held in memory at once.
_ROWS = 8_192


def compactness(vectors: np.ndarray, topics: np.ndarray) -> pl.DataFrame:
    """Measure how close the documents of each topic lie, by cosine similarity.

    Args:
        vectors: unit rows, shape (n_documents, dim), as the topics were found in.
        topics: the topic of each row, −1 where it has none.

    Returns:
        One row a topic: ``topic``, ``n_documents``; ``likeness``, the mean similarity of its
        documents to the centre of the others of the topic; ``others``, that of all documents
        outside the topic to its centre; ``separation``, the mean simplified silhouette in
        [−1, 1], below 0 where documents are closer to another topic's centre. Null for a topic
        of one document, and for the separation of the only topic.

    Source: Rousseeuw 1987 (silhouette); Hruschka, Campello and de Castro 2004 (by centres).
    """
    names, places = np.unique(topics[topics >= 0], return_inverse=True)
    if not len(names):
        return _table([], [], [], [], [])
    own = np.full(len(topics), -1)
    own[topics >= 0] = places
    sums = np.zeros((len(names), vectors.shape[1]))
    np.add.at(sums, places, vectors[topics >= 0].astype(float))
    sizes = np.bincount(places)
    lengths = np.linalg.norm(sums, axis=1)
    centres = sums / np.where(lengths > 0, lengths, 1)[:, None]
    likeness, apart, everyone, inside = np.zeros((4, len(names)))
    for start in range(0, len(topics), _ROWS):
        mine = own[start : start + _ROWS]
        near = vectors[start : start + _ROWS] @ centres.T
        everyone += near.sum(axis=0)
        rows = np.flatnonzero(mine >= 0)
        mine, near = mine[rows], near[rows]
        to_own = near[np.arange(len(rows)), mine].copy()
        inside += np.bincount(mine, to_own, len(names))
        left_out = _without_itself(to_own * lengths[mine], lengths[mine])
        likeness += np.bincount(mine, left_out, len(names))
        if len(names) > 1:
            near[np.arange(len(rows)), mine] = -np.inf
            nearest = near.max(axis=1)
            widest = np.maximum(1 - left_out, 1 - nearest)
            silhouettes = np.divide(
                left_out - nearest, widest, where=widest > 0, out=np.zeros_like(widest)
            )
            apart += np.bincount(mine, silhouettes, len(names))
    outside = len(topics) - sizes
    several = sizes > 1
    return _table(
        names,
        sizes,
        np.where(several, likeness / sizes, np.nan),
        np.divide(everyone - inside, outside, where=outside > 0, out=np.full(len(names), np.nan)),
        np.where(several & (len(names) > 1), apart / sizes, np.nan),
    )


def _without_itself(products: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return the similarity of unit rows to the centre of the others of their topic.

    Against a centre that it is part of, even a random document looks close in a small topic.
    ``products`` are of each row with the sum of its topic's, ``lengths`` those of the sums.
    """
    rest = np.sqrt(np.maximum(lengths**2 - 2 * products + 1, 0))
    return np.divide(products - 1, rest, where=rest > 1e-9, out=np.zeros_like(products))


def _table(*columns: object) -> pl.DataFrame:
    schema = {
        "topic": pl.Int64,
        "n_documents": pl.Int64,
        "likeness": pl.Float64,
        "others": pl.Float64,
        "separation": pl.Float64,
    }
    frame = pl.DataFrame(dict(zip(schema, columns, strict=True)), schema=schema, strict=False)
    return frame.fill_nan(None)
