"""How well the scorer agrees with human labels, and the coders with each other."""

import numpy as np
import polars as pl

from geostance.bootstrap import generator, percentile_interval, resampled_sums
from geostance.schema import TABLES, empty_table
from geostance.settings.validation import ValidationSettings
from geostance.validate.measures import (
    OF_CONFUSION,
    Measures,
    confusion,
    detection,
    ratio,
    square,
)
from geostance.validate.portrayal import CLASSES, predicted_class
from geostance.validate.reliability import alpha, coincidences

_VALUES = np.array(list(CLASSES))


def agreement(
    labels: pl.DataFrame, stance: pl.DataFrame, settings: ValidationSettings, seed: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the tables ``labelled`` and ``agreement``.

    Measures, for each target and over all labels (target ``all``):

    - ``f1_unfavourable``, ``f1_neutral``, ``f1_favourable``, their mean ``macro_f1``,
      ``accuracy`` and ``alpha_ordinal`` (Krippendorff, scorer and label as two coders) over
      the labels that find the target relevant. The predicted class is the largest of the
      three probabilities; without a stance row it is neutral. The mean is over the classes
      that the labels hold; a class in neither labels nor predictions has no F1.
    - ``correlation`` (Pearson) of the stance score with the label where there is a score.
    - ``detection_precision`` and ``detection_recall``: a stance row says "relevant".
    - ``coder_alpha_ordinal`` of the stance and ``coder_alpha_relevance`` (nominal) between
      human coders, where at least one document has two.

    Every label is one observation, so a document with two coders weighs twice. Intervals are
    percentile bootstrap over documents, which keeps the coders and targets of one together;
    they are null under ``min_labels`` labels and where every resample gives the same figure.
    Labels are not weighted by their inclusion probabilities: the figures describe the
    labelled documents.

    Args:
        labels: from :func:`geostance.validate.labels.read_labels`, only of targets and
            documents that were scored (a dropped document is not a miss of the scorer).
        stance: the table ``stance``.
        settings: the section ``validation``.
        seed: seed of the bootstrap.
    """
    if labels.is_empty():
        return empty_table("labelled"), empty_table("agreement")
    scored = labels.join(
        stance.select("doc_id", "target", "stance", predicted_class().alias("predicted")),
        on=["doc_id", "target"],
        how="left",
        suffix="_score",
    ).rename({"stance": "label", "stance_score": "stance"})
    scored = scored.with_columns(
        detected=pl.col("stance").is_not_null(), predicted=pl.col("predicted").fill_null(0)
    ).sort("doc_id", "target", "coder")
    rows = [
        row
        for target, part in [
            *((str(key[0]), part) for key, part in scored.group_by("target", maintain_order=True)),
            ("all", scored),
        ]
        for row in _measured(target, part, settings, generator(seed, target))
    ]
    table = pl.DataFrame(rows, schema=TABLES["agreement"], orient="row")
    order = (pl.col("target") != "all", "target")
    labelled = scored.filter("relevant").select(TABLES["labelled"].keys())
    return labelled, table.sort(*order, maintain_order=True)


def _measured(
    target: str, labels: pl.DataFrame, settings: ValidationSettings, draws: np.random.Generator
) -> list[tuple[str, str, float | None, float | None, float | None, int]]:
    documents = np.unique(labels["doc_id"].to_numpy(), return_inverse=True)[1]
    given, predicted = labels["label"].cast(pl.Float64).to_numpy(), labels["predicted"].to_numpy()
    relevant, detected = labels["relevant"].to_numpy(), labels["detected"].to_numpy()
    families = [
        (confusion(given, predicted), OF_CONFUSION, labels["relevant"].sum()),
        (_moments(labels), _MOMENTS, (labels["relevant"] & labels["detected"]).sum()),
        (detection(relevant, detected), _DETECTION, labels.height),
        *_between_coders(labels),
    ]
    rows = []
    for observations, measures, n_labels in families:
        sums = np.zeros((documents.max() + 1, observations.shape[1]))
        np.add.at(sums, documents, observations)
        estimates = np.array([measure(sums.sum(axis=0)) for measure in measures.values()])
        low = high = np.full(len(measures), np.nan)
        if n_labels >= settings.min_labels:
            totals = resampled_sums(sums, settings.bootstrap_samples, draws)
            replicates = np.stack([measure(totals) for measure in measures.values()], axis=1)
            low, high = percentile_interval(replicates, settings.confidence)
        rows += [
            (
                target,
                name,
                *(None if np.isnan(value) else float(value) for value in values),
                n_labels,
            )
            for name, *values in zip(measures, estimates, low, high, strict=True)
        ]
    return rows


def _moments(labels: pl.DataFrame) -> np.ndarray:
    """Return n, x, y, x², y², xy of each label y with a score x, else zeros."""
    known = (labels["relevant"] & labels["detected"]).to_numpy()
    score = np.where(known, labels["stance"].fill_null(0).to_numpy(), 0)
    label = np.where(known, labels["label"].fill_null(0).to_numpy(), 0)
    return np.stack([known, score, label, score**2, label**2, score * label], axis=1).astype(float)


def _between_coders(labels: pl.DataFrame) -> list[tuple[np.ndarray, Measures, int]]:
    """Return the coincidences of each document and target, placed on its first label."""
    families: list[tuple[np.ndarray, Measures, int]] = []
    units = labels.select(pl.struct("doc_id", "target").rle_id())
    unit = units.to_series().to_numpy()
    first = np.unique(unit, return_index=True)[1]
    for column, values, measures in (
        ("label", _VALUES, _CODER_STANCE),
        ("relevant", np.array([0, 1]), _CODER_RELEVANCE),
    ):
        given = labels[column].cast(pl.Float64).to_numpy()[:, None] == values
        counts = np.zeros((len(first), len(values)))
        np.add.at(counts, unit, given)
        paired = counts.sum(axis=1) > 1
        if paired.any():
            observations = np.zeros((labels.height, len(values) ** 2))
            observations[first] = coincidences(counts).reshape(len(first), -1)
            families.append((observations, measures, int(counts[paired].sum())))
    return families


def _correlation(totals: np.ndarray) -> np.ndarray:
    n, x, y, xx, yy, xy = np.moveaxis(totals, -1, 0)
    spread = np.maximum(n * xx - x**2, 0) * np.maximum(n * yy - y**2, 0)
    # A constant score leaves rounding errors, not spread.
    return ratio(n * xy - x * y, np.sqrt(np.where(spread > 1e-9 * n**4, spread, 0)))


_MOMENTS: Measures = {"correlation": _correlation}
_DETECTION: Measures = {
    "detection_precision": lambda totals: ratio(totals[..., 0], totals[..., 1]),
    "detection_recall": lambda totals: ratio(totals[..., 0], totals[..., 2]),
}
_CODER_STANCE: Measures = {"coder_alpha_ordinal": lambda totals: alpha(square(totals), "ordinal")}
_CODER_RELEVANCE: Measures = {
    "coder_alpha_relevance": lambda totals: alpha(square(totals), "nominal")
}
