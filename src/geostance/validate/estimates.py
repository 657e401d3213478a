"""Mean stance and shares by group, from the model alone, the labels alone, and both."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from geostance.bootstrap import generator, percentile_interval, resampled_sums
from geostance.schema import TABLES, empty_table
from geostance.settings.validation import ValidationSettings
from geostance.validate.correction import Corrected, Evidence, corrected_mean
from geostance.validate.intervals import interval, within
from geostance.validate.pooling import pooled
from geostance.validate.population import (
    CHANCE,
    QUANTITIES,
    Population,
    Unit,
    usable_labels,
)

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# Estimate, low, high, number of documents, number of labels, and why there is no estimate.
_Numbers = tuple[float | None, float | None, float | None, int, int, str | None]

# Standard errors between the number of documents the inclusion probabilities imply and the
# real one from which the probabilities are doubted.
_DOUBTFUL = 4


def estimate(
    populations: Mapping[str, Population],
    settings: ValidationSettings,
    seed: int,
    *,
    unit: Unit = "distinct",
) -> pl.DataFrame:
    """Return the table ``estimates`` of one unit.

    The estimand is the mean over the documents that speak of the target, as far as the
    scorer found them. A label that finds the target of such a document not relevant takes it
    out of the mean, as the codebook says, instead of adding a neutral one.

    There are four methods:

    - ``model``: scores and predicted classes as they are. The interval, a percentile
      bootstrap over clusters of copies, holds the chance of what was printed and not the
      scorer's errors.
    - ``labels``: labels alone, from ``min_labels`` relevant ones in the group on. Weighted by
      inverse inclusion probability where that is known; where not, they describe the
      labelled documents only.
    - ``ppi``: scores corrected by labels (:func:`corrected_mean`), from ``min_labels`` on, and
      only if labels carry ``inclusion_probability``: without a probability sample the
      correction has no ground.
    - ``pooled``: the corrected means of the groups of one grouping drawn toward their common
      mean, the more the fewer labels each has (:func:`.pooling.pooled`). It needs fewer of
      them (``pooled_labels``), and stands beside ``ppi``, never in its place.

    Where the target has labels, a group with fewer has its row all the same, with the
    ``reason`` in place of an estimate. The intervals of ``labels`` and ``ppi`` are those of the
    setting ``intervals``: ``formula`` (:func:`.intervals.interval`) or ``bootstrap``,
    percentiles over clusters of copies with the scores used as much as in the estimate. No
    interval is given where fewer than ``min_group`` distinct texts (clusters) stand, nor where
    all values are the same: an interval without width would claim certainty.

    Args:
        populations: from :func:`.population.populations`.
        settings: the section ``validation``.
        seed: seed of the bootstrap.
        unit: what a document of the populations is; goes into the column of that name.
    """
    tables = []
    for target, population in populations.items():
        draws = generator(seed, target)
        methods = {"model": _from_model(population, settings, draws)}
        if population.relevant.any():
            methods["labels"] = _from_labels(population, settings, draws, power=0.0)
            if population.drawn:
                methods["ppi"] = _from_labels(population, settings, draws)
                methods["pooled"] = _pooled(population, settings)
        for method, cells in methods.items():
            tables += [
                (target, *population.cells[cell], unit, quantity, method, *numbers)
                for cell, quantity, numbers in cells
            ]
    if not tables:
        return empty_table("estimates")
    return pl.DataFrame(tables, schema=TABLES["estimates"], orient="row")


def doubts(
    populations: Mapping[str, Population], labels: pl.DataFrame, settings: ValidationSettings
) -> list[str]:
    """Return short notes of what stands in the way of estimates; arguments as above."""
    labels, notes = usable_labels(labels)
    for target, population in populations.items():
        notes += _doubts(target, population, labels, settings)
    return notes


def _doubts(
    target: str, population: Population, labels: pl.DataFrame, settings: ValidationSettings
) -> Iterator[str]:
    relevant = labels.filter((pl.col("target") == target) & pl.col("relevant"))["doc_id"].unique()
    if relevant.is_empty():
        if not labels.is_empty():
            yield f"{target}: no relevant label"
        return
    used = population.n_labels(population.members[0])
    if used < settings.min_labels:
        yield f"{target}: {used} relevant labels with a score, min_labels {settings.min_labels}"
    missed = len(relevant) - used
    if missed:
        yield f"{target}: {missed} of {len(relevant)} relevant documents without a score left out"
    weights = population.weights[np.unique(population.doc_ids, return_index=True)[1]]
    implied, real = weights.sum(), len(weights)
    error = np.sqrt((weights * np.maximum(weights - 1, 0)).sum())
    if population.drawn and abs(implied - real) > _DOUBTFUL * error + 0.5:
        yield f"{target}: {CHANCE} implies {implied:.0f} documents with a score, not {real}"


def _from_model(
    population: Population, settings: ValidationSettings, draws: np.random.Generator
) -> Iterator[tuple[int, str, _Numbers]]:
    sums = _cluster_sums(population)
    totals = sums.sum(axis=0)
    replicates = resampled_sums(sums, settings.bootstrap_samples, draws)
    n_cells, width = len(population.cells), len(QUANTITIES)
    shaped = replicates.reshape(-1, n_cells, width + 1)
    counts = shaped[:, :, width:]
    means = np.divide(
        shaped[:, :, :width],
        counts,
        out=np.full((len(shaped), n_cells, width), np.nan),
        where=counts > 0,
    )
    low, high = percentile_interval(means.reshape(len(shaped), -1), settings.confidence)
    for cell, members in enumerate(population.members):
        enough = population.n_clusters(members) >= settings.min_group
        for column, quantity in enumerate(QUANTITIES):
            place = cell * width + column
            total = totals[cell * (width + 1) + column]
            ends = within(low[place], high[place], QUANTITIES[quantity]) if enough else (None, None)
            yield cell, quantity, (total / len(members), *ends, len(members), 0, None)


def _cluster_sums(population: Population) -> "csr_array":
    """Return the sums of each quantity and the count, by cluster, for each cell in turn."""
    from scipy.sparse import coo_array

    columns = np.column_stack([population.predictions, np.ones(len(population.clusters))])
    width = columns.shape[1]
    rows = np.concatenate(population.members)
    cells = np.repeat(np.arange(len(population.members)), [len(m) for m in population.members])
    table = coo_array(
        (
            columns[rows].ravel(),
            (
                np.repeat(population.clusters[rows], width),
                (cells[:, None] * width + np.arange(width)).ravel(),
            ),
        ),
        shape=(population.clusters.max() + 1, len(population.members) * width),
    ).tocsr()
    table.eliminate_zeros()
    return table


def _from_labels(
    population: Population,
    settings: ValidationSettings,
    draws: np.random.Generator,
    *,
    power: float | None = None,
) -> Iterator[tuple[int, str, _Numbers]]:
    for cell, members in enumerate(population.members):
        n_labels = population.n_labels(members)
        counts = len(members), n_labels
        if n_labels < settings.min_labels:
            reason = f"too few labels: {n_labels} of {settings.min_labels}"
            for quantity in QUANTITIES:
                yield cell, quantity, (None, None, None, *counts, reason)
            continue
        enough = population.n_clusters(members) >= settings.min_group
        for column, (quantity, bounds) in enumerate(QUANTITIES.items()):
            evidence = population.evidence(column, members)
            mean = corrected_mean(evidence, power)
            if settings.intervals == "formula":
                low, high = interval(mean, settings.confidence, bounds) if enough else (None, None)
            else:
                found = _resampled(evidence, mean, settings, draws)
                low, high = within(*found, bounds) if enough else (None, None)
            yield cell, quantity, (float(np.clip(mean.estimate, *bounds)), low, high, *counts, None)


def _pooled(
    population: Population, settings: ValidationSettings
) -> Iterator[tuple[int, str, _Numbers]]:
    names = list(QUANTITIES)
    for cell, column, mean, reason in pooled(population, settings):
        members = population.members[cell]
        counts = len(members), population.n_labels(members)
        if mean is None:
            yield cell, names[column], (None, None, None, *counts, reason)
            continue
        bounds = QUANTITIES[names[column]]
        enough = population.n_clusters(members) >= settings.min_group
        ends = interval(mean, settings.confidence, bounds) if enough else (None, None)
        yield (
            *(cell, names[column]),
            (float(np.clip(mean.estimate, *bounds)), *ends, *counts, None),
        )


def _resampled(
    evidence: Evidence, mean: Corrected, settings: ValidationSettings, draws: np.random.Generator
) -> tuple[float, float]:
    """Return the ends of the percentile bootstrap interval of a corrected mean."""
    weights, predictions = evidence.weights, evidence.predictions
    columns = (
        *(weights * part for part in (evidence.values, evidence.relevant, predictions)),
        *(weights, predictions, np.ones(len(weights))),
    )
    codes = np.unique(evidence.clusters, return_inverse=True)[1]
    sums = np.stack([np.bincount(codes, column) for column in columns], axis=1)
    totals = resampled_sums(sums, settings.bootstrap_samples, draws)
    labels, relevant, labelled, size, scores, n = totals.T
    with np.errstate(divide="ignore", invalid="ignore"):
        means = (labels + mean.power * (size * scores / n - labelled)) / relevant
    low, high = percentile_interval(
        np.where(np.isfinite(means), means, np.nan)[:, None], settings.confidence
    )
    return float(low[0]), float(high[0])
