"""Texts that exist in several languages: do the translations of one land in one topic?"""

from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl

from geostance.bootstrap import percentile_interval, resampled_sums
from geostance.errors import InputError
from geostance.topics.documents import TopicDocuments
from geostance.topics.mixture import voted
from geostance.topics.neighbours import nearest
from geostance.topics.vectors import LanguageMeans

_COLUMNS = {"pair": pl.String, "language": pl.String, "text": pl.String}


@dataclass(frozen=True)
class ParallelTexts:
    """Texts of which those of one ``pair`` say the same in different languages.

    ``texts`` has the columns pair, language (BCP 47) and text; ``vectors`` are float32
    (n_texts, dim), unit rows, made as those of the study.
    """

    texts: pl.DataFrame
    vectors: np.ndarray


def read_parallel(path: Path) -> pl.DataFrame:
    """Read a CSV or JSON Lines file of parallel texts: pair, language and text of each.

    Raises:
        InputError: the file cannot be read, lacks a column or a value, or has a language twice
            in one pair.
    """
    try:
        lines = path.suffix.lower() in {".jsonl", ".ndjson"}
        read = pl.read_ndjson(path) if lines else pl.read_csv(path, infer_schema=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputError(
            f"the parallel texts cannot be read: {error}",
            str(path),
            "give a .csv file in UTF-8 with commas, or a .jsonl file with one object a line",
        ) from error
    if missing := [column for column in _COLUMNS if column not in read.columns]:
        raise InputError(
            f"the parallel texts have no column {', '.join(missing)}",
            f"{path}, whose columns are {', '.join(read.columns)}",
            "name the columns pair, language and text; pair is the same for all translations",
        )
    texts = read.select(pl.col(name).cast(kind) for name, kind in _COLUMNS.items())
    holes = texts.select(
        row=pl.int_range(1, pl.len() + 1),
        hole=pl.any_horizontal(pl.all().is_null() | (pl.all().str.strip_chars() == "")),
    ).filter("hole")
    if len(holes):
        raise InputError(
            f"{len(holes)} of {len(texts)} parallel texts lack a pair, a language or a text",
            f"{path}, first in record {holes['row'][0]}",
            "fill the gap or take the record out",
        )
    doubled = texts.filter(pl.struct("pair", "language").is_duplicated())
    if len(doubled):
        pair, language = doubled.row(0)[:2]
        raise InputError(
            f"the pair {pair} has {language} twice",
            str(path),
            "give each pair one text in each language",
        )
    return texts.sort("pair", "language")


def place(texts: ParallelTexts, documents: TopicDocuments, topics: np.ndarray) -> pl.DataFrame:
    """Return the schema's table ``topic_pairs``: each parallel text in a topic of the study.

    A text gets the topic that most of its nearest documents have, weighted by their cosine;
    no topic is one of the choices, as it is for the documents. The means of the languages are
    those of the study.

    Args:
        texts: the parallel texts.
        documents: what the topics were found in.
        topics: the topic of each document, −1 for outliers, shape (n_documents,).
    """
    means = LanguageMeans.of(documents.vectors, documents.languages)
    near = nearest(
        means.take_off(texts.vectors, texts.texts["language"].to_list()),
        means.take_off(documents.vectors, documents.languages),
    )
    chosen, share = voted(near, topics)
    return texts.texts.select(
        "pair",
        "language",
        topic=pl.Series(chosen, dtype=pl.Int64),
        share=pl.Series(share, dtype=pl.Float64),
        text="text",
    )


@dataclass(frozen=True)
class Together:
    """The share of pairs of translations in one topic, with its interval and that of chance."""

    share: float | None
    low: float | None
    high: float | None
    # Of texts of two languages that say different things.
    chance: float | None
    n_pairs: int


def together(
    placed: pl.DataFrame,
    confidence: float,
    samples: int,
    draws: np.random.Generator,
    language: str | None = None,
) -> Together:
    """Return how often two translations of one text share a topic, outliers aside.

    Args:
        placed: the table ``topic_pairs``.
        confidence: level of the interval, a bootstrap over whole pairs.
        samples: replicates of it.
        draws: source of the draws.
        language: only the pairs that one of is in this language; all of them if None.
    """
    inside = placed.filter(pl.col("topic") >= 0)
    rows = []
    for _, group in inside.group_by("pair", maintain_order=True):
        found = [
            (one[1] == other[1])
            for one, other in combinations(group.select("language", "topic").rows(), 2)
            if language is None or language in (one[0], other[0])
        ]
        rows.append((sum(found), len(found)))
    sums = np.array(rows, dtype=float).reshape(-1, 2)
    same, n_pairs = sums.sum(axis=0)
    if not n_pairs:
        return Together(None, None, None, None, 0)
    totals = resampled_sums(sums, samples, draws)
    shares = np.divide(
        totals[:, 0], totals[:, 1], where=totals[:, 1] > 0, out=np.full(samples, np.nan)
    )
    low, high = percentile_interval(shares[:, None], confidence)
    return Together(
        same / n_pairs,
        None if np.isnan(low[0]) else float(low[0]),
        None if np.isnan(high[0]) else float(high[0]),
        _chance(inside, language),
        int(n_pairs),
    )


def _chance(inside: pl.DataFrame, language: str | None) -> float | None:
    """Return how often texts of different pairs and languages share a topic."""
    counts = _counts(inside)
    by_pair = [_counts(group) for _, group in inside.group_by("pair")]
    languages = sorted(inside["language"].unique())
    same = of = 0
    for one, other in combinations(languages, 2):
        if language is not None and language not in (one, other):
            continue
        for table, sign in ((counts, 1), *((own, -1) for own in by_pair)):
            first, second = table.get(one, {}), table.get(other, {})
            same += sign * sum(n * second.get(topic, 0) for topic, n in first.items())
            of += sign * sum(first.values()) * sum(second.values())
    return same / of if of else None


def _counts(inside: pl.DataFrame) -> dict[str, dict[int, int]]:
    counted: dict[str, dict[int, int]] = {}
    for language, topic in inside.select("language", "topic").iter_rows():
        own = counted.setdefault(language, {})
        own[topic] = own.get(topic, 0) + 1
    return counted
