"""Long documents as passages: these are clustered, and a document is the mixture of its own."""

from collections.abc import Set
from dataclasses import dataclass

import numpy as np
import polars as pl

from geostance.schema import TABLES
from geostance.topics.documents import TopicDocuments
from geostance.topics.mixture import main_topics, mixture, share_table
from geostance.topics.vectors import document_vectors

_WORD = r"[\p{L}\p{M}\p{N}]+"


@dataclass(frozen=True)
class Passages:
    """The passages of documents.

    ``units`` are what is clustered, in the order of ``table``: doc_id, passage (from 0), start
    and end (offsets into the document's text) and n_words of each.
    """

    units: TopicDocuments
    table: pl.DataFrame

    @classmethod
    def of(
        cls,
        documents: TopicDocuments,
        sentences: pl.DataFrame,
        embeddings: pl.DataFrame,
        words: int,
    ) -> "Passages":
        """Cut ``documents`` into passages of about so many ``words``, at the ends of sentences.

        A document has its words over ``words`` passages, rounded, one at least; each takes
        the sentences whose middle lies in its part of the document's words, so that a
        document's passages are about as long as each other. Every sentence is in one passage.
        ``sentences`` and ``embeddings`` are the tables of these names.
        """
        cut = passage_numbers(
            sentences.join(pl.DataFrame({"doc_id": documents.doc_ids}), on="doc_id", how="semi"),
            words,
        )
        table = (
            cut.group_by("doc_id", "passage")
            .agg(pl.col("start").min(), pl.col("end").max(), pl.col("n_words").sum())
            .with_columns(unit=_unit_ids())
            .sort("unit")
        )
        ids, vectors = document_vectors(
            embeddings.join(cut.select("sentence_id", "passage"), on="sentence_id")
            .with_columns(doc_id=_unit_ids())
            .drop("passage")
        )
        places = {doc_id: row for row, doc_id in enumerate(documents.doc_ids)}
        texts, languages = [], []
        for doc_id, start, end in table.select("doc_id", "start", "end").iter_rows():
            row = places[doc_id]
            texts.append(documents.texts[row][start:end])
            languages.append(documents.languages[row])
        return cls(TopicDocuments(ids, texts, languages, vectors), table.drop("unit"))

    def within(self, doc_ids: Set[str]) -> "Passages":
        """Return the passages of these documents only."""
        rows = np.flatnonzero(self.table["doc_id"].is_in(list(doc_ids)).to_numpy())
        return Passages(self.units.take(rows), self.table[rows])

    def owners(self, documents: TopicDocuments) -> np.ndarray:
        """Return for each passage the row of its document."""
        return np.searchsorted(np.array(documents.doc_ids), self.table["doc_id"].to_numpy())


def passage_numbers(sentences: pl.DataFrame, words: int) -> pl.DataFrame:
    """Return the table ``sentences`` with n_words, and the ``passage`` of each, from 0."""
    counted = sentences.sort("doc_id", "start").with_columns(
        n_words=pl.col("text").str.count_matches(_WORD).cast(pl.Int64)
    )
    # A sentence without a word has its place all the same.
    weight = pl.col("n_words").clip(1)
    total = weight.sum().over("doc_id")
    middle = (weight.cum_sum() - weight / 2).over("doc_id")
    wanted = (total / words).round().clip(1)
    return counted.with_columns(
        passage=(middle / total * wanted).floor().cast(pl.Int64)
    ).with_columns(passage=pl.col("passage").rank("dense").over("doc_id").cast(pl.Int64) - 1)


def mixed_topics(
    documents: TopicDocuments, passages: Passages, topics: pl.DataFrame
) -> pl.DataFrame:
    """Return the table ``topics`` of documents from that of their passages, in their order.

    A document's topic is the one with most of its words, outliers counted as one; probability
    and place are the means, by words, of its passages in that topic.
    """
    owners, weights = passages.owners(documents), _weights(passages)
    found = {
        name: main_topics(*mixture(owners, topics[name].to_numpy(), weights))
        for name in ("topic", "topic_found")
    }
    inside = np.where(topics["topic"].to_numpy() == found["topic"][owners], weights, 0)
    totals = np.bincount(owners, inside)
    for name in ("probability", "x", "y"):
        found[name] = np.bincount(owners, inside * topics[name].to_numpy()) / totals
    return pl.DataFrame({"doc_id": documents.doc_ids} | found).select(*TABLES["topics"])


def passage_shares(
    documents: TopicDocuments, passages: Passages, topics: pl.DataFrame
) -> pl.DataFrame:
    """Return the table ``topic_shares``: the share of a document's words in each topic."""
    owners = passages.owners(documents)
    found = mixture(owners, topics["topic"].to_numpy(), _weights(passages))
    return share_table(documents.doc_ids, *found)


def passage_table(passages: Passages, topics: pl.DataFrame) -> pl.DataFrame:
    """Return the table ``topic_passages`` of passages with their topics."""
    own = topics.drop("doc_id")
    return passages.table.hstack(own).select(*TABLES["topic_passages"])


def with_unit_ids(passages: pl.DataFrame) -> pl.DataFrame:
    """Return the table ``topic_passages`` with the ids of :attr:`Passages.units` as doc_id."""
    return passages.with_columns(doc_id=_unit_ids())


def _unit_ids() -> pl.Expr:
    return pl.format("{}-{}", "doc_id", pl.col("passage").cast(pl.String).str.zfill(4))


def _weights(passages: Passages) -> np.ndarray:
    return passages.table["n_words"].clip(1).to_numpy().astype(float)
