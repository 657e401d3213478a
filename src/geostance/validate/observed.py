"""What each label shows of each scorer, as counts of which the measures are functions."""

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

import numpy as np
import polars as pl

from geostance.schema import PORTRAYAL
from geostance.validate.measures import (
    OF_CONFUSION,
    Measures,
    alpha_of_confusion,
    confusion,
    detection,
    ratio,
)

# Equal steps of the largest probability in which calibration is looked at.
BINS = 10
# A document is quoted speech toward a target from this share of its mentions on.
QUOTED = 0.5


class Observed(NamedTuple):
    """A row of counts for each label, and the document it belongs to."""

    columns: np.ndarray
    documents: np.ndarray

    @classmethod
    def of(cls, labels: pl.DataFrame, sides: Mapping[str, pl.DataFrame]) -> "Observed":
        """Return the counts of each scorer side by side, then those of each pair of scorers."""
        predicted = [side["predicted"].to_numpy() for side in sides.values()]
        # A document and target with several coders is one unit between scorers.
        relevant = labels["relevant"].to_numpy()
        keys = labels.select(pl.struct("doc_id", "target").rle_id()).to_series().to_numpy()
        first = np.zeros(labels.height)
        first[np.flatnonzero(relevant)[np.unique(keys[relevant], return_index=True)[1]]] = 1
        columns = [_counts(side) for side in sides.values()]
        columns += [
            confusion(one, other) * first[:, None] for one, other in combinations(predicted, 2)
        ]
        return cls(np.hstack(columns), labels["doc_id"].to_numpy())

    def at(self, rows: np.ndarray) -> "Observed":
        """Return some of the rows, their documents numbered from 0 in the order of their ids."""
        documents = np.unique(self.documents[rows], return_inverse=True)[1]
        return Observed(self.columns[rows], documents)


def _counts(side: pl.DataFrame) -> np.ndarray:
    """Return what the measures of one scorer are functions of, by label."""
    label = side["label"].cast(pl.Float64).to_numpy()
    predicted, relevant = side["predicted"].to_numpy(), side["relevant"].to_numpy()
    detected = side["detected"].to_numpy()
    voice = side["voice"].fill_null("").to_numpy()
    voiced = detected & np.isin(label, (-1, 1)) & np.isin(voice, ("author", "quoted"))
    quoted = side["quoted_share"].fill_null(0).to_numpy() >= QUOTED
    same = quoted == (voice == "quoted")
    stated = side.select(pl.max_horizontal(*PORTRAYAL).fill_null(0)).to_series().to_numpy()
    bins = np.minimum((stated * BINS).astype(int), BINS - 1)
    known = (relevant & detected)[:, None] & (bins[:, None] == np.arange(BINS))
    return np.hstack(
        [
            confusion(label, predicted),
            detection(relevant, detected),
            np.ones((side.height, 1)),
            np.stack([voiced & same, voiced], axis=1).astype(float),
            known.astype(float),
            known * stated[:, None],
            known * (label == predicted)[:, None],
        ]
    )


def _calibration_error(totals: np.ndarray) -> np.ndarray:
    n, stated, right = np.split(totals, 3, axis=-1)
    return ratio(np.abs(stated - right).sum(axis=-1), n.sum(axis=-1))


class Family(NamedTuple):
    """Measures of the same columns; ``n_labels`` is how many labels those count."""

    width: int
    measures: Measures
    n_labels: Callable[[np.ndarray], np.ndarray]


# In the order of the columns of _counts; calibration is the last.
FAMILIES = (
    Family(9, OF_CONFUSION, lambda totals: totals.sum(axis=-1)),
    Family(
        4,
        {"relevance_f1": lambda totals: ratio(2 * totals[..., 0], totals[..., 1] + totals[..., 2])},
        lambda totals: totals[..., 3],
    ),
    Family(
        2,
        {"voice_accuracy": lambda totals: ratio(totals[..., 0], totals[..., 1])},
        lambda totals: totals[..., 1],
    ),
    Family(
        3 * BINS,
        {"calibration_error": _calibration_error},
        lambda totals: totals[..., :BINS].sum(axis=-1),
    ),
)
WIDTH = sum(family.width for family in FAMILIES)
BETWEEN = Family(9, {"alpha_scorers": alpha_of_confusion}, lambda totals: totals.sum(axis=-1))


def values_of(
    sums: np.ndarray, totals: np.ndarray, columns: slice, families: tuple[Family, ...]
) -> Iterator[tuple[str, np.ndarray, int, int]]:
    """Yield each measure with its values, and how many labels and documents it counts."""
    start = columns.start
    for family in families:
        own = slice(start, start + family.width)
        start = own.stop
        counted = family.n_labels(sums[:, own])
        counts = round(float(counted.sum())), int((counted > 0).sum())
        for measure, of in family.measures.items():
            yield measure, of(totals[:, own]), *counts
