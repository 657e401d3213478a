"""What a study concludes from its topics, and whether another solution says the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from typing import Any

import numpy as np
import polars as pl

from geostance.proportions import normal_quantile, wilson
from geostance.topics.fits import Ensemble
from geostance.topics.overlap import jaccard, matched

# A mean over fewer documents is no conclusion.
FEWEST = 5
# Of a topic's words, from which share on it counts as told by the same words.
SAME_WORDS = 0.5
_KEY = ("conclusion", "topic", "other")


@dataclass(frozen=True)
class Facts:
    """What conclusions are drawn from, besides the topics.

    Attributes:
        documents: doc_id, outlet and period (null where unknown) of the documents that count.
        stance: doc_id, target and stance, None where none was measured.
        n_topics: the largest topics, about which conclusions are drawn.
        overlap: Jaccard overlap of documents from which two topics are the same.
        confidence: level of the intervals.
    """

    documents: pl.DataFrame
    stance: pl.DataFrame | None
    n_topics: int
    overlap: float
    confidence: float


@dataclass(frozen=True)
class Told:
    """A solution: doc_id and topic of documents, and the set of words of each topic."""

    topics: pl.DataFrame
    words: dict[int, set[str]]


def drawn_conclusions(published: Told, facts: Facts) -> pl.DataFrame:
    """Return what the published topics let one conclude.

    These are: each of the largest topics exists, and has its words; each is larger than the
    next; where it takes a larger share of one outlet, or of one half of the time, than of the
    other; how each target is portrayed in it. A difference or a mean whose interval holds zero
    is no conclusion and is left out.

    Returns:
        conclusion, topic, other, value, low and high.
    """
    found = _measured(published.topics, _largest(published, facts), facts)
    clear = found.filter((pl.col("low") > 0) | (pl.col("high") < 0))
    certain = [
        {"conclusion": kind, "topic": topic, "other": None, "value": 1.0}
        for kind in ("exists", "words")
        for topic in _largest(published, facts)
        if kind == "exists" or published.words.get(topic)
    ]
    return pl.concat([pl.DataFrame(certain, schema=_SCHEMA), clear])


def held(conclusions: pl.DataFrame, published: Told, other: Told, facts: Facts) -> pl.DataFrame:
    """Return value, low, high, same_direction and holds of each conclusion in another solution.

    A conclusion holds where the value has the sign it has in the published solution and its
    interval does not hold zero; a topic exists where one has half of its documents, and has its
    words where half of them come back. Of a topic that does not exist nothing holds.
    """
    doc_ids = facts.documents["doc_id"].sort().to_list()
    theirs = other.topics.join(facts.documents, on="doc_id", how="semi")
    own = published.topics.join(facts.documents, on="doc_id", how="semi")
    ensemble = Ensemble.of(doc_ids, [own, theirs])
    names = [
        _names(doc_ids, frame, labels)
        for frame, labels in zip((own, theirs), ensemble.labels, strict=True)
    ]
    overlaps = jaccard(*ensemble.labels)
    counterpart = {}
    overlap_of = {}
    for row, column in enumerate(matched(overlaps, facts.overlap)):
        overlap_of[names[0][row]] = float(overlaps[row, column]) if column >= 0 else 0.0
        if column >= 0 and overlaps[row, column] >= facts.overlap:
            counterpart[names[0][row]] = names[1][column]
    there = {topic: number for number, topic in counterpart.items()}
    renamed = theirs.with_columns(
        pl.col("topic").replace_strict(there, default=-1, return_dtype=pl.Int64)
    )
    largest = _largest(published, facts)
    measured = _measured(renamed, largest, facts, set(counterpart))
    certain = []
    for topic in largest:
        same = published.words.get(topic, set())
        words = other.words.get(counterpart.get(topic, -1), set())
        share = len(same & words) / len(same) if same and topic in counterpart else None
        certain += [
            {"conclusion": "exists", "topic": topic, "value": overlap_of.get(topic, 0.0),
             "holds": topic in counterpart},
            {"conclusion": "words", "topic": topic, "value": share,
             "holds": (share or 0.0) >= SAME_WORDS},
        ]  # fmt: skip
    sure = pl.DataFrame(certain, schema=_SCHEMA | {"holds": pl.Boolean})
    every = pl.concat([sure, measured], how="diagonal")
    joined = conclusions.select(*_KEY, published="value").join(
        every, on=_KEY, how="left", nulls_equal=True, maintain_order="left"
    )
    same = (pl.col("value") * pl.col("published") > 0).fill_null(False)
    clear = ((pl.col("low") > 0) | (pl.col("high") < 0)).fill_null(False)
    return joined.with_columns(
        same_direction=pl.coalesce("holds", same), holds=pl.coalesce("holds", same & clear)
    )


_SCHEMA = {
    "conclusion": pl.String,
    "topic": pl.Int64,
    "other": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}


def _largest(solution: Told, facts: Facts) -> list[int]:
    counted = solution.topics.join(facts.documents, on="doc_id", how="semi").filter(
        pl.col("topic") >= 0
    )
    sizes = counted.group_by("topic").len().sort(["len", "topic"], descending=[True, False])
    return sizes["topic"].head(facts.n_topics).to_list()


def _names(doc_ids: list[str], frame: pl.DataFrame, labels: np.ndarray) -> list[int]:
    """Return the topic's own number of each number in ``labels``."""
    own = dict(frame.select("doc_id", "topic").iter_rows())
    first: dict[int, int] = {}
    for doc_id, label in zip(doc_ids, labels.tolist(), strict=True):
        if label >= 0:
            first.setdefault(label, own[doc_id])
    return [first[number] for number in range(len(first))]


