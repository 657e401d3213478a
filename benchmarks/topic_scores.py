"""Figures of topics: their words, their labels, and the languages they hold."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from scipy.sparse import csr_matrix

WINDOW = 10


def npmi(topics: list[list[str]], documents: list[list[str]]) -> float:
    """Return the mean normalised pointwise mutual information of a topic's word pairs, in [−1, 1].

    Words occur together when they share one of the windows of ten words that slide over
    the documents.

    Source: Bouma 2009 (NPMI); Röder et al. 2015 (sliding windows).
    """
    words = {word: i for i, word in enumerate(sorted({w for topic in topics for w in topic}))}
    absent = len(words)
    rows, columns, start = [], [], 0
    for document in documents:
        ids = np.array([words.get(word, absent) for word in document])
        windows = max(1, len(ids) - WINDOW + 1)
        for offset in range(min(WINDOW, len(ids))):
            columns.append(ids[offset : offset + windows])
            rows.append(start + np.arange(windows))
        start += windows
    rows, columns = np.concatenate(rows), np.concatenate(columns)
    seen = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(start, absent + 1))
    seen.data[:] = 1
    together = np.asarray((seen.T @ seen).todense()) / start
    scores = []
    for topic in topics:
        for first, second in combinations([words[word] for word in topic], 2):
            joint = together[first, second] + 1e-12
            apart = together[first, first] * together[second, second]
            scores.append(np.log(joint / apart) / -np.log(joint))
    return float(np.mean(scores))


def agreement(labels: Sequence[str], topics: Sequence[int]) -> dict[str, float]:
    """Return how topics agree with labels; outliers count as a topic of their own.

    Source: Strehl and Ghosh 2002 (NMI, arithmetic mean); Hubert and Arabie 1985 (ARI).
    """
    from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

    topics = np.asarray(topics)
    return {
        "nmi": float(normalized_mutual_info_score(labels, topics)),
        "ari": float(adjusted_rand_score(labels, topics)),
        "topics": len(np.unique(topics[topics >= 0])),
        "outlier_share": float((topics == -1).mean()),
    }


def pairs_together(groups: Sequence[int], topics: Sequence[int]) -> float | None:
    """Return the share of pairs that say the same and share a topic, of those in some topic.

    None where no such pair has both its texts in a topic.
    """
    members: dict[int, list[int]] = {}
    for group, topic in zip(groups, topics, strict=True):
        if topic >= 0:
            members.setdefault(group, []).append(topic)
    pairs = [pair for found in members.values() for pair in combinations(found, 2)]
    return sum(one == other for one, other in pairs) / len(pairs) if pairs else None
