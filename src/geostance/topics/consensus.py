"""One solution out of many fits: topics found again and again, documents by majority."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from geostance.settings.topics import StabilitySettings
from geostance.topics.documents import TopicDocuments
from geostance.topics.fits import OUTLIER, UNSEEN, Ensemble, of_units
from geostance.topics.model import TopicFit
from geostance.topics.overlap import jaccard, matched
from geostance.topics.passages import Passages, mixed_topics, with_unit_ids

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# A document belongs to a topic of the consensus when most of the fits that saw it say so.
MAJORITY = 0.5


@dataclass(frozen=True)
class Consensus:
    """Topics of an ensemble's documents, numbered by size; −1 where no majority agrees.

    ``votes`` is, for each document, the share of the fits which saw it that put it into its
    topic, or into none; ``support`` is, for each topic, the share of the fits that have it.
    """

    topics: np.ndarray
    votes: np.ndarray
    support: np.ndarray


def consensus(ensemble: Ensemble, overlap: float, support: float) -> Consensus:
    """Return what the fits have in common.

    The topics of all fits are grouped by the overlap of their documents (average linkage, cut
    at ``overlap``); a group that ``support`` of the fits have a topic in is a topic of the
    consensus, and its documents are those that the majority of the fits which saw them put
    there. Memory grows with the documents and with the square of the number of topics of all
    fits, never with the square of the documents.

    Source: Strehl and Ghosh 2002, JMLR 3:583-617, section 3.3 (meta-clustering algorithm);
    Fred and Jain 2005, IEEE TPAMI 27(6) (evidence accumulation).
    """
    from scipy.sparse import csr_array

    n_fits, n_documents = ensemble.labels.shape
    members, fit_of = _memberships(ensemble)
    nothing = np.full(n_documents, OUTLIER), np.ones(n_documents), np.zeros(0)
    if not len(fit_of):
        return Consensus(*nothing)
    groups = _groups(members, fit_of, ensemble, overlap)
    shares = np.array(
        [len(np.unique(fit_of[groups == group])) / n_fits for group in range(groups.max() + 1)]
    )
    kept = np.flatnonzero(shares >= support - 1e-9)
    if not len(kept):
        return Consensus(*nothing)
    place = np.full(groups.max() + 1, -1)
    place[kept] = np.arange(len(kept))
    inside = np.flatnonzero(place[groups] >= 0)
    gathered = csr_array(
        (np.ones(len(inside)), (place[groups[inside]], inside)), shape=(len(kept), len(fit_of))
    )
    seen = (ensemble.labels != UNSEEN).sum(axis=0)
    counts = gathered @ members
    topics, votes = _majority(counts, np.maximum(seen, 1))
    outside = (ensemble.labels == OUTLIER).sum(axis=0) / np.maximum(seen, 1)
    votes = np.where(topics == OUTLIER, outside, votes)
    order = _by_size(topics, len(kept))
    number = np.full(len(kept), OUTLIER)
    number[order] = np.arange(len(order))
    return Consensus(
        np.where(topics == OUTLIER, OUTLIER, number[topics]), votes, shares[kept][order]
    )


def consensus_fit(
    fit: TopicFit,
    documents: TopicDocuments,
    passages: Passages | None,
    made: Sequence[pl.DataFrame],
    settings: StabilitySettings,
) -> tuple[TopicFit, Consensus]:
    """Return a fit with the consensus of others in place of its topics, and that consensus.

    Where passages were clustered the fits agree on passages, and a document has the topic of
    most of its words. The map stays; probability is the share of the votes. A theme keeps its
    name on the topic of the consensus that holds its documents, if one does.

    Args:
        fit: of the ``documents``, or of their ``passages`` where these are given.
        documents: those of the fit.
        passages: those of the fit.
        made: the fits to agree, each as the schema's table ``fit_assignments``.
        settings: from where on topics are the same, and enough fits have one.
    """
    units = fit.topics if passages is None else with_unit_ids(fit.passages)
    ensemble = Ensemble.of(units["doc_id"].to_list(), [of_units(one) for one in made])
    found = consensus(ensemble, settings.overlap, settings.support)
    agreed = units.with_columns(
        topic=pl.Series(found.topics, dtype=pl.Int64),
        probability=pl.Series(found.votes, dtype=pl.Float64),
    )
    overlaps = jaccard(units["topic"].to_numpy(), found.topics)
    counterparts = {
        row: int(column)
        for row, column in enumerate(matched(overlaps, settings.overlap))
        if column >= 0 and overlaps[row, column] >= settings.overlap
    }
    themes = tuple(replace(theme, topic=counterparts.get(theme.topic)) for theme in fit.themes)
    lost = tuple(
        f"the theme {old.name} has a topic in one fit, but none in the consensus"
        for old, new in zip(fit.themes, themes, strict=True)
        if old.topic is not None and new.topic is None
    )
    changed = replace(fit, topics=agreed, themes=themes, messages=(*fit.messages, *lost))
    if passages is not None:
        changed = replace(
            changed,
            topics=mixed_topics(documents, passages, agreed),
            passages=agreed.with_columns(fit.passages["doc_id"]),
        )
    return changed, found


def _memberships(ensemble: Ensemble) -> tuple["csr_array", np.ndarray]:
    """Return the documents of each topic of each fit as a sparse 0/1 matrix, and its fit."""
    from scipy.sparse import csr_array

    fits, documents = np.nonzero(ensemble.labels >= 0)
    topics = ensemble.labels[fits, documents]
    counts = ensemble.labels.max(axis=1, initial=-1) + 1
    starts = np.concatenate([[0], np.cumsum(counts)])
    shape = (int(starts[-1]), ensemble.labels.shape[1])
    members = csr_array((np.ones(len(fits)), (starts[fits] + topics, documents)), shape=shape)
    return members, np.repeat(np.arange(len(counts)), counts)


def _groups(
    members: "csr_array", fit_of: np.ndarray, ensemble: Ensemble, overlap: float
) -> np.ndarray:
    """Return the group of each topic of each fit, numbered from 0."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    if len(fit_of) == 1:
        return np.zeros(1, int)
    common = (members @ members.T).toarray()
    seen_by = members @ (ensemble.labels != UNSEEN).astype(float).T
    # Of each topic the documents that the other's fit saw too.
    sizes = seen_by[:, fit_of]
    distance = 1 - common / np.maximum(sizes + sizes.T - common, 1)
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform(distance, checks=False), "average")
    # A hair more, so that topics that overlap by just the level fall together.
    return fcluster(tree, 1 - overlap + 1e-9, "distance") - 1


def _majority(counts: "csr_array", seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the group that most fits put each document into, and the share of these fits."""
    topics, votes = np.full(len(seen), OUTLIER), np.zeros(len(seen))
    groups, documents = counts.nonzero()
    shares = np.asarray(counts[groups, documents]).ravel() / seen[documents]
    # More than half of the votes can go to one group only.
    most = shares > MAJORITY
    topics[documents[most]], votes[documents[most]] = groups[most], shares[most]
    return topics, votes


def _by_size(topics: np.ndarray, n_topics: int) -> np.ndarray:
    """Return the topics that have documents, the largest first, equal ones by first document."""
    sizes = np.bincount(topics[topics >= 0], minlength=n_topics)
    first = np.full(n_topics, len(topics))
    placed = np.flatnonzero(topics >= 0)[::-1]
    first[topics[placed]] = placed
    order = np.lexsort((first, -sizes))
    return order[sizes[order] > 0]
