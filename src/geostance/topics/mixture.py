"""Shares of topics: what a document's passages, or its neighbours, say of it."""

import numpy as np
import polars as pl

from geostance.schema import TABLES
from geostance.topics.documents import TopicDocuments
from geostance.topics.neighbours import Neighbours, nearest
from geostance.topics.vectors import LanguageMeans


def mixture(
    owners: np.ndarray, topics: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return owner, topic and share of each pair that occurs, in order.

    A share is the weight of the owner's rows with that topic over the weight of all its rows:
    those of an owner sum to 1, outliers (−1) included.
    """
    # One number a pair sorts several times faster than two.
    lowest = topics.min(initial=0)
    span = topics.max(initial=0) - lowest + 1
    pairs, places = np.unique(owners * span + (topics - lowest), return_inverse=True)
    owner, topic = pairs // span, pairs % span + lowest
    sums = np.bincount(places.ravel(), weights)
    totals = np.bincount(owners, weights)
    return owner, topic, sums / totals[owner]


def main_topics(owners: np.ndarray, topics: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return the topic with the largest share of each owner, given what :func:`mixture` returns.

    Of equal shares a topic goes before the outliers, then the lower number.
    """
    order = np.lexsort((topics, topics == -1, -np.round(shares, 9), owners))
    _, first = np.unique(owners[order], return_index=True)
    return topics[order][first]


def voted(near: Neighbours, topics: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the topic that most of each query's neighbours have, and its share of the votes.

    A vote weighs as the neighbour does; outliers vote as a topic does. ``topics`` are those of
    the references.
    """
    owners = np.repeat(np.arange(len(near.rows)), near.rows.shape[1])
    votes = mixture(owners, topics[near.rows].ravel(), near.weights.ravel())
    found = main_topics(*votes)
    shares = np.zeros(len(found))
    won = votes[1] == found[votes[0]]
    shares[votes[0][won]] = votes[2][won]
    return found, shares


def share_table(
    doc_ids: list[str], owners: np.ndarray, topics: np.ndarray, shares: np.ndarray
) -> pl.DataFrame:
    """Return the table ``topic_shares`` of documents numbered as ``doc_ids``."""
    columns = {"doc_id": np.array(doc_ids, dtype=object)[owners], "topic": topics, "share": shares}
    return (
        pl.DataFrame(columns, schema=TABLES["topic_shares"])
        .filter(pl.col("share") > 0)
        .sort("doc_id", "topic")
    )


def neighbour_shares(
    documents: TopicDocuments, topics: pl.DataFrame, fitted: np.ndarray | None = None
) -> pl.DataFrame:
    """Return the table ``topic_shares`` from the topics of each document's nearest neighbours.

    A document counts among its own neighbours. Each counts by its cosine with the document, in
    the space without the languages' means; ``topics`` is the table of that name.
    Neighbours are among the rows ``fitted``, those that were clustered; all by default.
    """
    fitted = np.arange(len(documents)) if fitted is None else fitted
    topic = topics["topic"].to_numpy()
    means = LanguageMeans.of(
        documents.vectors[fitted], [documents.languages[row] for row in fitted.tolist()]
    )
    vectors = means.take_off(documents.vectors, documents.languages)
    near = nearest(vectors, vectors[fitted])
    others = np.setdiff1d(np.arange(len(documents)), fitted)
    owners = np.repeat(np.arange(len(documents)), near.rows.shape[1])
    found = mixture(
        np.append(owners, others),
        np.append(topic[fitted][near.rows].ravel(), topic[others]),
        np.append(near.weights.ravel(), np.ones(len(others))),
    )
    return share_table(documents.doc_ids, *found)
