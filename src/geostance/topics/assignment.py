"""New documents in the topics of a fit, from its saved assignments and vectors.

BERTopic's own ``transform`` needs the fitted UMAP and HDBSCAN, which are kept by pickle only;
without them it takes the nearest topic's mean vector and knows no outliers. Here the nearest
documents of the fit decide, and they may be outliers.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from geostance.errors import InputError
from geostance.schema import TABLES
from geostance.settings.topics import TopicSettings
from geostance.topics.documents import TopicDocuments
from geostance.topics.guidance import Guidance, nearest_theme
from geostance.topics.mixture import mixture, share_table, voted
from geostance.topics.neighbours import Neighbours, nearest
from geostance.topics.outliers import nearest_topics
from geostance.topics.vectors import LanguageMeans


@dataclass(frozen=True)
class Assignment:
    """The tables ``topics`` and ``topic_shares`` of new documents."""

    topics: pl.DataFrame
    shares: pl.DataFrame


def assign_topics(
    new: TopicDocuments,
    fitted: TopicDocuments,
    topics: pl.DataFrame,
    settings: TopicSettings,
    guidance: Guidance | None = None,
) -> Assignment:
    """Give each new document the topic of its nearest documents in a fit.

    ``topics`` has the topics of ``fitted``, row by row. The means of the fit's languages are
    taken off all vectors. Each neighbour has a vote, weighted by its cosine; outliers vote as
    a topic does. A document as near to a zero-shot theme as those of the fit were takes its
    topic, and outliers are given to the nearest topic where the fit's were. probability is
    the share of the vote, or the cosine with the theme.

    Raises:
        InputError: the vectors of both are not of one encoder, or those of a theme are missing.
    """
    frame, near = assigned(new, fitted, topics, settings, guidance)
    owners = np.repeat(np.arange(len(new)), near.rows.shape[1])
    # As in the fit, a document counts among its own neighbours.
    shares = mixture(
        np.append(owners, np.arange(len(new))),
        np.append(topics["topic"].to_numpy()[near.rows].ravel(), frame["topic"].to_numpy()),
        np.append(near.weights.ravel(), np.ones(len(new))),
    )
    return Assignment(frame, share_table(new.doc_ids, *shares))


def assigned(
    new: TopicDocuments,
    fitted: TopicDocuments,
    topics: pl.DataFrame,
    settings: TopicSettings,
    guidance: Guidance | None = None,
) -> tuple[pl.DataFrame, Neighbours]:
    """Return the table ``topics`` of :func:`assign_topics`, and the fitted documents that voted.

    Raises:
        InputError: as :func:`assign_topics`.
    """
    dims = new.vectors.shape[1], fitted.vectors.shape[1]
    if dims[0] != dims[1]:
        raise InputError(
            f"the new documents' vectors have {dims[0]} dimensions, those of the fit {dims[1]}",
            "the embeddings of both",
            "encode both with one encoder",
        )
    guidance = guidance or Guidance()
    guidance.check(settings)
    means = LanguageMeans.of(fitted.vectors, fitted.languages)
    references = means.take_off(fitted.vectors, fitted.languages)
    queries = means.take_off(new.vectors, new.languages)
    near = nearest(queries, references)
    before = topics["topic_found"].to_numpy()
    found, share = voted(near, before)
    probability = np.where(found >= 0, share, 0)

    _, themes = guidance.zero_shot.centred(means)
    theme, closeness = nearest_theme(queries, themes, settings.zero_shot_similarity)
    fitted_theme, _ = nearest_theme(references, themes, settings.zero_shot_similarity)
    # A theme that no document of the fit was near to has no topic there.
    for number in np.unique(fitted_theme[fitted_theme >= 0]):
        found[theme == number] = np.bincount(before[fitted_theme == number]).argmax()
        probability[theme == number] = closeness[theme == number]

    topic = found.copy()
    if settings.outliers == "nearest":
        rows = found == -1
        topic[rows] = nearest_topics(queries[rows], before, references, settings.outlier_similarity)
    x, y = (_place(topics[axis].to_numpy(), near.rows, near.weights) for axis in "xy")
    frame = pl.DataFrame(
        {
            "doc_id": new.doc_ids,
            "topic": topic,
            "probability": probability,
            "x": x,
            "y": y,
            "topic_found": found,
        },
        schema=TABLES["topics"],
    )
    return frame, near


def _place(positions: np.ndarray, rows: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return (positions[rows] * weights).sum(axis=1) / weights.sum(axis=1)
