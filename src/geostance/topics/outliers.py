"""Outliers given to the nearest topic, where the researcher chooses so."""

import numpy as np

from geostance.topics.guidance import nearest_theme
from geostance.topics.merging import topic_centres


def give_to_nearest(topics: np.ndarray, vectors: np.ndarray, min_similarity: float) -> np.ndarray:
    """Return ``topics`` with each outlier in the topic whose mean vector it is nearest to.

    It stays an outlier where that cosine is below ``min_similarity``. Means are those of the
    documents assigned before. BERTopic's ``reduce_outliers(strategy="embeddings")`` does the
    same, but fails on a model without outliers and counts a negative cosine as no topic
    whatever the threshold.
    """
    reduced = topics.copy()
    rows = np.flatnonzero(topics == -1)
    reduced[rows] = nearest_topics(vectors[rows], topics, vectors, min_similarity)
    return reduced


def nearest_topics(
    queries: np.ndarray, topics: np.ndarray, vectors: np.ndarray, min_similarity: float
) -> np.ndarray:
    """Return the topic with the nearest mean vector for each of ``queries``, or −1."""
    found, centres = topic_centres(topics, vectors)
    nearest, _ = nearest_theme(queries, centres, min_similarity)
    return np.append(found, -1)[nearest]
