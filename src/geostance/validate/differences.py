"""Differences of groups, and of a period to the one before it."""

from collections.abc import Iterator, Mapping
from itertools import groupby, pairwise
from typing import Any

import numpy as np
import polars as pl

from geostance.groups import PERIODS
from geostance.schema import TABLES
from geostance.settings.validation import ValidationSettings
from geostance.validate.correction import Corrected, corrected_contrast
from geostance.validate.intervals import family
from geostance.validate.population import (
    QUANTITIES,
    Population,
    Unit,
)

REST = "rest"
_CONTRAST = np.array([1.0, -1.0])
# Grouping, group, what it is held against, and the documents of both.
_Pair = tuple[str, str, str, np.ndarray, np.ndarray]


def differences(
    populations: Mapping[str, Population],
    settings: ValidationSettings,
    *,
    unit: Unit = "distinct",
) -> pl.DataFrame:
    """Return the table ``differences`` of one unit; arguments as in :func:`.estimates.estimate`.

    Periods are held against the period before them, other groups against all others together,
    and one of two against the other. Methods are ``model`` and, where both sides have
    ``min_labels`` labels of a probability sample, ``ppi``. Copies that stand on both sides are
    one cluster. Where a side has fewer than ``min_group`` distinct texts nothing is compared.
    """
    rows = [
        row
        for target, population in populations.items()
        for row in _compared(target, population, settings, unit)
    ]
    return pl.DataFrame(rows, schema=TABLES["differences"], orient="row")


def _compared(
    target: str, population: Population, settings: ValidationSettings, unit: Unit
) -> Iterator[tuple[Any, ...]]:
    for pairs in _families(population):
        compared = [pair for pair in pairs if _enough(population, pair, settings)]
        labelled = [
            pair
            for pair in compared
            if population.drawn and min(map(population.n_labels, pair[3:])) >= settings.min_labels
        ]
        for method, chosen in (("model", compared), ("ppi", labelled)):
            for column, quantity in enumerate(QUANTITIES):
                found = [_difference(population, column, method, pair) for pair in chosen]
                for (grouping, group, against, one, other), result, tests in zip(
                    chosen, found, family(found, settings.confidence), strict=True
                ):
                    both = np.concatenate([one, other])
                    n_labels = population.n_labels(both) if method == "ppi" else 0
                    yield (
                        *(target, grouping, group, against, unit, quantity, method),
                        *(result.estimate, *tests, len(both), n_labels),
                    )


def _families(population: Population) -> Iterator[list[_Pair]]:
    cells = zip(population.cells, population.members, strict=True)
    for grouping, found in groupby(cells, key=lambda cell: cell[0][0]):
        groups = [(name, members) for (_, name), members in found]
        if len(groups) < 2:
            continue
        if grouping in PERIODS or len(groups) == 2:
            yield [
                (grouping, group, before, members, earlier)
                for (before, earlier), (group, members) in pairwise(groups)
            ]
        else:
            yield [
                (
                    grouping,
                    group,
                    REST,
                    members,
                    np.concatenate([m for o, m in groups if o != group]),
                )
                for group, members in groups
            ]


def _enough(population: Population, pair: _Pair, settings: ValidationSettings) -> bool:
    return min(map(population.n_clusters, pair[3:])) >= settings.min_group


def _difference(population: Population, column: int, method: str, pair: _Pair) -> Corrected:
    one, other = pair[3:]
    members = np.concatenate([one, other])
    first = np.arange(len(members)) < len(one)
    evidence = (population.evidence if method == "ppi" else population.scores)(column, members)
    return corrected_contrast(evidence, np.column_stack([first, ~first]).astype(float), _CONTRAST)
