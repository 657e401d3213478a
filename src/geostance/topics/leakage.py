"""Whether topics follow language rather than theme.

Languages are dealt out anew among the documents, many times: what mutual information they
then have with the topics is that of chance.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

# The baseline is this percentile of the dealt-out tables.
BASELINE = 0.99
# Cells of tables dealt out at once: bounds the memory.
_CELLS = 4_000_000


@dataclass(frozen=True)
class Leakage:
    """Mutual information of language and topic, in bits, held against chance.

    ``baseline`` is its 99th percentile, and ``chance`` its mean, over permutations; ``p_value``
    the share of them, and of what was found, that reach it. ``entropy`` is that of the
    languages (within strata their mean): what could be told at most.
    """

    information: float
    chance: float
    baseline: float
    p_value: float
    entropy: float
    n_documents: int

    @property
    def excess(self) -> float:
        """What is above the baseline; negative below it."""
        return self.information - self.baseline

    @property
    def excess_share(self) -> float:
        """The excess as a share of the languages' entropy; 0 where there is but one language."""
        return self.excess / self.entropy if self.entropy > 0 else 0.0


def language_leakage(
    languages: Sequence[str],
    topics: Sequence[int],
    permutations: int,
    draws: np.random.Generator,
    strata: Sequence[str] | Sequence[int] | None = None,
) -> Leakage:
    """Return the mutual information of language and topic beyond what chance gives.

    Without strata this tests independence, which fails too where the outlets of a language
    cover other themes. With strata of one theme each (parallel texts, a section, human
    labels) it is the information given the stratum, and languages are dealt out within
    strata only: what is left then is of language.

    Source: Cover and Thomas 2006, ch. 2; Patefield 1981 (tables with given margins).
    """
    tables = [table for table in _tables(languages, topics, strata) if table.size]
    n_documents = int(sum(table.sum() for table in tables))
    if not n_documents:
        return Leakage(0.0, 0.0, 0.0, 1.0, 0.0, 0)
    weights = [table.sum() / n_documents for table in tables]
    found = sum(
        weight * float(information(table)) for weight, table in zip(weights, tables, strict=True)
    )
    dealt = np.zeros(permutations)
    for weight, table in zip(weights, tables, strict=True):
        dealt += weight * _dealt(table, permutations, draws)
    entropy = sum(
        weight * _entropy(table.sum(axis=0) / table.sum())
        for weight, table in zip(weights, tables, strict=True)
    )
    # Equal tables may differ by a hair in the order of their sums.
    reached = int((dealt >= found - 1e-12).sum())
    return Leakage(
        found,
        float(dealt.mean()),
        float(np.quantile(dealt, BASELINE)),
        (reached + 1) / (permutations + 1),
        entropy,
        n_documents,
    )


def information(tables: np.ndarray) -> np.ndarray:
    """Return the mutual information of rows and columns in bits, of tables in the last axes."""
    total = tables.sum(axis=(-2, -1), keepdims=True)
    joint = tables / total
    apart = joint.sum(axis=-1, keepdims=True) * joint.sum(axis=-2, keepdims=True)
    ratio = np.divide(joint, apart, where=joint > 0, out=np.ones_like(joint))
    return np.maximum((joint * np.log2(ratio)).sum(axis=(-2, -1)), 0.0)


def _entropy(shares: np.ndarray) -> float:
    shares = shares[shares > 0]
    return float(-(shares * np.log2(shares)).sum())


def _tables(
    languages: Sequence[str], topics: Sequence[int], strata: Sequence[str] | Sequence[int] | None
) -> Iterator[np.ndarray]:
    """Give the table of topics and languages of each stratum, without empty rows or columns."""
    _, columns = np.unique(np.asarray(languages, dtype=str), return_inverse=True)
    _, rows = np.unique(np.asarray(topics), return_inverse=True)
    parts = np.zeros(len(rows), int)
    if strata is not None:
        _, parts = np.unique(np.asarray(strata), return_inverse=True)
    order = np.argsort(parts, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(parts[order])) + 1):
        table = np.zeros((rows.max(initial=0) + 1, columns.max(initial=0) + 1), np.int64)
        np.add.at(table, (rows[members], columns[members]), 1)
        yield table[table.any(axis=1)][:, table.any(axis=0)]


def _dealt(table: np.ndarray, permutations: int, draws: np.random.Generator) -> np.ndarray:
    """Return the information of each permutation, drawn as a table with the same margins."""
    from scipy.stats import random_table

    if 1 in table.shape:
        return np.zeros(permutations)
    dealer = random_table(table.sum(axis=1), table.sum(axis=0))
    step = max(1, _CELLS // table.size)
    return np.concatenate(
        [
            information(dealer.rvs(min(step, permutations - done), random_state=draws))
            for done in range(0, permutations, step)
        ]
    )


def shares_of_topics(groups: Sequence[str], topics: Sequence[int]) -> pl.DataFrame:
    """Return how large each group (a language, an outlet) is in each topic and in all of them.

    Returns:
        ``topic``, ``group``, ``n_documents``; ``share`` of the topic's documents and
        ``corpus_share`` of all given; ``p_value``, the probability of as many or more if
        groups were dealt out at random (hypergeometric).
    """
    from scipy.stats import hypergeom

    frame = pl.DataFrame(
        {"topic": topics, "group": groups}, schema={"topic": pl.Int64, "group": pl.String}
    )
    counted = (
        frame.with_columns(n_group=pl.len().over("group"), n_topic=pl.len().over("topic"))
        .group_by("topic", "group", "n_group", "n_topic")
        .agg(n_documents=pl.len().cast(pl.Int64))
        .sort("topic", "group")
    )
    found, of_group, of_topic = (
        counted[name].to_numpy() for name in ("n_documents", "n_group", "n_topic")
    )
    chance = hypergeom.sf(found - 1, len(frame), of_group, of_topic)
    return counted.select(
        "topic",
        "group",
        "n_documents",
        share=pl.col("n_documents") / pl.col("n_topic"),
        corpus_share=pl.col("n_group") / max(len(frame), 1),
        # It is a sum of many small numbers, and may end a hair outside.
        p_value=pl.Series(np.clip(chance, 0, 1), dtype=pl.Float64),
    )
