"""BERTopic with explicit, seeded UMAP and HDBSCAN over document vectors.

Source: Grootendorst 2022, arXiv:2203.05794 (BERTopic); McInnes et al. 2018,
arXiv:1802.03426 (UMAP); Campello et al. 2013 (HDBSCAN).
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import polars as pl

from geostance.errors import InputError
from geostance.log import logger
from geostance.settings.topics import TopicSettings
from geostance.topics.documents import TopicDocuments
from geostance.topics.vectors import centre_languages

# With fewer documents density says nothing: they are one topic.
SMALLEST_CORPUS = 16


@dataclass(frozen=True)
class TopicFit:
    """Assignments of documents to topics; they are the record, not the model.

    ``topics`` is the schema's table of that name. ``parameters`` are those really used after
    "auto" was resolved, none where nothing was clustered; ``messages`` say what a reader must
    know (a corpus too small to cluster, say).
    """

    topics: pl.DataFrame
    parameters: dict[str, int]
    messages: tuple[str, ...]


def resolve(settings: TopicSettings, n_documents: int) -> dict[str, int]:
    """Replace every "auto" by a value that scales with the number of documents.

    The smallest topic grows with the square root of the corpus: 8 for 270
    documents, 71 for 20,000, 328 for 430,000.
    """
    size = settings.min_topic_size
    size = max(5, round(sqrt(n_documents) / 2)) if size == "auto" else size
    samples = settings.min_samples
    samples = max(2, size // 4) if samples == "auto" else samples
    neighbours = settings.neighbours
    neighbours = 15 if neighbours == "auto" else neighbours
    return {
        "min_topic_size": size,
        "min_samples": samples,
        "neighbours": min(neighbours, n_documents - 1),
        "components": min(settings.components, max(2, n_documents - 2)),
    }


def fit_topics(
    documents: TopicDocuments, settings: TopicSettings, seed: int, *, mapped: bool = True
) -> TopicFit:
    """Group documents into topics.

    Topic −1 is BERTopic's outliers, reported as they are. Where no map is wanted the
    coordinates are not numbers, and the fit takes about half the time.

    Raises:
        InputError: there is no document.
    """
    if not len(documents):
        raise InputError(
            "there is no document to find topics in",
            "the cleaned, distinct documents",
            "look at the rejected and dropped documents: make status shows where they went",
        )
    centred = centre_languages(documents.vectors, documents.languages)

    parameters: dict[str, int] = {}
    messages: tuple[str, ...] = ()
    if len(documents) < SMALLEST_CORPUS:
        topics, strength = np.zeros(len(documents), int), np.ones(len(documents))
        places = _principal_plane(centred)
        messages = (
            f"{len(documents)} of the {SMALLEST_CORPUS} documents needed are too few to cluster: "
            "they are one topic",
        )
    else:
        parameters = resolve(settings, len(documents))
        topics, strength, places = _cluster(documents.texts, centred, parameters, seed, mapped)
        if (topics == -1).all():
            messages = (
                "no group of documents is dense enough for a topic: all are outliers; "
                "a smaller topics.min_topic_size may find some",
            )
    for message in messages:
        logger.warning(message)
    frame = pl.DataFrame(
        {
            "doc_id": documents.doc_ids,
            "topic": topics.astype(np.int64),
            "probability": strength.astype(float),
            "x": places[:, 0].astype(float),
            "y": places[:, 1].astype(float),
        }
    )
    return TopicFit(frame, parameters, messages)


def _cluster(
    texts: list[str], vectors: np.ndarray, parameters: dict[str, int], seed: int, mapped: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    from bertopic import BERTopic
    from bertopic.backend import BaseEmbedder
    from hdbscan import HDBSCAN
    from sklearn.feature_extraction.text import CountVectorizer
    from umap import UMAP

    def umap(components: int, metric: str) -> UMAP:
        return UMAP(
            n_neighbors=parameters["neighbours"],
            n_components=components,
            min_dist=0.0 if metric == "cosine" else 0.1,
            metric=metric,
            # Spectral initialisation fails on graphs of a few nodes.
            init="spectral" if len(vectors) > 50 else "random",
            random_state=seed,
            n_jobs=1,
        )

    reducer = umap(parameters["components"], "cosine")
    clusterer = HDBSCAN(
        min_cluster_size=parameters["min_topic_size"],
        min_samples=parameters["min_samples"],
        core_dist_n_jobs=1,
    )
    model = BERTopic(
        embedding_model=BaseEmbedder(),
        umap_model=reducer,
        hdbscan_model=clusterer,
        # Its words are not used: topics.words lists them per language, with stopwords for each.
        vectorizer_model=CountVectorizer(max_features=1_000),
    )
    topics, _ = model.fit_transform(texts, embeddings=vectors)
    if not mapped:
        places = np.full((len(vectors), 2), np.nan)
        return np.array(topics), clusterer.probabilities_, places
    # The map is drawn from the space that was clustered, so that what lies together is together.
    places = umap(2, "euclidean").fit_transform(reducer.embedding_)
    return np.array(topics), clusterer.probabilities_, places


def _principal_plane(vectors: np.ndarray) -> np.ndarray:
    centred = vectors - vectors.mean(axis=0)
    left, values, _ = np.linalg.svd(centred, full_matrices=False)
    plane = left[:, :2] * values[:2]
    return np.pad(plane, ((0, 0), (0, 2 - plane.shape[1])))
