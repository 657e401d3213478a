"""BERTopic with explicit, seeded UMAP and HDBSCAN over document vectors.

Source: Grootendorst 2022, arXiv:2203.05794 (BERTopic); McInnes et al. 2018,
arXiv:1802.03426 (UMAP); Campello et al. 2013 (HDBSCAN).
"""

from dataclasses import dataclass, field, replace
from math import cbrt, sqrt

import numpy as np
import polars as pl

from geostance.errors import InputError
from geostance.log import logger
from geostance.schema import empty_table
from geostance.settings.topics import TopicSettings
from geostance.topics.documents import TopicDocuments
from geostance.topics.extension import extended, fitted_rows
from geostance.topics.guidance import (
    Guidance,
    NamedTheme,
    draw_together,
    named_themes,
    nearest_theme,
    own_topics,
)
from geostance.topics.merging import merge_topics
from geostance.topics.outliers import give_to_nearest
from geostance.topics.passages import Passages, mixed_topics, passage_table
from geostance.topics.vectors import LanguageMeans

# With fewer documents density says nothing: they are one topic.
SMALLEST_CORPUS = 16
# A topic of more than this share of the documents is divided. HDBSCAN's excess of mass now and
# then settles for two: the sports pages, and all the rest.
LARGEST_SHARE = 0.5
# Smaller than so many of the smallest topic, a large topic is not asked to divide.
_DIVISIBLE = 4
_MOST_OUTLIERS = 0.5


@dataclass(frozen=True)
class TopicFit:
    """Assignments of documents to topics; they are the record, not the model.

    ``topics`` is the schema's table of that name, ``passages`` the table ``topic_passages``.
    ``parameters`` are those really used after "auto" was resolved, none where nothing was
    clustered; ``n_found`` topics were found before any were merged. ``themes`` says what became
    of the themes that were named, ``messages`` what a reader must know (a corpus too small to
    cluster, say). ``n_fitted`` texts or passages of ``n_units`` were clustered; the others were
    given the topics of the nearest of these.
    """

    topics: pl.DataFrame
    parameters: dict[str, int]
    messages: tuple[str, ...]
    n_found: int = 0
    themes: tuple[NamedTheme, ...] = ()
    passages: pl.DataFrame = field(default_factory=lambda: empty_table("topic_passages"))
    n_fitted: int = 0
    n_units: int = 0


