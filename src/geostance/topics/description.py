"""What each topic is about: its words, its label, and the documents that stand for it."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from geostance.settings.topics import TopicSettings
from geostance.topics.documents import TopicDocuments
from geostance.topics.words import ALL_LANGUAGES, topic_words

LABEL_WORDS = 3


@dataclass(frozen=True)
class TopicDescription:
    """The schema's tables ``topic_words`` and ``topic_info``."""

    words: pl.DataFrame
    info: pl.DataFrame


def describe_topics(
    documents: TopicDocuments, topics: pl.DataFrame, settings: TopicSettings
) -> TopicDescription:
    """Describe the topics of ``topics``, the table of that name with a row for each document."""
    assigned = topics["topic"].to_list()
    languages = documents.languages
    words = topic_words(
        documents.texts,
        languages,
        assigned,
        settings.words,
        stopwords_listed=settings.stopwords == "listed",
    )
    main_language = max(sorted(set(languages)), key=languages.count)
    n_documents = settings.representative_documents
    return TopicDescription(
        words, _describe(topics, words, documents.vectors, main_language, n_documents)
    )


def _describe(
    topics: pl.DataFrame, words: pl.DataFrame, vectors: np.ndarray, language: str, n_documents: int
) -> pl.DataFrame:
    rows = []
    assigned = topics["topic"].to_numpy()
    for topic in sorted(set(assigned.tolist())):
        members = np.flatnonzero(assigned == topic)
        centre = vectors[members].mean(axis=0)
        nearest = members[np.argsort(-(vectors[members] @ centre), kind="stable")][:n_documents]
        rows.append(
            (
                topic,
                "outliers" if topic == -1 else _label(topic, words, language),
                len(members),
                [topics["doc_id"][int(row)] for row in nearest],
            )
        )
    schema = {
        "topic": pl.Int64,
        "label": pl.String,
        "n_documents": pl.Int64,
        "representative_doc_ids": pl.List(pl.String),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _label(topic: int, words: pl.DataFrame, language: str) -> str:
    for tag in (language, ALL_LANGUAGES):
        found = words.filter(topic=topic, language=tag).sort("rank")["word"].head(LABEL_WORDS)
        if len(found):
            return f"{topic} {' · '.join(found)}"
    return str(topic)
