"""How topics lie together: a tree from single topics to the whole corpus."""

import numpy as np
import polars as pl

from geostance.schema import TABLES
from geostance.topics.documents import TopicDocuments
from geostance.topics.lexicon import Lexicon
from geostance.topics.vectors import centre_languages, unit_vectors
from geostance.topics.words import best_words, by_topic


def topic_hierarchy(
    documents: TopicDocuments,
    topics: pl.DataFrame,
    lexicon: Lexicon,
    rows: np.ndarray,
    n_words: int,
) -> pl.DataFrame:
    """Return the schema's table ``topic_hierarchy``: a row for each topic and each merger.

    Topics are joined by average linkage over the cosine distance of their means, without what
    each language has in common. Outliers are no topic of it.

    Args:
        documents: those of the topics, in their order.
        topics: the table of that name, a row for each document.
        lexicon: what the words of a node are counted in.
        rows: the documents that the lexicon holds.
        n_words: words of a node.

    Source: Müllner 2011, arXiv:1109.2378 (average linkage, by SciPy).
    """
    from scipy.cluster.hierarchy import linkage

    assigned = topics["topic"].to_numpy()
    found = np.unique(assigned[assigned >= 0]).tolist()
    if not found:
        return pl.DataFrame(schema=TABLES["topic_hierarchy"])
    centred = centre_languages(documents.vectors, documents.languages)
    means = unit_vectors(np.array([centred[assigned == topic].mean(axis=0) for topic in found]))
    sizes = [int((assigned == topic).sum()) for topic in found]
    # Rounding may put equal means a hair below distance zero.
    joined = np.maximum(linkage(means, "average", metric="cosine"), 0) if len(found) > 1 else []
    leaves = [[topic] for topic in found]
    nodes: list[tuple[int, int | None, int | None, int | None, float, int]] = [
        (at, topic, None, None, 0.0, sizes[at]) for at, topic in enumerate(found)
    ]
    for left, right, distance, _ in joined:
        first, second = int(left), int(right)
        leaves.append([*leaves[first], *leaves[second]])
        size = nodes[first][5] + nodes[second][5]
        nodes.append((len(nodes), None, first, second, float(distance), size))
    words = _words(lexicon, assigned[rows], leaves, n_words)
    return pl.DataFrame(
        [
            (*node[:5], len(own), node[5], listed)
            for node, own, listed in zip(nodes, leaves, words, strict=True)
        ],
        schema=TABLES["topic_hierarchy"],
        orient="row",
    )


def _words(
    lexicon: Lexicon, topics: np.ndarray, leaves: list[list[int]], n_words: int
) -> list[list[str]]:
    """Return the words of each node: of its topics together, against the topics as they are."""
    from scipy.sparse import csr_array

    present, counts = by_topic(lexicon, topics)
    place = {topic: at for at, topic in enumerate(present)}
    pairs = [
        (node, place[topic]) for node, own in enumerate(leaves) for topic in own if topic in place
    ]
    nodes, columns = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    sums = csr_array((np.ones(len(pairs), np.int64), (nodes, columns)), (len(leaves), len(present)))
    return best_words(lexicon, csr_array(sums @ counts), counts, n_words)
