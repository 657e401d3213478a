"""The claims of a study, and the number each rests on under one set of choices."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import numpy as np
import polars as pl

from geostance.settings.validation import ValidationSettings
from geostance.validate.correction import Corrected, Evidence, corrected_contrast, corrected_mean
from geostance.validate.intervals import interval
from geostance.validate.population import Population, Unit

Correction = Literal["ppi", "labels", "model"]
# The scores are corrected where labels allow it, as in the figures.
_PREFERRED: tuple[Correction, ...] = ("ppi", "model")
_STANCE = 0


class Choices(NamedTuple):
    """How a figure was come by, but for the correction."""

    scorer: str
    unit: Unit
    voice: Literal["all", "author"]
    threshold: float
    outliers: Literal["kept", "left_out"]


@dataclass(frozen=True)
class World:
    """The documents that a set of choices leaves, with their scores and labels."""

    choices: Choices
    populations: Mapping[str, Population]
    # Scores of labelled documents alone stand in the place of their labels: a scorer that did
    # not see the others, whose mean is that of a sample.
    sampled: bool = False
    # Of a large corpus: the order of targets takes the means that their own claims took.
    _made: dict[tuple[str, str], Any] = field(default_factory=dict, init=False, repr=False)

    def mean(self, target: str, correction: Correction) -> Corrected:
        """Return the mean stance toward ``target``."""

        def make() -> Corrected:
            population = self.populations[target]
            evidence = _evidence(population, population.members[0], correction)
            return corrected_mean(evidence, _power(correction))

        return self._once((correction, target), make)

    def n_texts(self, target: str) -> int:
        """Return how many distinct texts speak of ``target``."""
        population = self.populations[target]
        return self._once(("texts", target), lambda: population.n_clusters(population.members[0]))

    def shared(self, target: str, other: str) -> float:
        """Return the covariance of the means toward two targets, by the scores of what has both."""
        return self._once(
            (target, other),
            lambda: _covariance(self.populations[target], self.populations[other]),
        )

    def _once(self, key: tuple[str, str], make: Callable[[], Any]) -> Any:
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]


class Claim(NamedTuple):
    """A number whose sign a study speaks of.

    The mean toward ``target`` (kind mean); that mean less the one toward ``other`` (order); the
    mean of ``group`` less that of ``against``, of one grouping (difference).
    """

    kind: Literal["mean", "order", "difference"]
    target: str
    other: str | None = None
    grouping: str | None = None
    group: str | None = None
    against: str | None = None


class Found(NamedTuple):
    """The number of a claim with its interval, or the reason why there is none."""

    estimate: float | None
    low: float | None
    high: float | None
    n_documents: int
    n_labels: int
    reason: str | None


def claims_of(
    published: World, differences: Sequence[tuple[str, str, str]], settings: ValidationSettings
) -> list[Claim]:
    """Return the means, the order of targets that follow one another, and the ``differences``."""
    means = [Claim("mean", target) for target in published.populations]
    found = {
        claim.target: measured(
            published, claim, chosen_correction(published, claim, settings), settings
        )
        for claim in means
    }
    known = [(one.estimate, target) for target, one in found.items() if one.estimate is not None]
    order = [target for _, target in sorted(known, reverse=True)]
    return [
        *means,
        *(Claim("order", higher, lower) for higher, lower in pairwise(order)),
        *(
            Claim("difference", target, None, *difference)
            for difference in differences
            for target in published.populations
        ),
    ]


def chosen_correction(published: World, claim: Claim, settings: ValidationSettings) -> Correction:
    """Return by which correction a study has the number: corrected where labels allow it."""
    for correction in _PREFERRED:
        if measured(published, claim, correction, settings).reason is None:
            return correction
    return "model"


def measured(
    world: World, claim: Claim, correction: Correction, settings: ValidationSettings
) -> Found:
    """Return the number of a claim, or why there is none."""
    sides = list(_sides(world, claim))
    if not sides:
        return Found(None, None, None, 0, 0, "no document of the kind has a score")
    n_documents = sum(len(members) for _, members in sides)
    labels = [population.n_labels(members) for population, members in sides]
    used: Correction = "labels" if world.sampled else correction
    counts = n_documents, 0 if used == "model" else sum(labels)
    if used != "model" and min(labels) < settings.min_labels:
        reason = f"too few labels: {min(labels)} of {settings.min_labels}"
        return Found(None, None, None, *counts, reason)
    if used == "ppi" and not all(population.drawn for population, _ in sides):
        return Found(None, None, None, *counts, "the labels are no probability sample")
    if claim.kind == "difference":
        texts = [population.n_clusters(members) for population, members in sides]
    else:
        texts = [world.n_texts(target) for target in (claim.target, claim.other) if target]
    if min(texts) < settings.min_group:
        reason = f"too few texts: {min(texts)} of {settings.min_group}"
        return Found(None, None, None, *counts, reason)
    found = _number(world, claim, sides, used)
    bounds = (-1.0, 1.0) if claim.kind == "mean" else None
    low, high = interval(found, settings.confidence, bounds)
    reason = None if low is not None else "all values agree: nothing says how sure they are"
    return Found(found.estimate, low, high, *counts, reason)


def _sides(world: World, claim: Claim) -> Iterator[tuple[Population, np.ndarray]]:
    """Yield the documents of a claim: of one side, or of both; nothing where one has none."""
    own = world.populations.get(claim.target)
    if claim.kind == "mean" and own:
        yield own, own.members[0]
    elif claim.kind == "order" and own:
        other = world.populations.get(str(claim.other))
        if other:
            yield from ((own, own.members[0]), (other, other.members[0]))
    elif own:
        cells = dict(zip(own.cells, own.members, strict=True))
        both = [cells.get((str(claim.grouping), str(g))) for g in (claim.group, claim.against)]
        if all(members is not None for members in both):
            yield from ((own, members) for members in both if members is not None)


def _number(
    world: World, claim: Claim, sides: list[tuple[Population, np.ndarray]], correction: Correction
) -> Corrected:
    if claim.kind == "difference":
        population, members = sides[0][0], np.concatenate([members for _, members in sides])
        first = np.arange(len(members)) < len(sides[0][1])
        design = np.column_stack([first, ~first]).astype(float)
        evidence = _evidence(population, members, correction)
        return corrected_contrast(evidence, design, np.array([1.0, -1.0]), _power(correction))
    mean = world.mean(claim.target, correction)
    if claim.other is None:
        return mean
    return _less(mean, world.mean(claim.other, correction), world.shared(claim.target, claim.other))


def _power(correction: Correction) -> float | None:
    return 0.0 if correction == "labels" else None


def _evidence(population: Population, members: np.ndarray, correction: Correction) -> Evidence:
    take = population.scores if correction == "model" else population.evidence
    return take(_STANCE, members)


def _less(one: Corrected, other: Corrected, covariance: float) -> Corrected:
    """Return the difference of two means.

    Source: Welch 1947, Biometrika 34, for the degrees of freedom.
    """
    parts = np.array([one.standard_error, other.standard_error]) ** 2
    known = np.array([one.degrees, other.degrees])
    uncertain = (parts**2 / known).sum()
    degrees = parts.sum() ** 2 / uncertain if uncertain > 0 else known.min()
    error = np.sqrt(max(parts.sum() - 2 * covariance, 0.0))
    return Corrected(one.estimate - other.estimate, float(error), float(degrees), np.nan)


def _covariance(one: Population, other: Population) -> float:
    """Return the covariance of two mean scores that the documents in both give them.

    Labels are taken to be drawn for each target on its own, which adds none.
    """
    parts = []
    for name, population in (("one", one), ("other", other)):
        scores = population.predictions[:, _STANCE]
        away = (scores - scores.mean()) / len(scores)
        frame = pl.DataFrame({"doc_id": population.doc_ids, name: away})
        parts.append(frame.group_by("doc_id").agg(pl.col(name).sum()))
    both = parts[0].join(parts[1], on="doc_id")
    return float((both["one"] * both["other"]).sum())
