"""Do the intervals of estimates hold the truth as often as they say, and are they worth having.

Studies are simulated: the truth is known, the scorer is biased, labels are few and drawn by
different designs. Every study is run through geostance's own correction and intervals.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import fmean

import numpy as np

from benchmarks.result import write_result
from geostance.validate.correction import Corrected, Evidence, corrected_contrast, corrected_mean
from geostance.validate.intervals import interval
from geostance.validate.pooling import pool
from geostance.validate.population import QUANTITIES

LABELS = (50, 100, 300)
DESIGNS = ("simple", "stratified", "unequal")
CORRELATIONS = (0.3, 0.7)
# Distinct texts of a study.
TEXTS = 3_000
CONFIDENCE = 0.95
_TRUTH = np.array([-1.0, 0.0, 1.0])
_SHARES = np.array([0.35, 0.5, 0.15])
# A group of a third of the texts, kinder by so much, for the difference of two groups.
_KINDER = 0.15
# Groups that are pooled, those with so many labels; how the unfavourable texts of a group turn.
GROUPS, POOLED_LABELS = 20, 5
SPREADS = {"none": 0.0, "some": 0.5, "much": 1.0}
STRATUM_BOUNDS, STRATUM_SHARES = (0.25, 0.75), (0.4, 0.2, 0.4)


@dataclass(frozen=True)
class Texts:
    """Distinct texts: true portrayal, score, relevance, group, and how often each was printed."""

    truth: np.ndarray
    score: np.ndarray
    relevant: np.ndarray
    kind: np.ndarray
    copies: np.ndarray


def texts(
    draws: np.random.Generator, n: int, correlation: float, printed: bool, *, beside: bool = True
) -> Texts:
    """Draw texts whose scores have this correlation with the truth and favour nobody.

    ``beside``: one in eight has a score and does not speak of the target after all.
    """
    kind = draws.random(n) < 1 / 3
    truth = draws.choice(_TRUTH, n, p=_SHARES)
    truth[kind & (truth < 0) & (draws.random(n) < _KINDER / _SHARES[0])] = 0
    score = scored(draws, truth, correlation)
    relevant = draws.random(n) < (np.where(truth < 0, 0.95, 0.85) if beside else 1.0)
    # What is unfavourable is printed more often.
    chance = np.where(truth < 0, 0.5, 0.7)
    copies = draws.geometric(chance) if printed else np.ones(n, int)
    return Texts(truth, score, relevant.astype(float), kind, copies)


def scored(draws: np.random.Generator, truth: np.ndarray, correlation: float) -> np.ndarray:
    """Return scores of this correlation with the truth."""
    noise = draws.normal(size=len(truth)) * np.sqrt(1 / correlation**2 - 1) * truth.std()
    # Half the true scale, and shifted: so do scorers that seldom dare to leave the middle.
    return 0.5 * (truth + noise) - 0.15


def drawn(
    draws: np.random.Generator, score: np.ndarray, n: int, design: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return each text's weight, 0 where it is not drawn, and its stratum."""
    weights, strata = np.zeros(len(score)), np.zeros(len(score), int)
    if design == "unequal":
        size = 0.3 + np.abs(score)
        chance = np.minimum(1, n * size / size.sum())
        order = draws.permutation(len(score))
        # Systematic in a random order: as many labels as asked, each with its own chance.
        steps = np.searchsorted(np.cumsum(chance[order]), np.arange(draws.random(), n, 1.0))
        chosen = order[steps[steps < len(order)]]
        weights[chosen] = 1 / chance[chosen]
        return weights, strata
    if design == "stratified":
        strata = np.digitize(score, np.quantile(score, STRATUM_BOUNDS))
    shares = STRATUM_SHARES if design == "stratified" else (1.0,)
    for stratum, share in enumerate(shares):
        rows = np.flatnonzero(strata == stratum)
        chosen = draws.permutation(rows)[: round(share * n)]
        weights[chosen] = len(rows) / len(chosen)
    return weights, strata


