"""Several scorers against the same human labels, and against each other."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

import numpy as np
import polars as pl

from geostance.schema import TABLES
from geostance.settings.validation import ValidationSettings
from geostance.validate.calibration import BINNED, reliability_rows
from geostance.validate.observed import (
    BETWEEN,
    FAMILIES,
    WIDTH,
    beside,
    between,
    observed,
    values_of,
)
from geostance.validate.resampling import Sample, bounded, weighted


class Comparison(NamedTuple):
    """The tables ``comparison``, ``reliability`` and ``compared``."""

    measures: pl.DataFrame
    reliability: pl.DataFrame
    compared: pl.DataFrame


def compare(
    labels: pl.DataFrame,
    scores: Mapping[str, pl.DataFrame],
    settings: ValidationSettings,
    seed: int,
) -> Comparison:
    """Return how well each scorer agrees with the labels, over all, by language and by target.

    Measures of each scorer:

    - ``macro_f1``, ``f1_unfavourable``, ``f1_neutral``, ``f1_favourable``, ``accuracy`` and
      ``alpha_ordinal`` (Krippendorff, scorer and label as two coders) over the labels that find
      the target relevant. The predicted class is the largest of the three probabilities; a
      document that the scorer has no row for counts as neutral. A class in no label is left
      out of the mean, one in neither labels nor predictions has no F1.
    - ``correlation`` (Pearson) of the score with the relevant label, where there is a score.
    - ``detection_precision``, ``detection_recall`` and ``relevance_f1`` over all labels: a row of
      the scorer says "relevant".
    - ``voice_accuracy`` over the labels that are favourable or unfavourable and know the
      voice, where the scorer has a row: quoted or not.
    - ``brier`` (Brier score over the three classes, 0 to 2; less is better) over the relevant
      labels where the scorer has a row.
    - ``calibration_error`` (expected calibration error of the largest probability, in ten equal
      bins; less is better) over the same labels. Chance can only add to it, so that its
      interval lies rather above the estimate in small groups.

    ``alpha_scorers`` is Krippendorff's ordinal alpha between the classes that two scorers give
    to the documents and targets labelled relevant.

    Labels weigh as :func:`geostance.validate.resampling.weighted` says. Intervals are percentile
    bootstrap over documents; all scorers are measured on the same resamples, so ``difference`` to
    the first scorer has the interval of a paired comparison. Intervals are null under
    ``min_labels`` labels, in a bin of the reliability table under ``min_group``, and where every
    resample gives the same figure.

    Args:
        labels: from :func:`geostance.validate.adjudication.settled`, only of targets and
            documents that were scored, with the ``language`` of the document.
        scores: a table ``stance`` by scorer; the others are held against the first.
        settings: the section ``validation``.
        seed: seed of the bootstrap.
    """
    labels = weighted(labels).sort("doc_id", "target", "coder")
    sides = {name: beside(labels, stance) for name, stance in scores.items()}
    columns = np.hstack([*map(observed, sides.values()), between([*sides.values()])])
    rows: list[tuple[object, ...]] = []
    reliability: list[tuple[object, ...]] = []
    for grouping, group, chosen in _groups(labels):
        sample = Sample.of(labels, columns, chosen)
        counts = sample.counts()
        totals = sample.totals(settings.bootstrap_samples, seed, f"{grouping}:{group}")
        rows += [
            (*row[:2], grouping, group, *row[2:], settings.confidence)
            for row in _measured(list(scores), counts, totals, settings)
        ]
        for at, name in enumerate(scores):
            own = slice((at + 1) * WIDTH - BINNED, (at + 1) * WIDTH)
            reliability += [
                (name, grouping, group, *row)
                for row in reliability_rows(counts[:, own], totals[:, own], settings)
            ]
    return Comparison(
        pl.DataFrame(rows, schema=TABLES["comparison"], orient="row"),
        pl.DataFrame(reliability, schema=TABLES["reliability"], orient="row"),
        pl.concat(
            side.select(pl.lit(name).alias("scorer"), pl.exclude("scorer")).select(
                *TABLES["compared"]
            )
            for name, side in sides.items()
        ),
    )


def _groups(labels: pl.DataFrame) -> Iterator[tuple[str, str, np.ndarray]]:
    """Yield grouping, group and its rows: all, each language, each target."""
    yield "all", "all", np.arange(labels.height)
    for grouping in ("language", "target"):
        values = labels[grouping].to_numpy()
        for group in sorted(set(values)):
            yield grouping, group, np.flatnonzero(values == group)


def _measured(
    names: list[str], counts: np.ndarray, totals: np.ndarray, settings: ValidationSettings
) -> Iterator[tuple[object, ...]]:
    """Yield scorer, other, measure, estimate and difference with their intervals, and counts."""

    def found(values: np.ndarray, n_labels: int) -> tuple[float | None, ...]:
        return bounded(values, n_labels >= settings.min_labels, settings)

    first: dict[str, tuple[np.ndarray, int]] = {}
    for at, name in enumerate(names):
        own = slice(at * WIDTH, (at + 1) * WIDTH)
        for measure, values, n_labels, n_documents in values_of(counts, totals, own, FAMILIES):
            against, n_first = first.setdefault(measure, (values, n_labels))
            both = min(n_labels, n_first)
            difference = found(values - against, both) if at else (None, None, None)
            paired = *found(values, n_labels), *difference
            yield name, None, measure, *paired, n_labels, n_documents
    for at, (one, other) in enumerate(combinations(names, 2)):
        start = len(names) * WIDTH + at * BETWEEN.width
        own = slice(start, start + BETWEEN.width)
        for measure, values, n_labels, n_documents in values_of(counts, totals, own, (BETWEEN,)):
            unpaired = *found(values, n_labels), None, None, None
            yield one, other, measure, *unpaired, n_labels, n_documents
