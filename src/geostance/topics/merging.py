"""Fewer topics than were found, by merging those that are most alike.

BERTopic's ``nr_topics`` does this on its own record of a fit: it counts the outliers as a topic
(so that 20 gives 19), and knows neither of topics that must keep their names nor of vectors
without their language. Its two methods are taken over as they are.

Source: Grootendorst, BERTopic 0.17, ``_reduce_to_n_topics`` (agglomerative clustering of topic
vectors, average linkage, cosine) and ``_auto_reduce_topics`` (HDBSCAN of topic vectors).
"""

from typing import Literal

import numpy as np

from geostance.topics.vectors import unit_vectors


def topic_centres(topics: np.ndarray, vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the topics in order, outliers aside, and their unit mean vectors (n_topics, dim)."""
    found = np.unique(topics[topics >= 0])
    centres = np.array([vectors[topics == topic].mean(axis=0) for topic in found])
    return found, unit_vectors(centres.reshape(len(found), vectors.shape[1]))


def merge_topics(
    topics: np.ndarray, vectors: np.ndarray, number: int | Literal["auto"], n_named: int = 0
) -> np.ndarray:
    """Return ``topics`` merged down to ``number``; topics below ``n_named`` stay as they are.

    A merged topic takes the lowest number of those it is made of. With "auto" groups of alike
    topics are merged, and a topic like no other is left alone. Fewer topics than ``number``
    stay fewer.
    """
    named = np.where(topics < n_named, -1, topics)
    found, centres = topic_centres(named, vectors)
    if number == "auto":
        groups = _alike(centres)
    else:
        kept = len(np.unique(topics[(topics >= 0) & (topics < n_named)]))
        groups = _groups(centres, number - kept)
    merged = topics.copy()
    for group in np.unique(groups):
        together = found[groups == group]
        merged[np.isin(topics, together)] = together.min()
    return merged


def _groups(centres: np.ndarray, number: int) -> np.ndarray:
    from sklearn.cluster import AgglomerativeClustering

    if len(centres) <= number:
        return np.arange(len(centres))
    clusters = AgglomerativeClustering(number, metric="precomputed", linkage="average")
    return clusters.fit_predict(1 - centres @ centres.T)


def _alike(centres: np.ndarray) -> np.ndarray:
    from hdbscan import HDBSCAN

    alone = np.arange(len(centres))
    if len(centres) < 3:
        return alone
    groups = HDBSCAN(min_cluster_size=2, core_dist_n_jobs=1).fit_predict(centres)
    return np.where(groups < 0, alone + groups.max() + 1, groups)