def known(study: Texts, weights: np.ndarray, strata: np.ndarray, quantity: str) -> Evidence:
    """Return what scores and labels say of the printed copies."""
    truth, score = study.truth, study.score
    if quantity != "stance":
        sign = 1.0 if quantity == "share_favourable" else -1.0
        truth, score = (truth == sign).astype(float), 1 / (1 + np.exp(3 - 8 * sign * score))
    seen = study.relevant * (weights > 0)
    columns = score, truth * seen, seen, weights, np.arange(len(truth)), strata
    return Evidence(*(np.repeat(column, study.copies) for column in columns))


def aims(study: Texts, quantity: str) -> tuple[float, float]:
    """Return the true mean over relevant printed copies, and its difference between groups."""
    values = study.truth if quantity == "stance" else study.truth == _SIGN[quantity]
    weights = study.relevant * study.copies
    overall = np.average(values, weights=weights)
    groups = [np.average(values[g], weights=weights[g]) for g in (study.kind, ~study.kind)]
    return float(overall), float(groups[0] - groups[1])


_SIGN = {"share_favourable": 1.0, "share_unfavourable": -1.0}


@dataclass
class Tally:
    """How often intervals held the truth, and how wide they were."""

    n: int = 0
    held: int = 0
    width: float = 0.0

    def add(self, found: Corrected, aim: float, bounds: tuple[float, float] | None) -> None:
        """Count the interval of one study."""
        low, high = interval(found, CONFIDENCE, bounds)
        self.n += 1
        if low is not None and high is not None:
            self.held += low <= aim <= high
            self.width += high - low


def condition(
    studies: int,
    n: int,
    design: str,
    correlation: float,
    printed: bool,
    quantity: str,
    *,
    beside: bool = True,
) -> dict[str, Tally]:
    """Return the tallies of the methods over simulated studies of one kind."""
    whole = texts(np.random.default_rng(0), 2_000_000, correlation, printed, beside=beside)
    aim, difference = aims(whole, quantity)
    bounds = QUANTITIES[quantity]
    tallies = {name: Tally() for name in ("model", "labels", "ppi", "difference")}
    for seed in range(studies):
        draws = np.random.default_rng([seed, n, 20261128])
        study = texts(draws, TEXTS, correlation, printed, beside=beside)
        weights, strata = drawn(draws, study.score, n, design)
        evidence = known(study, weights, strata, quantity)
        alone = Evidence.of_predictions(evidence.predictions, evidence.clusters)
        tallies["model"].add(corrected_mean(alone), aim, bounds)
        tallies["labels"].add(corrected_mean(evidence, power=0.0), aim, bounds)
        tallies["ppi"].add(corrected_mean(evidence), aim, bounds)
        first = np.repeat(study.kind, study.copies)
        sides = np.column_stack([first, ~first]).astype(float)
        both = corrected_contrast(evidence, sides, np.array([1.0, -1.0]))
        tallies["difference"].add(both, difference, None)
    return tallies


@dataclass
class Family:
    """How the own and the pooled means of groups do, over all groups of all studies."""

    n: int = 0
    held: int = 0
    held_own: int = 0
    squares: float = 0.0
    squares_own: float = 0.0

    def add(self, found: Corrected, own: Corrected, aim: float) -> None:
        """Count one group of one study."""
        self.n += 1
        for one, name in ((found, "held"), (own, "held_own")):
            low, high = interval(one, CONFIDENCE, QUANTITIES["stance"])
            if low is not None and high is not None and low <= aim <= high:
                setattr(self, name, getattr(self, name) + 1)
        self.squares += (found.estimate - aim) ** 2
        self.squares_own += (own.estimate - aim) ** 2


