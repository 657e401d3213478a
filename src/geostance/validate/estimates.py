"""Mean stance and shares by group, from the model alone, the labels alone, and both."""

from collections.abc import Iterator
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from geostance.bootstrap import generator, percentile_interval, resampled_sums
from geostance.schema import TABLES, empty_table
from geostance.settings.validation import ValidationSettings
from geostance.validate.correction import corrected_mean
from geostance.validate.population import CHANCE, QUANTITIES, Population, population_of

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Unit = Literal["distinct", "printed"]
# Estimate, low, high, number of documents, number of labels.
_Numbers = tuple[float, float | None, float | None, int, int]

# Standard errors between the number of documents the inclusion probabilities imply and the
# real one from which the probabilities are doubted.
_DOUBTFUL = 4


def estimate(
    stance: pl.DataFrame,
    groups: pl.DataFrame,
    labels: pl.DataFrame,
    settings: ValidationSettings,
    seed: int,
    *,
    unit: Unit = "distinct",
) -> tuple[pl.DataFrame, list[str]]:
    """Return the table ``estimates`` of one unit, and short notes of what stands in its way.

    The estimand is the mean over the documents that speak of the target, as far as the
    scorer found them (they have a stance row). So a relevant label of a document without a
    row is outside (detection recall says how many there are), and a label that finds the
    target of a row not relevant takes the document out of the mean, as the codebook says,
    instead of adding a neutral one. Several coders of a document count as their mean.

    There are three methods:

    - ``model``: scores and predicted classes as they are. The interval, a percentile
      bootstrap over clusters of copies, holds the chance of what was printed and not the
      scorer's errors.
    - ``labels``: labels alone, from ``min_labels`` relevant ones in the group on. Weighted by
      inverse inclusion probability where that is known; where not, they describe the
      labelled documents only.
    - ``ppi``: scores corrected by labels (:func:`corrected_mean`), from ``min_labels`` on, and
      only if labels carry ``inclusion_probability``: without a probability sample the
      correction has no ground.

    The last two have normal intervals, cut to the range of the quantity. No interval is
    given where fewer than ``min_group`` distinct texts (clusters) stand, nor where all
    values are the same: an interval without width would claim certainty.

    Args:
        stance: the table ``stance``.
        groups: the documents that count, one row each: ``doc_id``, ``cluster_id`` and one
            column per grouping, null where a document is in no group. For the unit
            ``printed`` copies that were not scored themselves stand under the doc_id of
            the copy that was: its scores and labels then count once for each.
        labels: from :func:`geostance.validate.labels.read_labels`.
        settings: the section ``validation``.
        seed: seed of the bootstrap.
        unit: what a row of ``groups`` is; goes into the column of that name.
    """
    labels, notes = _usable(labels)
    tables = []
    for target in stance["target"].unique().sort():
        population = population_of(target, stance, groups, labels)
        if population is None:
            continue
        notes += _doubts(target, population, labels, settings)
        for method, cells in (
            ("model", _from_model(population, settings, generator(seed, target))),
            ("labels", _from_labels(population, settings, power=0.0)),
            ("ppi", _from_labels(population, settings, power=None) if population.drawn else ()),
        ):
            tables += [
                (target, *population.cells[cell], unit, quantity, method, *numbers)
                for cell, quantity, numbers in cells
            ]
    if not tables:
        return empty_table("estimates"), notes
    return pl.DataFrame(tables, schema=TABLES["estimates"], orient="row"), notes


def _usable(labels: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    if labels.is_empty():
        return labels, ["no labels: nothing is corrected"]
    if CHANCE not in labels.columns:
        return labels, [f"labels without {CHANCE}: nothing is corrected"]
    known = labels.filter(pl.col(CHANCE).is_not_null())
    left_out = labels.height - known.height
    notes = [f"{left_out} labels without {CHANCE} left out"]
    return known, notes if left_out else []


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
        enough = len(np.unique(population.clusters[members])) >= settings.min_group
        for column, quantity in enumerate(QUANTITIES):
            place = cell * width + column
            total = totals[cell * (width + 1) + column]
            interval = _interval(low[place], high[place], quantity, enough)
            yield cell, quantity, (total / len(members), *interval, len(members), 0)


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
    population: Population, settings: ValidationSettings, *, power: float | None
) -> Iterator[tuple[int, str, _Numbers]]:
    z = NormalDist().inv_cdf((1 + settings.confidence) / 2)
    for cell, members in enumerate(population.members):
        n_labels = population.n_labels(members)
        if n_labels < settings.min_labels:
            continue
        clusters = np.unique(population.clusters[members], return_inverse=True)[1]
        enough = clusters.max() + 1 >= settings.min_group
        for column, (quantity, bounds) in enumerate(QUANTITIES.items()):
            mean = corrected_mean(
                population.predictions[members, column],
                population.values[members, column],
                population.relevant[members],
                population.weights[members],
                clusters,
                power,
            )
            reach = z * mean.standard_error
            interval = _interval(mean.estimate - reach, mean.estimate + reach, quantity, enough)
            middle = float(np.clip(mean.estimate, *bounds))
            yield cell, quantity, (middle, *interval, len(members), n_labels)


def _interval(
    low: float, high: float, quantity: str, enough: bool
) -> tuple[float | None, float | None]:
    least, greatest = QUANTITIES[quantity]
    low, high = float(np.clip(low, least, greatest)), float(np.clip(high, least, greatest))
    # Written so that NaN, too, gives none; rounding leaves a hair of width.
    return (low, high) if enough and high - low > 1e-9 else (None, None)
