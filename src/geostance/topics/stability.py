"""Whether topics come back: in other fits of the same documents, and of parts of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import polars as pl

from geostance.proportions import normal_quantile, wilson
from geostance.schema import TABLES
from geostance.topics.documents import ALL_LANGUAGES
from geostance.topics.fits import OUTLIER, UNSEEN, Ensemble, FitPlan
from geostance.topics.overlap import jaccard, matched, word_overlap

# Which fits a figure rests on: all of them, those of all documents, those of a part.
_KINDS = {"all": ("seed", "subsample"), "seed": ("seed",), "subsample": ("subsample",)}


@dataclass(frozen=True)
class Solution:
    """Topics that are held against fits: ``topics`` and ``topic_info`` of the schema, and words.

    ``words`` are the topics' words over all languages, as sets.
    """

    topics: pl.DataFrame
    info: pl.DataFrame
    words: dict[int, set[str]]


@dataclass(frozen=True)
class Stability:
    """The schema's tables ``topic_stability``, ``document_consensus`` and ``topic_fits``."""

    topics: pl.DataFrame
    documents: pl.DataFrame
    fits: pl.DataFrame


def assess_stability(
    solution: Solution,
    plans: Sequence[FitPlan],
    fits: Sequence[pl.DataFrame],
    words: Sequence[pl.DataFrame],
    overlap: float,
    confidence: float,
) -> Stability:
    """Hold the topics of ``solution`` against other fits of the same documents.

    Args:
        solution: the topics in question.
        plans: how each fit was made.
        fits: doc_id and topic of each fit.
        words: the words of each fit's topics, as the schema's ``topic_words``.
        overlap: Jaccard overlap of documents from which a topic recurs in a fit.
        confidence: level of the intervals.
    """
    ordered = solution.topics.sort("doc_id")
    doc_ids = ordered["doc_id"].to_list()
    own = ordered["topic"].to_numpy()
    ids = np.unique(own[own >= 0])
    # Topics need not be numbered without gaps once some were merged.
    reference = np.where(own >= 0, np.searchsorted(ids, own), OUTLIER)
    listed = [solution.words.get(int(topic), set()) for topic in ids]
    ensemble = Ensemble.of(doc_ids, fits)
    found, alike = [], []
    for labels, frame, described in zip(ensemble.labels, fits, words, strict=True):
        theirs = _words_of(described, frame, doc_ids, labels)
        between = word_overlap(listed, theirs)
        of_documents = jaccard(reference, labels)
        columns = matched(of_documents, overlap, between)
        found.append(_picked(of_documents, columns))
        alike.append(_picked(between, columns))
    topics = _recurrence(
        solution.info, ids, plans, np.array(found), np.array(alike), overlap, confidence
    )
    kept, held, seen = _companions(reference, ensemble)
    documents = pl.DataFrame(
        {
            "doc_id": doc_ids,
            "topic": own.astype(np.int64),
            "n_fits": seen,
            "consensus": np.where(seen > 0, held / np.maximum(seen, 1), np.nan),
            "companions": np.where(seen > 0, kept / np.maximum(seen, 1), np.nan),
        }
    ).with_columns(pl.col("consensus", "companions").fill_nan(None))
    return Stability(topics, documents, _fit_table(plans, ensemble, reference))


def checked_again(
    solution: pl.DataFrame, again: pl.DataFrame, shuffled: pl.DataFrame, plans: Sequence[FitPlan]
) -> pl.DataFrame:
    """Return two rows of ``topic_fits``: the published fit made again, and from shuffled rows.

    ``identical`` says whether the first puts every document where the published topics do, and
    whether the second puts every document where the first does.
    """
    doc_ids = again["doc_id"].sort().to_list()
    labels = Ensemble.of(doc_ids, [solution, again, shuffled]).labels
    return pl.concat(
        [
            _fit_table([plan], Ensemble(doc_ids, labels[at : at + 1]), labels[0]).with_columns(
                kind=pl.lit(kind), identical=pl.lit(bool((labels[at - 1] == labels[at]).all()))
            )
            for at, kind, plan in zip((1, 2), ("again", "shuffled"), plans, strict=True)
        ]
    )


def topic_sets(words: pl.DataFrame) -> dict[int, set[str]]:
    """Return the words over all languages of each topic of the schema's ``topic_words``."""
    over_all = words.filter(pl.col("language") == ALL_LANGUAGES, pl.col("topic") >= 0)
    return {int(topic): set(part["word"]) for (topic,), part in over_all.group_by("topic")}


def _words_of(
    words: pl.DataFrame, fit: pl.DataFrame, doc_ids: list[str], labels: np.ndarray
) -> list[set[str]]:
    """Return the words of a fit's topics in the order of ``labels``, which renumber them."""
    at = dict(zip(doc_ids, labels.tolist(), strict=True))
    first = fit.filter(pl.col("topic") >= 0).unique("topic").select("topic", "doc_id").rows()
    number = {topic: at[doc_id] for topic, doc_id in first if doc_id in at}
    sets = topic_sets(words)
    ordered: list[set[str]] = [set() for _ in range(labels.max(initial=-1) + 1)]
    for topic, place in number.items():
        ordered[place] = sets.get(topic, set())
    return ordered