def families(studies: int, n: int, spread: float, correlation: float = 0.7) -> Family:
    """Return how pooling does in studies of groups whose means lie so far apart."""
    tally = Family()
    for seed in range(studies):
        draws = np.random.default_rng([seed, n, round(spread * 10), 20261129])
        turn = spread * draws.random(GROUPS)
        group = draws.choice(GROUPS, TEXTS, p=draws.dirichlet(np.full(GROUPS, 3.0)))
        truth = draws.choice(_TRUTH, TEXTS, p=_SHARES)
        turned = (truth < 0) & (draws.random(TEXTS) < turn[group])
        # One in two turns favourable, the others neutral.
        truth[turned] = draws.integers(0, 2, TEXTS)[turned]
        relevant = draws.random(TEXTS) < np.where(truth < 0, 0.95, 0.85)
        score = scored(draws, truth, correlation)
        weights, strata = drawn(draws, score, n, "simple")
        seen = relevant * (weights > 0)
        known = Evidence(score, truth * seen, seen * 1.0, weights, np.arange(TEXTS), strata)
        members = [np.flatnonzero(group == g) for g in range(GROUPS)]
        able = [g for g in range(GROUPS) if seen[members[g]].sum() >= POOLED_LABELS]
        if len(able) < POOLED_LABELS:
            continue
        parts = [known.at(members[g]) for g in able]
        found = pool(parts, corrected_mean(known).power) or []
        for g, part, one in zip(able, parts, found, strict=True):
            tally.add(one, corrected_mean(part), _mean_of_group(turn[g]))
    return tally


def _mean_of_group(turn: float) -> float:
    """Return the true mean over the relevant texts of a group of which so many turn."""
    unfavourable, neutral, favourable = _SHARES
    turned = unfavourable * turn / 2
    shares = np.array([unfavourable * (1 - turn), neutral + turned, favourable + turned])
    return float(np.average(_TRUTH, weights=shares * [0.95, 0.85, 0.85]))


def covaried(draws: np.random.Generator, n: int, correlation: float) -> tuple[Texts, np.ndarray]:
    """Draw texts whose portrayal and whose scorer's error both hang on group and time.

    Returns:
        The texts, and the design: constant, group, time in [0, 1).
    """
    study = texts(draws, n, correlation, printed=False)
    time = draws.random(n)
    truth = np.where((study.truth < 0) & (draws.random(n) < 0.4 * time), 0, study.truth)
    # What a scorer makes of an outlet's style or of a word that came up lately.
    score = study.score + 0.5 * (truth - study.truth) + 0.1 * study.kind - 0.15 * time
    design = np.column_stack([np.ones(n), study.kind, time])
    return Texts(truth, score, study.relevant, study.kind, study.copies), design


def regressions(studies: int, n: int, design: str) -> dict[str, Tally]:
    """Return how often intervals of two coefficients hold those of all relevant texts."""
    whole, columns = covaried(np.random.default_rng(0), 2_000_000, 0.7)
    weighted = columns * whole.relevant[:, None]
    aims = np.linalg.solve(weighted.T @ columns, weighted.T @ whole.truth)
    tallies = {"model": Tally(), "ppi": Tally()}
    for seed in range(studies):
        draws = np.random.default_rng([seed, n, 20261130])
        study, columns = covaried(draws, TEXTS, 0.7)
        weights, strata = drawn(draws, study.score, n, design)
        evidence = known(study, weights, strata, "stance")
        alone = Evidence.of_predictions(evidence.predictions, evidence.clusters)
        for method, kind in (("model", alone), ("ppi", evidence)):
            for contrast, aim in list(zip(np.eye(3), aims, strict=True))[1:]:
                tallies[method].add(corrected_contrast(kind, columns, contrast), aim, None)
    return tallies


def measured(studies: int) -> Iterator[tuple[str, dict[str, Tally]]]:
    """Yield the name and the tallies of every kind of study."""
    for quantity, n, design, correlation, printed in product(
        ("stance", "share_favourable"), LABELS, DESIGNS, CORRELATIONS, (False, True)
    ):
        unit = "printed" if printed else "distinct"
        name = f"{quantity}_{n}_{design}_r{correlation * 100:.0f}_{unit}"
        yield name, condition(studies, n, design, correlation, printed, quantity)


