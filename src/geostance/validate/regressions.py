"""Linear regressions of the portrayal on what is known of the documents."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from geostance.schema import TABLES
from geostance.settings.validation import ValidationSettings
from geostance.validate.correction import corrected_contrast
from geostance.validate.intervals import family
from geostance.validate.population import (
    QUANTITIES,
    Population,
    Unit,
)

OTHER = "other"


class _Term(NamedTuple):
    """One column of a design: its covariate, its level, and the level it is against."""

    covariate: str
    level: str | None
    against: str | None
    values: np.ndarray


def regression(
    name: str,
    covariates: Collection[str],
    populations: Mapping[str, Population],
    settings: ValidationSettings,
    *,
    unit: Unit = "distinct",
) -> pl.DataFrame:
    """Return the table ``coefficients`` of one regression and unit.

    The ``covariates``, columns of the ``populations``, are all in one regression of each quantity:
    a coefficient of a name is a difference of means with the other covariates held. Documents
    that lack a covariate are left out. Levels with fewer than ``min_group`` labels (documents,
    without labels) make up the level ``other``. Methods are ``model`` and, from ``min_labels``
    labels of a probability sample on, ``ppi``: there the coefficients solve the same equations
    for the labels, with the scores as help (:func:`.correction.corrected_contrast`).
    A target of which no covariate varies has no row; where covariates determine one another (an
    outlet its language) the rows have the ``reason`` in place of an estimate.
    """
    rows = [
        row
        for target, population in populations.items()
        for row in _coefficients(name, covariates, target, population, settings, unit)
    ]
    return pl.DataFrame(rows, schema=TABLES["coefficients"], orient="row")


def _coefficients(
    name: str,
    covariates: Collection[str],
    target: str,
    population: Population,
    settings: ValidationSettings,
    unit: Unit,
) -> Iterator[tuple[Any, ...]]:
    columns = population.columns.select(covariates)
    known = columns.select(pl.all_horizontal(pl.all().is_not_null())).to_series()
    members = np.flatnonzero(known.to_numpy())
    n_labels = population.n_labels(members)
    corrected = population.drawn and n_labels >= settings.min_labels
    counted = population.relevant[members] > 0 if corrected else np.ones(len(members), bool)
    terms = list(_terms(columns[members], counted, settings.min_group))
    if len(terms) < 2:
        return
    design = np.column_stack([term.values for term in terms])
    for method in ("model", "ppi") if corrected else ("model",):
        for column, quantity in enumerate(QUANTITIES):
            take = population.evidence if method == "ppi" else population.scores
            evidence = take(column, members)
            found = [corrected_contrast(evidence, design, c) for c in np.eye(len(terms))]
            compared = family(found[1:], settings.confidence)
            # The constant is no comparison.
            constant = family(found[:1], settings.confidence)[0]._replace(
                low_all=None, high_all=None, p_adjusted=None, n_compared=compared[0].n_compared
            )
            for term, one, tested in zip(terms, found, [constant, *compared], strict=True):
                unknown = np.isnan(one.estimate)
                yield (
                    *(name, target, term.covariate, term.level, term.against),
                    *(unit, quantity, method, None if unknown else one.estimate),
                    *tested,
                    len(members),
                    n_labels if method == "ppi" else 0,
                    "the covariates determine one another" if unknown else None,
                )


def _terms(columns: pl.DataFrame, counted: np.ndarray, least: int) -> Iterator[_Term]:
    yield _Term("constant", None, None, np.ones(columns.height))
    for column in columns.iter_columns():
        if column.dtype.is_numeric():
            values = column.cast(pl.Float64).to_numpy()
            if np.ptp(values[counted]) > 0:
                yield _Term(column.name, None, None, values)
            continue
        sizes = column.filter(pl.Series(counted)).value_counts(name="n")
        large = sizes.filter(pl.col("n") >= least)[column.name]
        named = (
            column.to_frame()
            .select(
                pl.when(pl.col(column.name).is_in(large.implode()))
                .then(column.name)
                .otherwise(pl.lit(OTHER))
            )
            .to_series()
        )
        levels = named.filter(pl.Series(counted)).value_counts(sort=True, name="n")
        levels = levels.sort(["n", column.name], descending=[True, False])[column.name].to_list()
        for level in sorted(levels[1:], key=lambda level: (level == OTHER, level)):
            values = (named == level).to_numpy().astype(float)
            yield _Term(column.name, level, levels[0], values)
