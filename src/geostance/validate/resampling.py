"""Labels as observations to resample: what each weighs, and which stand or fall together."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import polars as pl

from geostance.bootstrap import (
    generator,
    percentile_interval,
    resampled_counts,
    resampled_sums,
)
from geostance.settings.validation import ValidationSettings
from geostance.validate.population import CHANCE

CLUSTER = "cluster_id"
WEIGHT = "weight"


def weighted(labels: pl.DataFrame) -> pl.DataFrame:
    """Return the labels with the ``weight`` of each: its share of the documents it stands for.

    The coders of one document and target share its weight. Where labels carry the chance with
    which they were drawn, a document weighs its inverse, and labels whose chance is not known are
    left out, for nobody knows how many they stand for; without any chance all weigh the same.
    """
    share = 1 / pl.len().over("doc_id", "target")
    if not chances_known(labels):
        return labels.with_columns(share.alias(WEIGHT))
    known = labels.filter(pl.col(CHANCE).is_not_null())
    return known.with_columns((share / pl.col(CHANCE)).alias(WEIGHT))


def chances_known(labels: pl.DataFrame) -> bool:
    """Return whether any of the labels carries its inclusion probability."""
    return CHANCE in labels.columns and labels[CHANCE].is_not_null().any()


class Sample(NamedTuple):
    """Rows of counts, their weights, and the texts they belong to.

    Attributes:
        columns: counts of which measures are functions of the sums, shape (n, n_columns).
        weights: shape (n,), with the mean over documents and targets 1.
        texts: number of each row's text, copies of one text having the same; shape (n,).
    """

    columns: np.ndarray
    weights: np.ndarray
    texts: np.ndarray

    @classmethod
    def of(cls, labels: pl.DataFrame, columns: np.ndarray, rows: np.ndarray) -> "Sample":
        """Return ``rows`` of the labels, whose counts are ``columns``.

        ``labels`` may have a ``weight``, else all weigh the same, and a ``cluster_id``, else
        every document is a text of its own.
        """
        chosen = labels[rows]
        weights = chosen[WEIGHT].to_numpy() if WEIGHT in chosen.columns else np.ones(chosen.height)
        n_units = chosen.select("doc_id", "target").n_unique()
        cluster = CLUSTER if CLUSTER in chosen.columns else "doc_id"
        texts = np.unique(chosen[cluster].to_numpy(), return_inverse=True)[1]
        return cls(columns[rows], weights * n_units / weights.sum(), texts)

    def counts(self) -> np.ndarray:
        """Return the unweighted sums of each text, shape (n_texts, n_columns)."""
        return self._summed(self.columns)

    def totals(self, samples: int, seed: int, name: str) -> np.ndarray:
        """Return the weighted totals: as they are, then of ``samples`` resamples of the texts."""
        sums = self._summed(self.columns * self.weights[:, None])
        drawn = resampled_sums(sums, samples, generator(seed, name))
        return np.vstack([sums.sum(axis=0), drawn])

    def resampled_weights(self, samples: int, seed: int, name: str) -> Iterator[np.ndarray]:
        """Yield the weights of the rows, shape (n, n_drawn), as they are and in the resamples.

        The resamples are those of :meth:`totals` of the same seed and name.
        """
        yield self.weights[:, None]
        n_texts = self.texts.max() + 1
        for counts in resampled_counts(n_texts, samples, generator(seed, name)):
            yield self.weights[:, None] * counts[self.texts]

    def _summed(self, columns: np.ndarray) -> np.ndarray:
        sums = np.zeros((self.texts.max() + 1, columns.shape[1]))
        np.add.at(sums, self.texts, columns)
        return sums


def bounded(
    values: np.ndarray, wanted: bool, settings: ValidationSettings
) -> tuple[float | None, float | None, float | None]:
    """Return the estimate and the ends of its interval, each null where there is none.

    The first of ``values`` is the estimate, the others its resamples; an interval is made only
    where it is ``wanted``.
    """
    low = high = np.full(1, np.nan)
    if wanted and not np.isnan(values[1:]).all():
        low, high = percentile_interval(values[1:, None], settings.confidence)
    found = (float(values[0]), float(low[0]), float(high[0]))
    return tuple(None if np.isnan(value) else value for value in found)
