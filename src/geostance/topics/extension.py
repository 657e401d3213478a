"""A fit of a sample, extended to the documents that were not drawn.

UMAP and HDBSCAN run on one core and hold all they fit in memory; giving a document the topic of
its nearest fitted ones does neither.
"""

from dataclasses import replace

import numpy as np
import polars as pl

from geostance.settings.topics import TopicSettings
from geostance.topics.assignment import assigned
from geostance.topics.documents import TopicDocuments
from geostance.topics.guidance import Guidance, NamedTheme, nearest_theme
from geostance.topics.vectors import LanguageMeans


def fitted_rows(n_documents: int, most: int | None, seed: int) -> np.ndarray:
    """Return the rows that are fitted, in order: all, or ``most`` drawn where there are more."""
    if most is None or n_documents <= most:
        return np.arange(n_documents)
    draws = np.random.default_rng([seed, 2])
    return np.sort(draws.choice(n_documents, most, replace=False))


def extended(
    topics: pl.DataFrame,
    themes: tuple[NamedTheme, ...],
    documents: TopicDocuments,
    rows: np.ndarray,
    settings: TopicSettings,
    guidance: Guidance,
) -> tuple[pl.DataFrame, tuple[NamedTheme, ...]]:
    """Return the table ``topics`` of all ``documents`` and their themes, given those of ``rows``.

    The others take the topics of their nearest fitted documents, as
    :func:`geostance.topics.assignment.assign_topics` gives them. Topics are numbered by size
    again, and themes count all documents near to them.
    """
    others = np.setdiff1d(np.arange(len(documents)), rows)
    own = documents.take(rows)
    rest, _ = assigned(documents.take(others), own, topics, settings, guidance)
    whole = pl.concat([topics, rest]).sort("doc_id")
    sizes = np.bincount(whole.filter(pl.col("topic") >= 0)["topic"].to_numpy())
    order = np.argsort(-sizes, kind="stable")
    numbers = {int(topic): number for number, topic in enumerate(order)}
    # Without themes nobody asks who is near to them.
    means = LanguageMeans.of(own.vectors, own.languages)
    near = _near(documents, means, settings, guidance) if themes else {}
    renamed = tuple(
        replace(
            theme,
            topic=None if theme.topic is None else numbers[theme.topic],
            n_near=near[theme.kind, theme.name],
        )
        for theme in themes
    )
    return whole.with_columns(pl.col("topic", "topic_found").replace(numbers)), renamed


def _near(
    documents: TopicDocuments, means: LanguageMeans, settings: TopicSettings, guidance: Guidance
) -> dict[tuple[str, str], int]:
    """Return how many documents are near each theme, by its kind and name."""
    vectors = means.take_off(documents.vectors, documents.languages)
    found: dict[tuple[str, str], int] = {}
    names, themes = guidance.zero_shot.centred(means)
    taken, _ = nearest_theme(vectors, themes, settings.zero_shot_similarity)
    found |= {("zero_shot", name): int((taken == at).sum()) for at, name in enumerate(names)}
    names, seeds = guidance.guided.centred(means)
    drawn, _ = nearest_theme(vectors, seeds, settings.guided_similarity)
    drawn[taken >= 0] = -1
    return found | {("guided", name): int((drawn == at).sum()) for at, name in enumerate(names)}
