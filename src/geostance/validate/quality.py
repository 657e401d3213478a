"""How well the study's scorer agrees with its human labels, in each group of documents."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import polars as pl

from geostance.schema import TABLES, empty_table
from geostance.settings.validation import ValidationSettings
from geostance.validate.calibration import BINNED, BINS, reliability_rows
from geostance.validate.measures import rank_correlation
from geostance.validate.observed import FAMILIES, WIDTH, beside, observed, values_of
from geostance.validate.resampling import Sample, bounded, chances_known, weighted

_VOICES = ("author", "quoted")


class Quality(NamedTuple):
    """The tables ``scorer_quality``, ``reliability`` and ``labelled``."""

    measures: pl.DataFrame
    reliability: pl.DataFrame
    labelled: pl.DataFrame


def scorer_quality(
    labels: pl.DataFrame,
    stance: pl.DataFrame,
    groups: pl.DataFrame,
    settings: ValidationSettings,
    seed: int,
) -> Quality:
    """Return how well the scorer agrees with the labels, over all of them and by group.

    Measures are those of :func:`geostance.validate.comparison.compare` for one scorer, and
    ``rank_correlation`` (Spearman) of the score with the relevant label. Labels weigh as
    :func:`geostance.validate.resampling.weighted` says.

    Groups are the targets, those of ``groups``, and the voice of the label. Where fewer than
    ``min_labels`` labels bear on a measure there is no figure, and ``reason`` says so. Intervals
    are percentile bootstrap over texts, drawn with all their copies, coders and targets; the
    strata that labels may have been drawn in are not kept apart, which makes them rather wide.

    Args:
        labels: from :func:`geostance.validate.adjudication.settled`, with the ``cluster_id`` of
            their documents; only of targets and documents that were scored (a dropped document is
            not a miss of the scorer).
        stance: the table ``stance``.
        groups: ``doc_id`` and the columns by which documents are grouped.
        settings: the section ``validation``.
        seed: seed of the bootstrap.
    """
    used = weighted(labels).sort("doc_id", "target", "coder")
    if used.is_empty():
        return Quality(*map(empty_table, ("scorer_quality", "reliability", "labelled")))
    side = beside(used, stance)
    columns = observed(side)
    scorer = ", ".join(stance["scorer"].drop_nulls().unique().sort())
    drawn = chances_known(labels)
    rows: list[tuple[object, ...]] = []
    reliability: list[tuple[object, ...]] = []
    for grouping, group, chosen in _groups(used, groups):
        sample = Sample.of(used, columns, chosen)
        draws = settings.bootstrap_samples, seed, f"{grouping}:{group}"
        counts, totals = sample.counts(), sample.totals(*draws)
        own = slice(WIDTH - BINNED, WIDTH)
        for measure, values, n_labels, n_documents in (
            *values_of(counts, totals, slice(0, WIDTH), FAMILIES),
            _ranked(sample, side[chosen], settings.min_labels, draws),
        ):
            *estimate, reason = _judged(values, n_labels, settings)
            row = grouping, group, measure, *estimate, n_labels, n_documents
            rows.append((*row, drawn, reason, settings.confidence))
        if counts[:, own][:, :BINS].sum() >= settings.min_labels:
            reliability += [
                (scorer, grouping, group, *row)
                for row in reliability_rows(counts[:, own], totals[:, own], settings)
            ]
    labelled = side.filter("relevant").rename({"score": "stance"})
    return Quality(
        pl.DataFrame(rows, schema=TABLES["scorer_quality"], orient="row"),
        pl.DataFrame(reliability, schema=TABLES["reliability"], orient="row"),
        labelled.select(TABLES["labelled"].keys()),
    )


def _groups(labels: pl.DataFrame, groups: pl.DataFrame) -> Iterator[tuple[str, str, np.ndarray]]:
    """Yield grouping, group and its rows; a row without a value is in no group of the grouping."""
    own = [column for column in groups.columns if column != "doc_id"]
    voice = pl.col("voice").is_in(_VOICES)
    placed = labels.select("doc_id", "target", _voice=pl.when(voice).then(pl.col("voice"))).join(
        groups, on="doc_id", how="left", maintain_order="left"
    )
    yield "all", "all", np.arange(labels.height)
    for grouping, column in [
        ("target", "target"),
        *zip(own, own, strict=True),
        ("voice", "_voice"),
    ]:
        values = placed[column].cast(pl.String)
        for group in values.drop_nulls().unique().sort():
            yield grouping, group, np.flatnonzero((values == group).fill_null(False).to_numpy())


def _ranked(
    sample: Sample, side: pl.DataFrame, least: int, draws: tuple[int, int, str]
) -> tuple[str, np.ndarray, int, int]:
    """Return Spearman's correlation as :func:`values_of` returns the others."""
    known = (side["relevant"] & side["detected"]).to_numpy()
    counts = int(known.sum()), len(np.unique(sample.texts[known]))
    values = np.full(2, np.nan)
    # Ranks are found anew in every resample: not worth it where no figure is given.
    if counts[0] >= least:
        score, label = (side[column].to_numpy()[known] for column in ("score", "label"))
        values = np.concatenate(
            [
                rank_correlation(score, label, weights[known])
                for weights in sample.resampled_weights(*draws)
            ]
        )
    return "rank_correlation", values, *counts


def _judged(
    values: np.ndarray, n_labels: int, settings: ValidationSettings
) -> tuple[float | None, float | None, float | None, str | None]:
    """Return the estimate, the ends of its interval, and why one of them is missing."""
    if n_labels < settings.min_labels:
        return None, None, None, f"too few labels: {n_labels} of {settings.min_labels}"
    estimate, low, high = bounded(values, True, settings)
    if estimate is None:
        return None, None, None, "not defined: no such answer, or all answers are the same"
    return estimate, low, high, None if low is not None else "no interval: all resamples agree"
