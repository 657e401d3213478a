"""How good the topics are, measure by measure, and which of them need a second look."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from geostance.bootstrap import generator, percentile_interval, resampled_sums
from geostance.schema import TABLES
from geostance.settings.topics import QualitySettings
from geostance.topics.coherence import (
    WINDOWS,
    absent_share,
    coherence,
    diversity,
    npmi_of_strangers,
    reference_texts,
    topic_terms,
)
from geostance.topics.compactness import compactness
from geostance.topics.documents import ALL_LANGUAGES, TopicDocuments
from geostance.topics.flags import flags_of
from geostance.topics.leakage import language_leakage, shares_of_topics
from geostance.topics.parallel import ParallelTexts, place, together
from geostance.topics.printings import copies_of_topics, effective_number
from geostance.topics.vectors import centre_languages

# topic, language, unit, measure, estimate, low, high, n
_Row = tuple[int | None, str | None, str | None, str, float | None, float | None, float | None, int]
_CLOSENESS = {"likeness": "likeness", "others": "likeness_of_others", "separation": "separation"}
_PRINTED = (
    "copies_share",
    "story_share",
    "three_stories_share",
    "outlet_share",
    "effective_outlets",
)


@dataclass(frozen=True)
class TopicAssessment:
    """The schema's tables ``topic_quality``, ``topic_flags``, ``topic_languages``, ``topic_pairs``.

    The last is empty where no parallel texts were given.
    """

    quality: pl.DataFrame
    flags: pl.DataFrame
    languages: pl.DataFrame
    pairs: pl.DataFrame


def assess_topics(
    documents: TopicDocuments,
    topics: pl.DataFrame,
    words: pl.DataFrame,
    settings: QualitySettings,
    seed: int,
    *,
    printed: pl.DataFrame | None = None,
    parallel: ParallelTexts | None = None,
) -> TopicAssessment:
    """Measure the quality of topics, however they were found.

    Args:
        documents: the distinct texts, with the vectors that the topics were found in.
        topics: doc_id and topic (−1: none) of every document of ``documents`` and ``printed``.
        words: topic, language, rank (from 1) and word, as in the table ``topic_words``; the
            language "mul" is not used.
        settings: the section ``topics.quality``.
        seed: seed of what is drawn: reference texts, permutations, bootstrap.
        printed: doc_id, cluster_id, language and outlet (null where unknown) of every document
            as printed, copies of one text in one cluster. Without it each text was printed once.
        parallel: texts that exist in several languages.
    """
    assigned = dict(topics.select("doc_id", "topic").iter_rows())
    own = np.array([assigned[doc_id] for doc_id in documents.doc_ids], dtype=np.int64)
    if printed is None:
        printed = pl.DataFrame(
            {"doc_id": documents.doc_ids, "language": documents.languages}
        ).with_columns(cluster_id="doc_id", outlet=pl.lit(None, pl.String))
    printed = printed.join(topics.select("doc_id", "topic"), on="doc_id").sort("doc_id")
    distinct = pl.DataFrame({"doc_id": documents.doc_ids, "language": documents.languages})
    distinct = distinct.with_columns(topic=pl.Series(own, dtype=pl.Int64), cluster_id="doc_id")
    inside = distinct.filter(pl.col("topic") >= 0)
    languages = shares_of_topics(inside["language"].to_list(), inside["topic"].to_list())
    in_topics = printed.filter(pl.col("topic") >= 0)
    named = in_topics.drop_nulls("outlet")
    outlets = shares_of_topics(named["outlet"].to_list(), named["topic"].to_list())
    pairs = pl.DataFrame(schema=TABLES["topic_pairs"])
    if parallel is not None and len(parallel.texts):
        pairs = place(parallel, documents, own)
    rows = [
        *_sizes(distinct, printed, settings, seed),
        *_coherences(documents, own, words, settings, seed),
        *_closeness(documents, own),
        *_leakages(inside, settings, seed),
        *_copies(in_topics),
        *_translations(pairs, settings, seed),
    ]
    quality = pl.DataFrame(rows, schema=TABLES["topic_quality"], orient="row")
    return TopicAssessment(
        quality,
        flags_of(quality, languages, outlets, in_topics, settings),
        languages.rename({"group": "language"}),
        pairs,
    )


def _sizes(
    distinct: pl.DataFrame, printed: pl.DataFrame, settings: QualitySettings, seed: int
) -> Iterator[_Row]:
    """Give coverage, outliers and the distribution of sizes, of texts and as printed."""
    for unit, frame in (("distinct", distinct), ("printed", printed)):
        n_all = len(frame)
        counts = frame.filter(pl.col("topic") >= 0).group_by("topic").len("n").sort("topic")
        yield None, None, unit, "topics", float(len(counts)), None, None, n_all
        for language in (None, *frame["language"].unique().sort()):
            part = frame if language is None else frame.filter(language=language)
            share, low, high = _outlier_share(part, settings, seed)
            yield None, language, unit, "coverage", 1 - share, None, None, len(part)
            yield None, language, unit, "outlier_share", share, low, high, len(part)
        if len(counts):
            sizes = counts["n"].to_numpy().astype(float)
            largest, effective = sizes.max() / n_all, effective_number(sizes)
            yield None, None, unit, "largest_share", float(largest), None, None, n_all
            yield None, None, unit, "effective_topics", effective, None, None, int(sizes.sum())
        for topic, n in counts.iter_rows():
            yield topic, None, unit, "corpus_share", n / n_all, None, None, n


def _outlier_share(
    part: pl.DataFrame, settings: QualitySettings, seed: int
) -> tuple[float, float | None, float | None]:
    """Return the share without a topic, and its interval: copies of a text are drawn together."""
    sums = (
        part.group_by("cluster_id")
        .agg(outliers=(pl.col("topic") < 0).sum(), n=pl.len())
        .sort("cluster_id")
        .select("outliers", "n")
        .to_numpy()
        .astype(float)
    )
    draws = generator(seed, "outliers")
    totals = resampled_sums(sums, settings.bootstrap_samples, draws)
    low, high = percentile_interval((totals[:, :1] / totals[:, 1:]), settings.confidence)
    share = float(sums[:, 0].sum() / sums[:, 1].sum())
    return share, _known(low[0]), _known(high[0])


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _coherences(
    documents: TopicDocuments,
    topics: np.ndarray,
    words: pl.DataFrame,
    settings: QualitySettings,
    seed: int,
) -> Iterator[_Row]:
    """Give NPMI, C_v and diversity by language and topic, and their means."""
    ranked = words.filter((pl.col("topic") >= 0) & (pl.col("language") != ALL_LANGUAGES))
    tags = np.array(documents.languages)
    parts = []
    all_words: list[list[str]] = []
    for language in sorted(set(documents.languages)):
        rows = np.flatnonzero(tags == language)
        names, counts = np.unique(topics[rows], return_counts=True)
        large = {
            int(topic): int(n)
            for topic, n in zip(names, counts, strict=True)
            if topic >= 0 and n >= settings.min_documents
        }
        lists = {
            topic: ranked.filter(topic=topic, language=language).sort("rank")["word"].to_list()
            for topic in sorted(large)
        }
        lists = {topic: found for topic, found in lists.items() if found}
        if not lists:
            continue
        texts = reference_texts(
            [documents.texts[row] for row in rows],
            language,
            settings.reference_documents,
            generator(seed, f"reference {language}"),
        )
        terms = [topic_terms(found, language) for found in lists.values()]
        n_words = sum(map(len, lists.values()))
        absent = absent_share(terms, texts)
        yield None, language, None, "absent_words", absent, None, None, n_words
        spread = diversity(list(lists.values()))
        yield None, language, None, "diversity", spread, None, None, n_words
        all_words += [[f"{language} {word}" for word in found] for found in lists.values()]
        strangers = npmi_of_strangers(terms, texts)
        scores = {measure: coherence(terms, texts, measure) for measure in WINDOWS}
        scores["npmi_of_strangers"] = [strangers] * len(lists)
        for measure, found in scores.items():
            for topic, score in zip(lists, found, strict=True):
                yield topic, language, None, measure, score, None, None, len(texts)
                if score is not None:
                    parts.append((topic, language, measure, score, large[topic], len(texts)))
    if all_words:
        n_words = sum(map(len, all_words))
        yield None, None, None, "diversity", diversity(all_words), None, None, n_words
    yield from _means(parts)


def _means(parts: list[tuple[int, str, str, float, int, int]]) -> Iterator[_Row]:
    """Give the mean coherence of each topic, of each language, and of all."""
    schema = ("topic", "language", "measure", "score", "weight", "n")
    scores = pl.DataFrame(parts, schema=schema, orient="row")
    if scores.is_empty():
        return
    # A topic counts in its languages by the documents it has there, and each topic counts once.
    by_topic = (
        scores.group_by("measure", "topic")
        .agg(
            estimate=(pl.col("score") * pl.col("weight")).sum() / pl.col("weight").sum(),
            n=pl.col("n").sum(),
        )
        .sort("measure", "topic")
    )
    for measure, topic, estimate, n in by_topic.iter_rows():
        yield topic, None, None, measure, estimate, None, None, n
    by_language = scores.group_by("measure", "language").agg(
        pl.col("score").mean(), pl.col("n").first()
    )
    for measure, language, estimate, n in by_language.sort("measure", "language").iter_rows():
        yield None, language, None, measure, estimate, None, None, n
    n_texts = by_language.group_by("measure").agg(n=pl.col("n").sum())
    whole = by_topic.group_by("measure").agg(pl.col("estimate").mean()).join(n_texts, on="measure")
    for measure, estimate, n in whole.sort("measure").iter_rows():
        yield None, None, None, measure, estimate, None, None, n


def _closeness(documents: TopicDocuments, topics: np.ndarray) -> Iterator[_Row]:
    """Give how close the texts of a topic lie, how close all others, and how far apart topics."""
    found = compactness(centre_languages(documents.vectors, documents.languages), topics)
    for column, measure in _CLOSENESS.items():
        known = found.drop_nulls(column)
        for topic, estimate, n in known.select("topic", column, "n_documents").iter_rows():
            yield topic, None, "distinct", measure, estimate, None, None, n
        if len(known):
            sizes = known["n_documents"]
            mean = float((known[column] * sizes).sum() / sizes.sum())
            yield None, None, "distinct", measure, mean, None, None, int(sizes.sum())


def _leakages(inside: pl.DataFrame, settings: QualitySettings, seed: int) -> Iterator[_Row]:
    """Give what topics tell about the language, where there are two languages or more."""
    if inside["language"].n_unique() < 2:
        return
    yield from _leakage(inside, "leakage", settings, seed)


def _leakage(
    frame: pl.DataFrame,
    name: str,
    settings: QualitySettings,
    seed: int,
    strata: str | None = None,
) -> Iterator[_Row]:
    found = language_leakage(
        frame["language"].to_list(),
        frame["topic"].to_list(),
        settings.permutations,
        generator(seed, name),
        strata and frame[strata].to_list(),
    )
    values = {
        name: found.information,
        f"{name}_chance": found.chance,
        f"{name}_baseline": found.baseline,
        f"{name}_excess": found.excess,
        f"{name}_excess_share": found.excess_share,
        f"{name}_p_value": found.p_value,
    }
    for measure, value in values.items():
        yield None, None, None, measure, value, None, None, found.n_documents


def _copies(in_topics: pl.DataFrame) -> Iterator[_Row]:
    for row in copies_of_topics(in_topics).iter_rows(named=True):
        for measure in _PRINTED:
            if row[measure] is not None:
                value = row[measure]
                yield row["topic"], None, "printed", measure, value, None, None, row["n_printed"]


def _translations(pairs: pl.DataFrame, settings: QualitySettings, seed: int) -> Iterator[_Row]:
    """Give how often translations share a topic, and what the topics tell of their language."""
    if pairs.is_empty():
        return
    for language in (None, *pairs["language"].unique().sort()):
        part = pairs if language is None else pairs.filter(language=language)
        outliers = float((part["topic"] < 0).mean())
        yield None, language, None, "pairs_outlier_share", outliers, None, None, len(part)
        found = together(
            pairs,
            settings.confidence,
            settings.bootstrap_samples,
            generator(seed, "pairs"),
            language,
        )
        if found.share is not None:
            bounds = found.low, found.high, found.n_pairs
            yield None, language, None, "pairs_together", found.share, *bounds
        if found.chance is not None:
            chance = found.chance
            yield None, language, None, "pairs_chance", chance, None, None, found.n_pairs
    inside = pairs.filter(pl.col("topic") >= 0)
    if inside["language"].n_unique() > 1:
        yield from _leakage(inside, "pairs_leakage", settings, seed, "pair")