def _measured(
    topics: pl.DataFrame, largest: list[int], facts: Facts, there: set[int] | None = None
) -> pl.DataFrame:
    """Return every measure of the topics that are there; all of them where ``there`` is None."""
    rows = facts.documents.join(topics, on="doc_id")
    present = set(largest) if there is None else there & set(largest)
    measures = [
        *_sizes(rows, largest, present, facts.confidence),
        *_contrasts(rows, "outlet", present, facts.confidence),
        *_contrasts(rows, "period", present, facts.confidence),
    ]
    if facts.stance is not None:
        measures += _stances(rows, facts.stance, present, facts.confidence)
    return pl.DataFrame(measures, schema=_SCHEMA)


def _sizes(
    rows: pl.DataFrame, largest: list[int], present: set[int], confidence: float
) -> Iterator[dict[str, Any]]:
    from scipy.stats import norm

    z = norm.ppf((1 + confidence) / 2)
    n = max(1, len(rows))
    shares = {topic: float((rows["topic"] == topic).sum()) / n for topic in present}
    for first, second in pairwise(largest):
        if first in present and second in present:
            p, q = shares[first], shares[second]
            # Two shares of one whole: each document of one is none of the other.
            half = z * sqrt(max(0.0, p + q - (p - q) ** 2) / n)
            yield _row("larger", first, str(second), p - q, p - q - half, p - q + half)


def _contrasts(
    rows: pl.DataFrame, column: str, present: set[int], confidence: float
) -> Iterator[dict[str, Any]]:
    """Compare the shares of each topic between the two largest groups of ``column``."""
    known = rows.filter(pl.col(column).is_not_null())
    sizes = known.group_by(column).len().sort(["len", column], descending=[True, False])
    if len(sizes) < 2:
        return
    # Outlets by name; of two periods the later one first, so that growth is above zero.
    groups = sorted(sizes[column].head(2), reverse=column == "period")
    parts = [known.filter(pl.col(column) == group) for group in groups]
    for topic in sorted(present):
        counts = [(int((part["topic"] == topic).sum()), len(part)) for part in parts]
        yield _row(column, topic, " − ".join(groups), *_difference(*counts, confidence))


def _difference(
    first: tuple[int, int], second: tuple[int, int], confidence: float
) -> tuple[float, float, float]:
    """Return the difference of two independent shares with its interval.

    Source: Newcombe 1998, Statistics in Medicine 17, method 10 (from Wilson's intervals).
    """
    (p, p_low, p_high), (q, q_low, q_high) = (
        (n / of, *wilson(n / of, of, normal_quantile(confidence))) for n, of in (first, second)
    )
    low = p - q - sqrt((p - p_low) ** 2 + (q_high - q) ** 2)
    high = p - q + sqrt((p_high - p) ** 2 + (q - q_low) ** 2)
    return p - q, float(low), float(high)


def _stances(
    rows: pl.DataFrame, stance: pl.DataFrame, present: set[int], confidence: float
) -> Iterator[dict[str, Any]]:
    from scipy.stats import t

    scored = rows.join(stance, on="doc_id").filter(pl.col("topic").is_in(sorted(present)))
    for (topic, target), part in sorted(scored.group_by("topic", "target")):
        if len(part) >= FEWEST:
            mean, spread = float(part["stance"].mean()), float(part["stance"].std())
            half = float(t.ppf((1 + confidence) / 2, len(part) - 1)) * spread / sqrt(len(part))
            yield _row("stance", topic, str(target), mean, mean - half, mean + half)


def _row(
    kind: str, topic: int, other: str, value: float, low: float, high: float
) -> dict[str, Any]:
    return dict(zip(_SCHEMA, (kind, topic, other, value, low, high), strict=True))
