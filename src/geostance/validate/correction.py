"""Prediction-powered means and regressions: predictions corrected by a probability sample."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Corrected:
    """A corrected figure, its standard error, and the share of the predictions that was used.

    ``degrees`` are the degrees of freedom of the standard error, for Student's t.
    """

    estimate: float
    standard_error: float
    degrees: float
    power: float


@dataclass(frozen=True)
class Evidence:
    """What predictions and labels say of N documents, in arrays of one entry each.

    ``predictions`` f; ``values`` RY, where R is the share of a document's coders who find the
    target relevant and Y their mean value, 0 without a label; ``relevant`` R in [0, 1], 0
    without a label; ``weights`` the inverse inclusion probabilities, 0 without a label;
    ``clusters`` and ``strata`` codes of integers, of which strata count for labels only.
    """

    predictions: np.ndarray
    values: np.ndarray
    relevant: np.ndarray
    weights: np.ndarray
    clusters: np.ndarray
    strata: np.ndarray

    @classmethod
    def of_predictions(cls, predictions: np.ndarray, clusters: np.ndarray) -> "Evidence":
        """Take the predictions themselves for labels of every document."""
        ones = np.ones(len(predictions))
        return cls(predictions, predictions, ones, ones, clusters, np.zeros(len(ones), int))

    def at(self, rows: np.ndarray) -> "Evidence":
        """Return what is known of some of the documents."""
        return Evidence(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def corrected_mean(evidence: Evidence, power: float | None = None) -> Corrected:
    """Return the PPI++ mean over the relevant documents: :func:`corrected_contrast` of a constant.

    With f̄ the mean prediction and v the weights scaled to sum 1 it is

        θ(λ) = (Σ v RY + λ (f̄ − Σ v f)) / Σ v R.

    Where every label is relevant and inclusion is equally likely this is the PPI++ mean:
    PPI++ writes it over the labelled and the other N − n documents apart, with power
    λ (1 − n/N).
    """
    return corrected_contrast(evidence, np.ones((len(evidence.weights), 1)), np.ones(1), power)


def corrected_contrast(
    evidence: Evidence, design: np.ndarray, contrast: np.ndarray, power: float | None = None
) -> Corrected:
    """Return c′β, where β are the coefficients of a regression over the relevant documents.

    A mean is the coefficient of a constant, a difference of two groups the contrast of their
    indicators. With x the rows of ``design``, F the residuals of the predictions' own
    regression on x over all documents, v the weights scaled to sum 1 and A = Σ v R x x′,

        c′β(λ) = c′A⁻¹ (Σ v x RY − λ Σ v x F).

    The bracket's second part has mean 0 whatever the predictions are worth: they narrow the
    interval and cannot move what is estimated. λ = 0 uses the labels alone. A label that is not
    relevant leaves both sums, so β solves E[R x (Y − x′β)] = 0 over relevant documents.

    The variance is that of the documents, taken for draws from what the press might have
    printed, and that of drawing the labels among them. With g = A⁻¹c, π = 1 / weight, sums over
    the labelled documents of a cluster written as one, and deviations from the mean of the stratum
    (weighted by 1 − π, where one drawn document tells nothing of its own stratum: lone
    strata count as one),

        Σ_c v (Σ x′g R (Y − x′β))² / N + Σ_c (1 − π) (Σ v x′g e − …)²,

    with e = R (Y − x′β) − λ F. λ is tuned to make the second part least, and is not below 0.
    Residuals are divided by (1 − leverage)^¾, without which few labels fit themselves too well:
    the leverage on the coefficients or on the mean of the stratum, whichever is more, and on λ.
    The usual powers, ½ and 1, gave intervals somewhat short and long with 50 labels
    (``benchmarks.estimates``).
    The degrees of freedom are Satterthwaite's, from the spread of the parts of that sum or from
    the sizes of the strata, whichever are fewer.

    Args:
        evidence: predictions and labels of N documents.
        design: shape (N, k).
        contrast: c, shape (k,).
        power: λ; tuned when not given.

    Returns:
        The estimate; all NaN where the labels do not determine it.

    Source: Angelopoulos, Duchi & Zrnic 2023, PPI++ (arXiv:2311.01453); Zrnic & Candès 2024
    (arXiv:2403.03208) for unequal inclusion; Egami et al. 2023 (arXiv:2306.04746), design-based
    supervised learning; Särndal, Swensson & Wretman 1992, ch. 5.5, 6 and 12.2 for the
    linearised variance, its fixed-size form by Hájek and lone strata; Bell & McCaffrey 2002 for
    the residuals and the degrees of freedom.
    """
    n_documents = len(evidence.weights)
    labelled = np.flatnonzero(evidence.weights > 0)
    own = evidence.at(labelled)
    share = own.weights / own.weights.sum()
    rows = design[labelled]
    moments = (rows * (share * own.relevant)[:, None]).T @ rows
    if np.linalg.matrix_rank(moments) < len(contrast):
        return Corrected(np.nan, np.nan, np.nan, np.nan)
    inverse = np.linalg.inv(moments)
    lever = rows @ (inverse @ contrast)

    spread = (evidence.predictions - design @ _coefficients(design, evidence.predictions))[labelled]
    alone = inverse @ (rows.T @ (share * own.values))
    sample = _Sample.of(own)
    residual = sample.deviations(share * lever * (own.values - own.relevant * (rows @ alone)))
    control = sample.deviations(share * lever * spread)
    strength = float(sample.chances @ control**2)
    leverage = np.maximum(
        sample.sums(share * own.relevant * ((rows @ inverse) * rows).sum(axis=1)),
        sample.shares,
    )
    if power is None:
        power = 0.0
        if strength > 0:
            power = max(0.0, float(sample.chances @ (residual * control)) / strength)
            leverage = leverage + sample.chances * control**2 / strength
    shrunk = np.maximum(1 - leverage, _LEAST_LEFT) ** _LEVERAGE_POWER

    estimate = float(contrast @ alone) - power * float(share @ (lever * spread))
    coefficients = alone - power * (inverse @ (rows.T @ (share * spread)))
    errors = own.values - own.relevant * (rows @ coefficients)
    drawn = sample.deviations(share * lever * (errors - power * spread)) / shrunk
    parts = sample.chances * drawn**2
    printed = sample.sums(lever * errors) / shrunk
    variance = parts.sum() + float(sample.means(share) @ printed**2) / n_documents
    return Corrected(
        estimate,
        float(np.sqrt(variance)) if sample.size > 1 else np.nan,
        sample.degrees(parts),
        power,
    )


# Between those of HC2 and HC3 (MacKinnon & White 1985).
_LEVERAGE_POWER = 0.75
# Leverage beyond this would blow one residual up without end.
_LEAST_LEFT = 0.1


@dataclass(frozen=True)
class _Sample:
    """The labelled documents by cluster: its stratum, the chance 1 − π that it was not drawn."""

    clusters: np.ndarray
    strata: np.ndarray
    chances: np.ndarray

    @classmethod
    def of(cls, labelled: Evidence) -> "_Sample":
        first, clusters = np.unique(labelled.clusters, return_index=True, return_inverse=True)[1:]
        strata = np.unique(labelled.strata[first], return_inverse=True)[1]
        lone = np.bincount(strata)[strata] == 1
        strata = np.unique(np.where(lone, -1, strata), return_inverse=True)[1]
        return cls(clusters, strata, np.maximum(1 - 1 / labelled.weights[first], 0))

    @property
    def size(self) -> int:
        return len(self.strata)

    @property
    def shares(self) -> np.ndarray:
        """The weight of each cluster in the mean of its stratum."""
        total = np.bincount(self.strata, self.chances)
        return self.chances / np.where(total > 0, total, 1)[self.strata]

    def sums(self, values: np.ndarray) -> np.ndarray:
        return np.bincount(self.clusters, values, minlength=self.size)

    def means(self, values: np.ndarray) -> np.ndarray:
        return self.sums(values) / np.bincount(self.clusters, minlength=self.size)

    def degrees(self, parts: np.ndarray) -> float:
        """Return the degrees of freedom of a variance that is the sum of ``parts``.

        Source: Satterthwaite 1946: 2 V² / Var(V) of independent parts, and
        V² / Σ V_h² / (n_h − 1) of strata.
        """
        total = parts.sum()
        spread = float((parts**2).sum()) - total**2 / max(self.size, 1)
        by_parts = 2 * total**2 / spread if spread > 0 else np.inf
        of_strata = np.bincount(self.strata, parts) ** 2
        left = np.maximum(np.bincount(self.strata) - 1, 1)
        uncertain = float((of_strata / left).sum())
        by_strata = total**2 / uncertain if uncertain > 0 else float(self.size - 1)
        return float(min(by_parts, by_strata))

    def deviations(self, values: np.ndarray) -> np.ndarray:
        sums = self.sums(values)
        return sums - np.bincount(self.strata, self.shares * sums)[self.strata]


def _coefficients(design: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.linalg.lstsq(design.T @ design, design.T @ values, rcond=None)[0]
