"""How well a scorer agrees with labelled rows."""

from collections.abc import Sequence

import numpy as np

from geostance.stance.scorer import Judgement
from geostance.train.stance_data import Row
from geostance.validate import measures
from geostance.validate.portrayal import CLASSES

BINS = 10


def figures(rows: Sequence[Row], judged: Judgement) -> dict[str, float | int]:
    """Return what is measured of ``judged`` on ``rows``; a figure without its labels is not there.

    ``macro_f1`` and ``f1_<class>`` are of the portrayal, also per set and language;
    ``calibration_error`` is that of its largest probability; ``voice_accuracy`` is measured on
    evaluative rows, ``relevance_f1`` at one half; ``evidence_first`` is how often, of two or
    more sentences, the first by evidence holds some of the coders' span.
    """
    labels = np.array([row.stance for row in rows], int)
    predicted = judged.portrayal.argmax(axis=1) - 1
    found: dict[str, float | int] = {"rows": len(rows), "macro_f1": macro_f1(labels, predicted)}
    by_class = measures.f1(measures.confusion(labels, predicted).sum(axis=0))
    found |= {f"f1_{name}": float(f) for name, f in zip(CLASSES.values(), by_class, strict=True)}
    keys = [(row.source, row.passage.language or "und") for row in rows]
    for key in sorted(set(keys)):
        own = np.array([other == key for other in keys])
        name = "_".join(key)
        found[f"macro_f1_{name}"] = macro_f1(labels[own], predicted[own])
        found[f"rows_{name}"] = int(own.sum())
    found["calibration_error"] = calibration_error(judged.portrayal, labels + 1)
    voiced = np.array([row.quoted is not None and row.stance != 0 for row in rows])
    if voiced.any():
        quoted = np.array([bool(row.quoted) for row in rows])
        found["voice_accuracy"] = float(((judged.quoted >= 0.5) == quoted)[voiced].mean())
    told = np.array([row.relevant is not None for row in rows])
    if told.any():
        relevant = np.array([bool(row.relevant) for row in rows])
        found["relevance_f1"] = _f1(relevant[told], judged.relevance[told] >= 0.5)
    several = [
        (row, shares)
        for row, shares in zip(rows, judged.evidence, strict=True)
        if row.evidence and len(row.passage.sentences) > 1
    ]
    if several:
        found["evidence_first"] = float(np.mean([_first_holds(*pair) for pair in several]))
    return {name: round(value, 4) for name, value in found.items() if not np.isnan(value)}


def macro_f1(labels: np.ndarray, predicted: np.ndarray) -> float:
    """Return the mean F1 over the classes that labels (−1, 0, 1) hold."""
    return float(measures.macro_f1(measures.confusion(labels, predicted).sum(axis=0)))


def _first_holds(row: Row, shares: np.ndarray) -> bool:
    start, end = row.passage.sentences[int(shares.argmax())]
    return any(start < last and first < end for first, last in row.evidence)


def _f1(truth: np.ndarray, found: np.ndarray) -> float:
    return float(measures.ratio(2 * (truth & found).sum(), truth.sum() + found.sum()))


def calibration_error(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Return the expected calibration error of the largest of probabilities (n, 3).

    Source: Guo et al. 2017, arXiv:1706.04599, equation 3, ten bins of equal width.
    """
    surest = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    bins = np.minimum((surest * BINS).astype(int), BINS - 1)
    gaps = [
        abs(right[bins == n].mean() - surest[bins == n].mean()) * (bins == n).mean()
        for n in np.unique(bins)
    ]
    return float(sum(gaps))
