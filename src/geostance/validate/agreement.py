"""How far human coders agree with each other."""

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

import numpy as np
import polars as pl

from geostance.schema import TABLES
from geostance.settings.validation import ValidationSettings
from geostance.validate.labels import VOICES
from geostance.validate.measures import ratio, square
from geostance.validate.portrayal import CLASSES
from geostance.validate.reliability import Metric, alpha, coincidences
from geostance.validate.resampling import CLUSTER, Sample, bounded


class Variable(NamedTuple):
    """What coders answer: its column in the labels, and the answers in their order by name."""

    column: str
    metric: Metric
    answers: dict[bool | int | str, str]


VARIABLES = {
    "relevance": Variable("relevant", "nominal", {False: "not_relevant", True: "relevant"}),
    "portrayal": Variable("stance", "ordinal", dict(CLASSES)),
    "voice": Variable("voice", "nominal", {voice: voice for voice in VOICES}),
}


class Agreement(NamedTuple):
    """The tables ``agreement`` and ``coder_confusion``."""

    measures: pl.DataFrame
    confusion: pl.DataFrame


def agreement(labels: pl.DataFrame, settings: ValidationSettings, seed: int) -> Agreement:
    """Return how far coders agree: all together, and each two of them.

    Krippendorff's alpha of each variable over each target and over all (``all``): nominal of
    relevance and voice, ordinal of portrayal. A document and target is a unit; an answer that a
    coder did not give (no voice, no portrayal of what is not relevant) is missing. Intervals are
    percentile bootstrap over texts, drawn with all their copies, coders and targets; null under
    ``min_labels`` units with two answers. ``reason`` says what is missing and why.

    Args:
        labels: from :func:`geostance.validate.adjudication.coded`, those that were given blindly;
            with a ``cluster_id`` if copies are to be drawn together.
        settings: the section ``validation``.
        seed: seed of the bootstrap.

    Source: Krippendorff 2011, Computing Krippendorff's Alpha-Reliability; Zapf et al. 2016, BMC
    Medical Research Methodology 16:93 (bootstrap over units rather than over pairs of answers).
    """
    labels = labels.sort("doc_id", "target", "coder")
    coders = labels["coder"].unique().sort().to_list()
    rows: list[tuple[object, ...]] = []
    cells: list[tuple[object, ...]] = []
    for target in ["all", *labels["target"].unique().sort()] if coders else []:
        own = labels if target == "all" else labels.filter(pl.col("target") == target)
        units, given = _answers(own, coders)
        pairs = list(combinations(range(len(coders)), 2))
        counted = [
            (name, chosen, given[name][:, list(chosen or range(len(coders)))].sum(axis=1))
            for name in VARIABLES
            for chosen in (None, *pairs)
        ]
        columns = [coincidences(counts).reshape(len(counts), -1) for *_, counts in counted]
        sample = Sample.of(units, np.hstack(columns), np.arange(units.height))
        totals = sample.totals(settings.bootstrap_samples, seed, f"coders:{target}")
        ends = np.cumsum([part.shape[1] for part in columns])
        for (name, chosen, counts), own in zip(
            counted, np.split(totals, ends[:-1], axis=1), strict=True
        ):
            names = (None, None) if chosen is None else (coders[chosen[0]], coders[chosen[1]])
            found = _measured(counts, own, VARIABLES[name], len(coders), settings)
            rows.append((name, VARIABLES[name].metric, target, *names, *found, settings.confidence))
        cells += [
            (variable, target, coders[one], coders[other], *cell)
            for variable in VARIABLES
            for one, other in pairs
            for cell in _crossed(given[variable][:, one], given[variable][:, other], variable)
        ]
    return Agreement(
        pl.DataFrame(rows, schema=TABLES["agreement"], orient="row"),
        pl.DataFrame(cells, schema=TABLES["coder_confusion"], orient="row"),
    )


def _answers(labels: pl.DataFrame, coders: list[str]) -> tuple[pl.DataFrame, dict[str, np.ndarray]]:
    """Return the units, and who gave which answer: (n_units, n_coders, n_answers) by variable."""
    keys = ["doc_id", "target", *({CLUSTER} & {*labels.columns})]
    unit = labels.select(pl.struct("doc_id", "target").rle_id()).to_series().to_numpy()
    units = labels.select(keys).unique(["doc_id", "target"], keep="first", maintain_order=True)
    coder = np.searchsorted(coders, labels["coder"].to_numpy())
    given = {}
    for name, variable in VARIABLES.items():
        codes = {answer: code for code, answer in enumerate(variable.answers)}
        answer = labels[variable.column].replace_strict(codes, default=-1, return_dtype=pl.Int64)
        known = np.flatnonzero(answer.fill_null(-1).to_numpy() >= 0)
        given[name] = np.zeros((units.height, len(coders), len(codes)))
        given[name][unit[known], coder[known], answer.to_numpy()[known]] = 1
    return units, given


def _measured(
    counts: np.ndarray,
    totals: np.ndarray,
    variable: Variable,
    n_coders: int,
    settings: ValidationSettings,
) -> tuple[object, ...]:
    """Return alpha with its interval, share agreed, units, answers, and what is missing why."""
    held = counts.sum(axis=1)
    paired = held > 1
    n_units, n_answers = int(paired.sum()), int(held[paired].sum())
    matrices = square(totals)
    same = ratio(np.trace(matrices[0]), matrices[0].sum())
    values = alpha(matrices, variable.metric)
    estimate, low, high = bounded(values, n_units >= settings.min_labels, settings)
    reason = None
    if not n_units:
        reason = "one coder" if n_coders < 2 else "no text with two answers"
    elif estimate is None:
        reason = "all answers are the same: nothing could have been disagreed upon"
    elif n_units < settings.min_labels:
        reason = f"no interval: {n_units} of {settings.min_labels} texts with two answers"
    elif low is None:
        reason = "no interval: all resamples agree"
    agreed = None if np.isnan(same) else float(same)
    return estimate, low, high, agreed, n_units, n_answers, reason


def _crossed(one: np.ndarray, other: np.ndarray, variable: str) -> Iterator[tuple[str, str, int]]:
    """Yield each answer of one coder and of the other with how often they met, never too."""
    names = list(VARIABLES[variable].answers.values())
    for (row, column), n in np.ndenumerate(one.T @ other):
        yield names[row], names[column], int(n)
