"""Several scorers against the same human labels, and against each other."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

import numpy as np
import polars as pl

from geostance.bootstrap import generator, percentile_interval, resampled_sums
from geostance.schema import PORTRAYAL, TABLES
from geostance.settings.validation import ValidationSettings
from geostance.validate.measures import ratio
from geostance.validate.observed import BETWEEN, BINS, FAMILIES, WIDTH, Observed, values_of
from geostance.validate.portrayal import predicted_class


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
      ``alpha_ordinal`` over the labels that find the target relevant, as in the table
      ``agreement``: a document that the scorer has no row for counts as neutral.
    - ``relevance_f1`` over all labels: a row of the scorer says "relevant".
    - ``voice_accuracy`` over the labels that are favourable or unfavourable and know the
      voice, where the scorer has a row: quoted or not.
    - ``calibration_error`` (expected calibration error of the largest probability, in ten equal
      bins; less is better) over the relevant labels where the scorer has a row. Chance can
      only add to it, so that its interval lies rather above the estimate in small groups.

    ``alpha_scorers`` is Krippendorff's ordinal alpha between the classes that two scorers give
    to the documents and targets labelled relevant, each counted once.

    Intervals are percentile bootstrap over documents; all scorers are measured on the same
    resamples, so ``difference`` to the first scorer has the interval of a paired comparison.
    Intervals are null under ``min_labels`` labels, in a bin of the reliability table under
    ``min_group``, and where every resample gives the same figure.

    Args:
        labels: from :func:`geostance.validate.labels.read_labels`, only of targets and
            documents that were scored, with the ``language`` of the document.
        scores: a table ``stance`` by scorer; the others are held against the first.
        settings: the section ``validation``.
        seed: seed of the bootstrap.

    Source: Guo et al. 2017, arXiv:1706.04599, equation 3 (calibration error).
    """
    labels = labels.sort("doc_id", "target", "coder")
    sides = {name: _beside(labels, stance) for name, stance in scores.items()}
    observed = Observed.of(labels, sides)
    rows: list[tuple[object, ...]] = []
    reliability: list[tuple[object, ...]] = []
    for grouping, group, chosen in _groups(labels):
        part = observed.at(chosen)
        sums = np.zeros((part.documents.max() + 1, part.columns.shape[1]))
        np.add.at(sums, part.documents, part.columns)
        draws = generator(seed, f"{grouping}:{group}")
        replicates = resampled_sums(sums, settings.bootstrap_samples, draws)
        totals = np.vstack([sums.sum(axis=0), replicates])
        rows += [
            (*row[:2], grouping, group, *row[2:], settings.confidence)
            for row in _measured(list(scores), sums, totals, settings)
        ]
        if grouping == "all":
            reliability = list(_reliability(list(scores), totals, settings))
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


def _beside(labels: pl.DataFrame, stance: pl.DataFrame) -> pl.DataFrame:
    """Return the labels in their order, each with what a scorer says."""
    given = stance.select(
        "doc_id", "target", *PORTRAYAL, "quoted_share", predicted_class().alias("predicted")
    )
    return (
        labels.rename({"stance": "label"})
        .join(given, on=["doc_id", "target"], how="left", maintain_order="left")
        .with_columns(
            detected=pl.col("predicted").is_not_null(), predicted=pl.col("predicted").fill_null(0)
        )
    )


def _groups(labels: pl.DataFrame) -> Iterator[tuple[str, str, np.ndarray]]:
    """Yield grouping, group and its rows: all, each language, each target."""
    yield "all", "all", np.arange(labels.height)
    for grouping in ("language", "target"):
        values = labels[grouping].to_numpy()
        for group in sorted(set(values)):
            yield grouping, group, np.flatnonzero(values == group)


def _measured(
    names: list[str], sums: np.ndarray, totals: np.ndarray, settings: ValidationSettings
) -> Iterator[tuple[object, ...]]:
    """Yield scorer, other, measure, estimate and difference with their intervals, and counts.

    A row of ``sums`` is a document. The first row of ``totals`` is the labels as they are, the
    others are resamples.
    """
    first: dict[str, tuple[np.ndarray, int]] = {}
    for at, name in enumerate(names):
        own = slice(at * WIDTH, (at + 1) * WIDTH)
        for measure, values, n_labels, n_documents in values_of(sums, totals, own, FAMILIES):
            against, n_first = first.setdefault(measure, (values, n_labels))
            both = min(n_labels, n_first)
            difference = _bounded(values - against, both, settings) if at else (None, None, None)
            yield (
                name,
                None,
                measure,
                *_bounded(values, n_labels, settings),
                *difference,
                n_labels,
                n_documents,
            )
    for at, (one, other) in enumerate(combinations(names, 2)):
        start = len(names) * WIDTH + at * BETWEEN.width
        own = slice(start, start + BETWEEN.width)
        for measure, values, n_labels, n_documents in values_of(sums, totals, own, (BETWEEN,)):
            bounded = _bounded(values, n_labels, settings)
            yield one, other, measure, *bounded, None, None, None, n_labels, n_documents


def _bounded(
    values: np.ndarray, n_labels: int, settings: ValidationSettings
) -> tuple[float | None, float | None, float | None]:
    """Return the estimate and the ends of its interval, each null where there is none."""
    low = high = np.full(1, np.nan)
    if n_labels >= settings.min_labels and not np.isnan(values[1:]).all():
        low, high = percentile_interval(values[1:, None], settings.confidence)
    found = (float(values[0]), float(low[0]), float(high[0]))
    return tuple(None if np.isnan(value) else value for value in found)


def _reliability(
    names: list[str], totals: np.ndarray, settings: ValidationSettings
) -> Iterator[tuple[object, ...]]:
    """Yield the rows of the table ``reliability``; an empty bin has none."""
    small = settings.model_copy(update={"min_labels": settings.min_group})
    for at, name in enumerate(names):
        end = (at + 1) * WIDTH
        n, stated, right = np.split(totals[:, end - 3 * BINS : end], 3, axis=-1)
        for step in np.flatnonzero(n[0]):
            n_labels = round(float(n[0, step]))
            yield (
                name,
                step / BINS,
                (step + 1) / BINS,
                stated[0, step] / n_labels,
                *_bounded(ratio(right[:, step], n[:, step]), n_labels, small),
                n_labels,
            )
