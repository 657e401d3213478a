"""Which documents are to be labelled: a probability sample that later rounds extend."""

import hashlib
from collections.abc import Sequence
from typing import Literal

import numpy as np
import polars as pl

from geostance.errors import InputError
from geostance.schema import TABLES
from geostance.validate.portrayal import CLASSES, predicted_class

Allocation = Literal["proportional", "equal"]

# Documents drawn in a stratum at least, where it has them: one tells nothing of its spread.
_LEAST = 2
SCORE = "score"


def sampling_frame(
    stance: pl.DataFrame, groups: pl.DataFrame, by: Sequence[str], seed: int
) -> pl.DataFrame:
    """Return what can be drawn: the schema's table ``frame`` with nothing drawn yet.

    A document is drawn for one target at a time, with a random number of its own that hangs on
    nothing but ``seed``, its id and the target: what was drawn stays drawn when more is asked.

    Args:
        stance: the table ``stance``.
        groups: distinct documents, ``doc_id`` and the columns that strata are made of.
        by: those columns; ``score`` is the class the scorer found. Null is a stratum of its own.
        seed: seed of the random numbers.

    Raises:
        InputError: no document speaks of a target.
    """
    columns = [column for column in by if column != SCORE]
    pairs = (
        stance.select("doc_id", "target", _class=predicted_class())
        .join(groups.select("doc_id", *columns), on="doc_id")
        .with_columns(pl.col("_class").replace_strict(CLASSES).alias(SCORE))
        .sort("target", "doc_id")
    )
    if pairs.is_empty():
        raise InputError(
            "no document has a score toward a target: there is nothing to draw",
            "the tables stance and unique",
            "look whether stance.targets are spoken of in the corpus",
        )
    parts = [pl.col(column).cast(pl.String).fill_null("unknown") for column in by]
    return _undrawn(
        pairs.select(
            "doc_id",
            "target",
            stratum=pl.concat_str(*parts, separator=" × ") if parts else pl.lit("all"),
            number=pl.Series(
                [_number(seed, *pair) for pair in pairs.select("target", "doc_id").iter_rows()],
                dtype=pl.Float64,
            ),
        )
    )


def draw(
    frame: pl.DataFrame,
    earlier: pl.DataFrame | None,
    size: int,
    allocation: Allocation = "proportional",
) -> pl.DataFrame:
    """Draw until each target has ``size`` documents; return the frame with what was drawn.

    Within a stratum those with the smallest numbers are drawn, so that an earlier round and its
    extension together are one simple random sample of it: every inclusion probability is that of
    all rounds together, and labels of earlier rounds take the new one. Documents that came into
    the corpus since make strata of their own; those that left it leave the frame.

    Args:
        frame: from :func:`sampling_frame`.
        earlier: the frame that earlier rounds left, None before the first.
        size: documents per target, over all rounds.
        allocation: ``proportional`` to the strata, or ``equal`` in all of them, which finds the
            rare ones. At least two in each that has them.

    Source: Ohlsson 1995, Coordination of samples using permanent random numbers.
    """
    this = 1
    if earlier is not None:
        this = int(earlier["round"].max() or 0) + 1
        kept = earlier.join(frame, on=["doc_id", "target"], how="semi")
        new = frame.join(earlier, on=["doc_id", "target"], how="anti")
        came = new.with_columns(stratum=pl.format("{} (round {})", "stratum", pl.lit(this)))
        frame = pl.concat([kept, came.select(kept.columns)])
    frame = frame.sort("target", "stratum", "number", "doc_id")
    strata = frame.group_by("target", "stratum", maintain_order=True).agg(
        available=pl.len(), before=pl.col("round").is_not_null().sum()
    )
    sizes = pl.concat(
        [
            part.with_columns(
                drawn=pl.Series(
                    _allocated(
                        part["available"].to_numpy(), part["before"].to_numpy(), size, allocation
                    )
                )
            )
            for _, part in strata.group_by("target", maintain_order=True)
        ]
    )
    place = pl.int_range(pl.len()).over("target", "stratum")
    return (
        frame.join(sizes, on=["target", "stratum"], maintain_order="left")
        .with_columns(
            round=pl.when(place < pl.col("drawn")).then(pl.col("round").fill_null(this)),
            inclusion_probability=pl.when(place < pl.col("drawn")).then(
                pl.col("drawn") / pl.col("available")
            ),
        )
        .select(TABLES["frame"].keys())
    )


def expected_widths(
    stance: pl.DataFrame,
    correlations: dict[str, list[float]],
    sizes: Sequence[int],
    confidence: float,
) -> pl.DataFrame:
    """Return how wide the interval of a corrected mean stance will be, by number of labels.

    For labels drawn alike from N documents with spread σ and a scorer of correlation r,

        2 t σ √((1 − r²) (1/n − 1/N) + 1/N).

    σ is taken from the classes that the scorer finds, which a shy scorer understates.

    Args:
        stance: the table ``stance`` of the distinct documents.
        correlations: by target, those to reckon with: the one measured, or a few to choose from.
        sizes: numbers of labels n.
        confidence: level of the interval.

    Returns:
        ``target``, ``correlation``, ``n_labels``, ``width``, ``width_labels`` (without the
        scores' help), ``n_documents``; sizes beyond N left out.
    """
    from scipy.special import stdtrit

    rows = []
    for (target,), part in stance.group_by("target", maintain_order=True):
        spread = float(part.select(predicted_class().std(ddof=0)).item() or 0)
        total = part.height
        for correlation in correlations[str(target)]:
            for n in (size for size in sizes if 2 < size <= total):
                reach = 2 * stdtrit(n - 2, (1 + confidence) / 2) * spread
                labels, scores = (
                    reach * np.sqrt((1 - r**2) * (1 / n - 1 / total) + 1 / total)
                    for r in (0.0, correlation)
                )
                rows.append((target, correlation, n, float(scores), float(labels), total))
    columns = ("target", "correlation", "n_labels", "width", "width_labels", "n_documents")
    return pl.DataFrame(rows, schema=list(columns), orient="row").sort(
        "target", "correlation", "n_labels"
    )


def _allocated(
    available: np.ndarray, before: np.ndarray, size: int, allocation: Allocation
) -> np.ndarray:
    """Return how many each stratum gives, never fewer than before nor more than it has."""
    shares = available / available.sum() if allocation == "proportional" else 1 / len(available)
    drawn = np.maximum(before, np.minimum(_LEAST, available))
    aim = np.broadcast_to(shares * size, available.shape)
    # One by one to the stratum that is furthest below its share, first of equals.
    while drawn.sum() < size and (drawn < available).any():
        drawn[np.argmax(np.where(drawn < available, aim - drawn, -np.inf))] += 1
    return drawn


def _undrawn(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        round=pl.lit(None, pl.Int64), inclusion_probability=pl.lit(None, pl.Float64)
    )


def _number(seed: int, target: str, doc_id: str) -> float:
    digest = hashlib.sha256(f"{seed}:{target}:{doc_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