def resolve(
    settings: TopicSettings, n_documents: int, n_fitted: int | None = None
) -> dict[str, int]:
    """Replace every "auto" by a value that scales with the number of documents.

    The smallest topic grows with the square root of a small corpus, and from some 700 documents
    on with the cube root, for a large one has more themes and not only larger ones: 16 for 270
    documents, 81 for 20,000, 226 for 430,000. Where only ``n_fitted`` of the documents are
    clustered, what is a topic of the smallest size in all of them has its share of documents
    there, and so many fewer around it.
    """
    fitted = n_documents if n_fitted is None else n_fitted
    share = fitted / n_documents
    size = settings.min_topic_size
    if size == "auto":
        size = max(5, round(min(sqrt(n_documents), 3 * cbrt(n_documents))))
    samples = settings.min_samples
    samples = max(2, size // 4) if samples == "auto" else samples
    if share < 1:
        size, samples = max(5, round(share * size)), max(2, round(share * samples))
    neighbours = settings.neighbours
    neighbours = 15 if neighbours == "auto" else neighbours
    return {
        "min_topic_size": size,
        "min_samples": samples,
        "max_topic_size": max(round(LARGEST_SHARE * fitted), _DIVISIBLE * size),
        "neighbours": min(neighbours, fitted - 1),
        "components": min(settings.components, max(2, fitted - 2)),
    }


def fit_topics(
    documents: TopicDocuments,
    settings: TopicSettings,
    seed: int,
    guidance: Guidance | None = None,
    passages: Passages | None = None,
    *,
    mapped: bool = True,
) -> TopicFit:
    """Group documents into topics, or their ``passages`` where these are given.

    Topics are numbered by size. Topic −1 is the outliers, kept or given to the nearest topic
    as ``settings`` say. Where no map is wanted (``mapped``) the coordinates are not numbers,
    and the fit takes about half the time. Of more than ``settings.fit_documents`` documents or
    passages so many are drawn and clustered, and the rest is assigned to what was found.

    Raises:
        InputError: there is no document, or no vector of a theme that the settings name.
    """
    if not len(documents):
        raise InputError(
            "there is no document to find topics in",
            "the cleaned, distinct documents",
            "look at the rejected and dropped documents: make status shows where they went",
        )
    guidance = guidance or Guidance()
    guidance.check(settings)
    units = passages.units if passages else documents
    rows = fitted_rows(len(units), settings.fit_documents, seed)
    whole = len(rows) == len(units)
    fitted = units if whole else units.take(rows)
    fit = _fit(fitted, settings, seed, guidance, mapped, len(units))
    if not whole:
        topics, themes = extended(fit.topics, fit.themes, units, rows, settings, guidance)
        told = (
            f"topics were fitted on {len(rows):,} of {len(units):,} "
            f"{'passages' if passages else 'texts'}, drawn with seed {seed}; the others took the "
            "topics of the nearest of these (topics.fit_documents); smallest topic and samples are "
            "those of this part"
        )
        messages = (*fit.messages, told)
        fit = replace(fit, topics=topics, themes=themes, messages=messages)
    fit = replace(fit, n_fitted=len(rows), n_units=len(units))
    for message in fit.messages:
        logger.warning(message)
    if passages is None:
        return fit
    return replace(
        fit,
        topics=mixed_topics(documents, passages, fit.topics),
        passages=passage_table(passages, fit.topics),
    )


def _fit(
    units: TopicDocuments,
    settings: TopicSettings,
    seed: int,
    guidance: Guidance,
    mapped: bool,
    n_in_all: int,
) -> TopicFit:
    means = LanguageMeans.of(units.vectors, units.languages)
    centred = means.take_off(units.vectors, units.languages)
    themes, theme_vectors = guidance.zero_shot.centred(means)
    seeds, seed_vectors = guidance.guided.centred(means)
    near, strength = nearest_theme(centred, theme_vectors, settings.zero_shot_similarity)
    drawn, _ = nearest_theme(centred, seed_vectors, settings.guided_similarity)
    rest = near == -1
    drawn[~rest] = -1

    parameters: dict[str, int] = {}
    messages: list[str] = []
    found = near.copy()
    if len(units) < SMALLEST_CORPUS:
        found[rest], strength[rest] = len(themes), 1
        places = _principal_plane(centred)
        messages.append(
            f"{len(units)} of the {SMALLEST_CORPUS} documents needed are too few to cluster: "
            f"{'those near no theme' if themes else 'they'} are one topic"
        )
    else:
        parameters = resolve(settings, n_in_all, len(units))
        reduced, places = _reduce(
            draw_together(centred, seed_vectors, drawn), drawn, parameters, seed, mapped
        )
        clusters, strength[rest] = _cluster(reduced[rest], parameters)
        found[rest] = np.where(clusters == -1, -1, clusters + len(themes))
        if (clusters == -1).all():
            messages.append(
                "no group of documents is dense enough for a topic: all "
                f"{'near no theme ' if themes else ''}are outliers; "
                "a smaller topics.min_topic_size may find some",
            )
        largest = np.bincount(clusters + 1)[1:].max(initial=0)
        if largest > parameters["max_topic_size"]:
            messages.append(
                f"one topic holds {largest} of {len(units)} documents, and does not divide"
            )
    n_found = len(np.unique(found[found >= 0]))
    if settings.number is not None:
        found = merge_topics(found, centred, settings.number, len(themes))
        if settings.number != "auto" and n_found < settings.number:
            messages.append(
                f"{n_found} topics were found, fewer than the {settings.number} of topics.number"
            )
    topics = found
    if settings.outliers == "nearest":
        topics = give_to_nearest(found, centred, settings.outlier_similarity)
    taken = [theme if theme in near else None for theme in range(len(themes))]
    own = own_topics(drawn, found, len(seeds))
    ranks = _ranks(topics)
    named = [
        *named_themes("zero_shot", themes, near, taken, ranks),
        *named_themes("guided", seeds, drawn, own, ranks),
    ]
    frame = pl.DataFrame(
        {
            "doc_id": units.doc_ids,
            "topic": ranks[topics].astype(np.int64),
            "probability": strength.astype(float),
            "x": places[:, 0].astype(float),
            "y": places[:, 1].astype(float),
            "topic_found": ranks[found].astype(np.int64),
        }
    )
    messages += guidance.messages(units.languages, named)
    return TopicFit(frame, parameters, tuple(messages), n_found, tuple(named))


def _ranks(topics: np.ndarray) -> np.ndarray:
    """Return the number of each topic when the largest is 0; its last place is the outliers'."""
    sizes = np.bincount(topics[topics >= 0])
    order = np.argsort(-sizes, kind="stable")
    ranks = np.full(len(sizes) + 1, -1)
    ranks[order] = np.arange(len(sizes))
    return ranks


def _reduce(
    vectors: np.ndarray, drawn: np.ndarray, parameters: dict[str, int], seed: int, mapped: bool
) -> tuple[np.ndarray, np.ndarray]:
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

    labels = drawn if (drawn >= 0).any() else None
    reduced = np.nan_to_num(umap(parameters["components"], "cosine").fit_transform(vectors, labels))
    if not mapped:
        return reduced, np.full((len(vectors), 2), np.nan)
    # The map is drawn from the space that is clustered, so that what lies together is together.
    return reduced, umap(2, "euclidean").fit_transform(reduced)


def _cluster(reduced: np.ndarray, parameters: dict[str, int]) -> tuple[np.ndarray, np.ndarray]:
    from bertopic import BERTopic
    from bertopic.backend import BaseEmbedder
    from bertopic.dimensionality import BaseDimensionalityReduction
    from hdbscan import HDBSCAN

    if len(reduced) < SMALLEST_CORPUS:
        return np.full(len(reduced), -1), np.zeros(len(reduced))
    # What does not divide would be outliers: better one large topic, and a word about it.
    for largest in (parameters["max_topic_size"], 0):
        clusterer = HDBSCAN(
            min_cluster_size=parameters["min_topic_size"],
            min_samples=parameters["min_samples"],
            max_cluster_size=largest,
            core_dist_n_jobs=1,
        )
        model = BERTopic(
            embedding_model=BaseEmbedder(),
            # Documents near a theme share the space and the map, but are not clustered.
            umap_model=BaseDimensionalityReduction(),
            hdbscan_model=clusterer,
        )
        # Its words are not used (topics.words lists them per language), and counting them would
        # take a fifth of the fit: it is given others than those of the documents.
        unread = ["some text"] * len(reduced)
        topics = np.array(model.fit_transform(unread, embeddings=reduced)[0])
        if (topics == -1).mean() <= _MOST_OUTLIERS:
            break
    return topics, clusterer.probabilities_


def _principal_plane(vectors: np.ndarray) -> np.ndarray:
    centred = vectors - vectors.mean(axis=0)
    left, values, _ = np.linalg.svd(centred, full_matrices=False)
    plane = left[:, :2] * values[:2]
    return np.pad(plane, ((0, 0), (0, 2 - plane.shape[1])))
