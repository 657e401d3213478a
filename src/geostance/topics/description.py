"""What each topic is about: its words, its label, and the documents that stand for it."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from geostance.schema import TABLES
from geostance.settings.topics import DescriptionSettings
from geostance.topics.documents import ALL_LANGUAGES, TopicDocuments
from geostance.topics.hierarchy import topic_hierarchy
from geostance.topics.passages import Passages
from geostance.topics.representatives import topic_documents
from geostance.topics.words import Encode, lexicons, topic_words, typicality

LABEL_WORDS = 3


@dataclass(frozen=True)
class TopicDescription:
    """The schema's tables of the names ``topic_words``, ``topic_info`` and so on.

    ``main_language`` is the one that most documents are in: labels are in it.
    """

    words: pl.DataFrame
    info: pl.DataFrame
    documents: pl.DataFrame
    hierarchy: pl.DataFrame
    main_language: str


def describe_topics(
    documents: TopicDocuments,
    topics: pl.DataFrame,
    settings: DescriptionSettings,
    encode: Encode | None = None,
    dates: pl.DataFrame | None = None,
) -> TopicDescription:
    """Describe the topics of ``topics``, the table of that name with a row for each document.

    Args:
        documents: those of the topics, in their order.
        topics: doc_id and topic of each.
        settings: how words and documents are chosen.
        encode: gives the vectors of words, for the representations that need them.
        dates: doc_id and date of the documents whose day is known.
    """
    assigned = topics["topic"].to_list()
    languages = documents.languages
    main_language = max(sorted(set(languages)), key=languages.count)
    found = lexicons(documents.texts, languages, settings)
    words = topic_words(found, assigned, settings, documents.vectors, encode)
    chosen = topic_documents(
        documents,
        topics,
        typicality(found, assigned, words),
        pl.DataFrame(schema={"doc_id": pl.String, "date": pl.Date}) if dates is None else dates,
        settings.representative_documents,
    )
    rows, lexicon = found[ALL_LANGUAGES]
    return TopicDescription(
        words,
        _info(topics, words, documents.vectors, main_language, settings.representative_documents),
        chosen,
        topic_hierarchy(documents, topics, lexicon, rows, settings.words),
        main_language,
    )


def of_documents(
    description: TopicDescription, passages: Passages, topics: pl.DataFrame
) -> TopicDescription:
    """Return the description of passages as one of documents.

    A topic counts the documents whose main topic it is, by the table ``topics``; none is
    possible. A passage that stands for a topic is named by its document.
    """
    owner = dict(zip(passages.units.doc_ids, passages.table["doc_id"], strict=True))
    counted = dict(topics["topic"].value_counts().iter_rows())
    info = description.info.with_columns(
        n_documents=pl.col("topic").replace_strict(counted, default=0, return_dtype=pl.Int64),
        representative_doc_ids=pl.col("representative_doc_ids").list.eval(
            pl.element().replace_strict(owner).unique(maintain_order=True)
        ),
    )
    documents = (
        description.documents.with_columns(pl.col("doc_id").replace_strict(owner))
        .unique(["topic", "language", "doc_id"], keep="first", maintain_order=True)
        .with_columns(rank=pl.int_range(1, pl.len() + 1).over("topic", "language").cast(pl.Int64))
    )
    return replace(description, info=info, documents=documents)


def _info(
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
    return pl.DataFrame(rows, schema=TABLES["topic_info"], orient="row")


def _label(topic: int, words: pl.DataFrame, language: str) -> str:
    for tag in (language, ALL_LANGUAGES):
        found = words.filter(topic=topic, language=tag).sort("rank")["shown"].head(LABEL_WORDS)
        if len(found):
            return f"{topic} {' · '.join(found)}"
    return str(topic)
