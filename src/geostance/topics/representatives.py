"""The documents that stand for a topic in each language, and why each was chosen."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from geostance.schema import TABLES
from geostance.topics.documents import TopicDocuments
from geostance.topics.vectors import unit_vectors

# Two documents nearer than this are near copies: one of them is enough.
NEAR_COPY = 0.95
# The earliest is looked for among the documents nearer to the centre than this share of the
# topic's, for one at its edge is not where the topic began.
_CORE_SHARE = 0.5
# How much a further document may be like those before it counts against it.
_DIVERSITY = 0.3


def topic_documents(
    documents: TopicDocuments,
    topics: pl.DataFrame,
    typical: np.ndarray,
    dates: pl.DataFrame,
    n_documents: int,
) -> pl.DataFrame:
    """Return the schema's table ``topic_documents``; outliers have no representatives.

    The first is the most central, the second holds most of the topic's words, the third is the
    earliest of the central half; further ones are central and unlike those before. None is a
    near copy of another, so that a topic of copies has fewer.

    Args:
        documents: those of the topics, in their order.
        topics: the table of that name, a row for each document.
        typical: (n_documents,), how much of its topic's words each holds, see
            :func:`geostance.topics.words.typicality`.
        dates: doc_id and date of those whose day is known.
        n_documents: for each topic and language.
    """
    assigned, tags = topics["topic"].to_numpy(), np.array(documents.languages)
    day = dict(dates.select("doc_id", "date").iter_rows())
    rows = []
    for topic in np.unique(assigned[assigned >= 0]).tolist():
        for language in np.unique(tags[assigned == topic]).tolist():
            members = np.flatnonzero((assigned == topic) & (tags == language))
            own = [day.get(documents.doc_ids[row]) for row in members]
            chosen = _chosen(documents.vectors[members], typical[members], own, n_documents)
            rows += [
                (topic, language, rank, documents.doc_ids[members[at]], reason, likeness)
                for rank, (at, reason, likeness) in enumerate(chosen, start=1)
            ]
    return pl.DataFrame(rows, schema=TABLES["topic_documents"], orient="row")


def _chosen(
    vectors: np.ndarray, typical: np.ndarray, days: Sequence[object], n_documents: int
) -> list[tuple[int, str, float]]:
    likeness = vectors @ unit_vectors(vectors.mean(axis=0)[None, :])[0]
    by_likeness = np.argsort(-likeness, kind="stable")
    core = set(by_likeness[: max(1, int(np.ceil(len(vectors) * _CORE_SHARE)))].tolist())
    dated = sorted((days[at], at) for at in core if days[at] is not None)
    orders = [
        ("central", by_likeness.tolist()),
        ("typical_words", np.lexsort((-likeness, -typical)).tolist()),
        ("earliest", [at for _, at in dated]),
    ]
    chosen: list[tuple[int, str, float]] = []
    nearest = np.full(len(vectors), -1.0)

    def take(at: int, reason: str) -> None:
        chosen.append((at, reason, float(likeness[at])))
        np.maximum(nearest, vectors @ vectors[at], out=nearest)
        # Rounding may leave a document's likeness to itself below that of a near copy.
        nearest[at] = 1.0

    for reason, order in orders[:n_documents]:
        free = next((at for at in order if nearest[at] < NEAR_COPY), None)
        if free is not None:
            take(free, reason)
    while len(chosen) < n_documents and (nearest < NEAR_COPY).any():
        score = (1 - _DIVERSITY) * likeness - _DIVERSITY * nearest
        take(int(np.argmax(np.where(nearest < NEAR_COPY, score, -np.inf))), "varied")
    return chosen