def _picked(values: np.ndarray, columns: np.ndarray) -> np.ndarray:
    rows = np.arange(len(columns))
    return np.where(columns >= 0, values[rows, columns], 0.0) if values.size else 0.0 * columns


def _recurrence(
    info: pl.DataFrame,
    ids: np.ndarray,
    plans: Sequence[FitPlan],
    found: np.ndarray,
    alike: np.ndarray,
    level: float,
    confidence: float,
) -> pl.DataFrame:
    labels = dict(info.select("topic", "label").iter_rows())
    sizes = dict(info.select("topic", "n_documents").iter_rows())
    rows = []
    for kind, kinds in _KINDS.items():
        chosen = [n for n, plan in enumerate(plans) if plan.kind in kinds]
        if not chosen:
            continue
        for at, topic in enumerate(ids.tolist()):
            overlaps = found[chosen, at]
            n = int((overlaps >= level).sum())
            share = n / len(chosen)
            low, high = wilson(share, len(chosen), normal_quantile(confidence))
            rows.append(
                {
                    "topic": topic,
                    "label": labels.get(topic, str(topic)),
                    "n_documents": sizes.get(topic),
                    "fits": kind,
                    "n_fits": len(chosen),
                    "n_recurred": n,
                    "recurrence": share,
                    "low": min(max(low, 0.0), share),
                    "high": max(min(high, 1.0), share),
                    "overlap": float(overlaps.mean()),
                    "overlap_min": float(overlaps.min()),
                    "word_overlap": float(alike[chosen, at].mean()),
                    "level": level,
                    "confidence": confidence,
                }
            )
    return pl.DataFrame(rows, schema=TABLES["topic_stability"], orient="row")


def _companions(
    reference: np.ndarray, ensemble: Ensemble
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return for each document three sums over the fits that saw it.

    The share of its topic's other documents that were with it, whether it was where most of
    its topic was, and 1. An outlier is with its like where it is an outlier again.
    """
    n_topics = reference.max(initial=-1) + 1
    kept, held = np.zeros(len(reference)), np.zeros(len(reference))
    seen = np.zeros(len(reference), np.int64)
    for labels in ensemble.labels:
        there = labels != UNSEEN
        seen += there
        lone = there & (reference == OUTLIER)
        kept[lone] += labels[lone] == OUTLIER
        held[lone] += labels[lone] == OUTLIER
        inside = there & (reference >= 0)
        width = labels.max(initial=-1) + 2
        # Column 0 holds the outliers.
        cells = np.bincount(
            reference[inside] * width + labels[inside] + 1, minlength=n_topics * width
        ).reshape(n_topics, width)
        others = np.maximum(cells.sum(axis=1) - 1, 1)
        grouped = inside & (labels >= 0)
        with_it = cells[reference[grouped], labels[grouped] + 1] - 1
        alone = cells.sum(axis=1)[reference[grouped]] == 1
        kept[grouped] += np.where(alone, 1.0, with_it / others[reference[grouped]])
        home = cells[:, 1:].argmax(axis=1) if width > 1 else np.full(n_topics, UNSEEN)
        held[grouped] += labels[grouped] == home[reference[grouped]]
    return kept, held, seen


def _fit_table(plans: Sequence[FitPlan], ensemble: Ensemble, reference: np.ndarray) -> pl.DataFrame:
    """Return the schema's table ``topic_fits``: each fit beside the topics held against them."""
    n_fits = len(ensemble)
    alike = np.full((n_fits, n_fits, 2), np.nan)
    for one, other in combinations(range(n_fits), 2):
        alike[one, other] = alike[other, one] = agreement(
            ensemble.labels[one], ensemble.labels[other]
        )
    rows = []
    for at, (plan, labels) in enumerate(zip(plans, ensemble.labels, strict=True)):
        there = labels != UNSEEN
        to_solution = agreement(reference, labels)
        others = np.delete(alike[at], at, axis=0)
        spread = {
            f"{name}_others{end}": float(of(others[:, column])) if len(others) else None
            for column, name in enumerate(("ari", "ami"))
            for end, of in (("", np.mean), ("_min", np.min), ("_max", np.max))
        }
        rows.append(
            {
                "fit": at,
                "kind": plan.kind,
                "seed": plan.seed,
                "n_documents": int(there.sum()),
                "n_topics": len(np.unique(labels[labels >= 0])),
                "outlier_share": float((labels[there] == OUTLIER).mean()),
                "ari": to_solution[0],
                "ami": to_solution[1],
                **spread,
                "identical": None,
            }
        )
    return pl.DataFrame(rows, schema=TABLES["topic_fits"], orient="row")


def agreement(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """Return adjusted Rand index and adjusted mutual information on what both fits saw.

    Outliers count as one group of their own.

    Source: Hubert and Arabie 1985; Vinh, Epps and Bailey 2010, JMLR 11.
    """
    from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

    both = (first != UNSEEN) & (second != UNSEEN)
    one, other = first[both], second[both]
    if not len(one):
        return float("nan"), float("nan")
    return float(adjusted_rand_score(one, other)), float(adjusted_mutual_info_score(one, other))
