"""What each label shows of each scorer, as counts of which the measures are functions."""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
import polars as pl

from geostance.schema import PORTRAYAL
from geostance.validate.calibration import (
    BINNED,
    BINS,
    binned,
    brier,
    calibration_error,
    squared_errors,
)
from geostance.validate.labels import LABELS
from geostance.validate.measures import (
    OF_CONFUSION,
    Measures,
    alpha_of_confusion,
    confusion,
    correlation,
    detection,
    moments,
    ratio,
)
from geostance.validate.portrayal import predicted_class

# A document is quoted speech toward a target from this share of its mentions on.
QUOTED = 0.5


def beside(labels: pl.DataFrame, stance: pl.DataFrame) -> pl.DataFrame:
    """Return the labels in their order, each with what a scorer says of its document.

    The label is the column ``label``; ``stance`` is the scorer's. Where it has no row, it did not
    find the target: ``detected`` is false and the class ``predicted`` neutral.
    """
    given = stance.select(
        *("doc_id", "target", *PORTRAYAL, "quoted_share"),
        score=pl.col("p_favourable") - pl.col("p_unfavourable"),
        predicted=predicted_class(),
    )
    # Annotation files may bring columns of any name.
    return (
        labels.select(*LABELS, *({"language"} & {*labels.columns}))
        .rename({"stance": "label"})
        .join(given, on=["doc_id", "target"], how="left", maintain_order="left")
        .with_columns(
            detected=pl.col("predicted").is_not_null(), predicted=pl.col("predicted").fill_null(0)
        )
    )


def between(sides: Sequence[pl.DataFrame]) -> np.ndarray:
    """Return the classes that each pair of scorers gives to what is labelled relevant."""
    relevant = sides[0]["relevant"].to_numpy()[:, None]
    predicted = [side["predicted"].to_numpy() for side in sides]
    pairs = [confusion(one, other) * relevant for one, other in combinations(predicted, 2)]
    return np.hstack([np.empty((len(relevant), 0)), *pairs])


def observed(side: pl.DataFrame) -> np.ndarray:
    """Return what the measures of one scorer are functions of, by label (see :func:`beside`)."""
    label = side["label"].cast(pl.Float64).to_numpy()
    predicted, relevant = side["predicted"].to_numpy(), side["relevant"].to_numpy()
    detected = side["detected"].to_numpy()
    voice = side["voice"].fill_null("").to_numpy()
    voiced = detected & np.isin(label, (-1, 1)) & np.isin(voice, ("author", "quoted"))
    quoted = side["quoted_share"].fill_null(0).to_numpy() >= QUOTED
    same = quoted == (voice == "quoted")
    probabilities = side.select(*PORTRAYAL).fill_null(0).to_numpy().astype(float)
    known = relevant & detected
    return np.hstack(
        [
            confusion(label, predicted),
            detection(relevant, detected),
            np.ones((side.height, 1)),
            moments(known, side["score"].fill_null(0).to_numpy(), label),
            np.stack([voiced & same, voiced], axis=1).astype(float),
            squared_errors(known, label, probabilities),
            binned(known, probabilities.max(axis=1), label == predicted),
        ]
    )


class Family(NamedTuple):
    """Measures of the same columns; ``n_labels`` is how many labels those count."""

    width: int
    measures: Measures
    n_labels: Callable[[np.ndarray], np.ndarray]


# In the order of the columns of observed; the bins of calibration are the last.
FAMILIES = (
    Family(9, OF_CONFUSION, lambda totals: totals.sum(axis=-1)),
    Family(
        4,
        {
            "detection_precision": lambda totals: ratio(totals[..., 0], totals[..., 1]),
            "detection_recall": lambda totals: ratio(totals[..., 0], totals[..., 2]),
            "relevance_f1": lambda totals: ratio(
                2 * totals[..., 0], totals[..., 1] + totals[..., 2]
            ),
        },
        lambda totals: totals[..., 3],
    ),
    Family(6, {"correlation": correlation}, lambda totals: totals[..., 0]),
    Family(
        2,
        {"voice_accuracy": lambda totals: ratio(totals[..., 0], totals[..., 1])},
        lambda totals: totals[..., 1],
    ),
    Family(2, {"brier": brier}, lambda totals: totals[..., 0]),
    Family(
        BINNED,
        {"calibration_error": calibration_error},
        lambda totals: totals[..., :BINS].sum(axis=-1),
    ),
)
WIDTH = sum(family.width for family in FAMILIES)
BETWEEN = Family(9, {"alpha_scorers": alpha_of_confusion}, lambda totals: totals.sum(axis=-1))


def values_of(
    counts: np.ndarray, totals: np.ndarray, columns: slice, families: tuple[Family, ...]
) -> Iterator[tuple[str, np.ndarray, int, int]]:
    """Yield each measure with its values, and how many labels and documents it counts.

    A row of ``counts`` is a document. ``totals`` are weighted: of the labels as they are, then of
    resamples.
    """
    start = columns.start
    for family in families:
        own = slice(start, start + family.width)
        start = own.stop
        counted = family.n_labels(counts[:, own])
        n_labels, n_documents = round(float(counted.sum())), int((counted > 0).sum())
        for measure, of in family.measures.items():
            yield measure, of(totals[:, own]), n_labels, n_documents