def main() -> None:
    """Measure the estimates: ``python -m benchmarks.estimates [--studies 2000] --json FILE``."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--studies", type=int, default=2_000, help="simulated studies of each kind")
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args()
    figures: dict[str, float] = {}
    coverage: dict[str, dict[str, float]] = {"labels": {}, "ppi": {}, "difference": {}, "model": {}}
    for name, tallies in measured(options.studies):
        for method, tally in tallies.items():
            coverage[method][name] = tally.held / tally.n
            figures[f"coverage_{method}_{name}"] = round(tally.held / tally.n, 4)
        figures[f"width_ratio_{name}"] = round(tallies["ppi"].width / tallies["labels"].width, 3)
    pooled = {
        f"{n}_{name}": families(options.studies, n, spread)
        for n, (name, spread) in product(LABELS[1:], SPREADS.items())
    }
    for name, family in pooled.items():
        figures[f"pooled_coverage_{name}"] = round(family.held / family.n, 4)
        figures[f"pooled_coverage_own_{name}"] = round(family.held_own / family.n, 4)
        ratio = np.sqrt(family.squares / family.squares_own)
        figures[f"pooled_rmse_ratio_{name}"] = round(float(ratio), 3)
    coefficients = {
        f"{n}_{design}": regressions(options.studies, n, design)
        for n, design in product(LABELS, DESIGNS)
    }
    for name, tallies in coefficients.items():
        for method, tally in tallies.items():
            figures[f"coefficient_coverage_{method}_{name}"] = round(tally.held / tally.n, 4)
    stance, shares = (
        [held for name, held in coverage["ppi"].items() if name.startswith(quantity)]
        for quantity in ("stance", "share")
    )
    summary = {
        "coverage_min": min(stance),
        "coverage_max": max(stance),
        "coverage_mean": fmean(stance),
        "share_coverage_min": min(shares),
        "share_coverage_max": max(shares),
        "labels_coverage_min": min(coverage["labels"].values()),
        "labels_coverage_max": max(coverage["labels"].values()),
        "difference_coverage_min": min(coverage["difference"].values()),
        "difference_coverage_max": max(coverage["difference"].values()),
        "pooled_coverage_min": min(figures[f"pooled_coverage_{name}"] for name in pooled),
        "pooled_coverage_max": max(figures[f"pooled_coverage_{name}"] for name in pooled),
        "pooled_rmse_ratio_max": max(figures[f"pooled_rmse_ratio_{name}"] for name in pooled),
        "coefficient_coverage_min": min(
            figures[f"coefficient_coverage_ppi_{name}"] for name in coefficients
        ),
        "coefficient_coverage_max": max(
            figures[f"coefficient_coverage_ppi_{name}"] for name in coefficients
        ),
        "coefficient_coverage_model_max": max(
            figures[f"coefficient_coverage_model_{name}"] for name in coefficients
        ),
        "model_coverage_max": max(coverage["model"].values()),
        # What a scorer of this correlation is worth: labels drawn alike, every text once and
        # relevant; then with texts beside the matter, whose chance no scorer takes away.
        "width_ratio_r70": fmean(
            tallies["ppi"].width / tallies["labels"].width
            for n in LABELS
            for tallies in [
                condition(options.studies, n, "simple", 0.7, False, "stance", beside=False)
            ]
        ),
        "width_ratio_r70_some_irrelevant": fmean(
            figures[f"width_ratio_stance_{n}_simple_r70_distinct"] for n in LABELS
        ),
    }
    data = (
        f"{options.studies} simulated studies of each of {len(coverage['ppi'])} kinds, "
        f"{TEXTS} distinct texts each"
    )
    command = f"python -m benchmarks.estimates --studies {options.studies}"
    write_result("estimates", summary | figures, data, command, options.json)


if __name__ == "__main__":
    main()
