"""Prediction-powered mean: many predictions, corrected by the labels of a probability sample."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Corrected:
    """A corrected mean, its standard error, and the share of the predictions that was used."""

    estimate: float
    standard_error: float
    power: float


def corrected_mean(
    predictions: np.ndarray,
    values: np.ndarray,
    relevant: np.ndarray,
    weights: np.ndarray,
    clusters: np.ndarray,
    power: float | None = None,
) -> Corrected:
    """Return the PPI++ mean over the relevant documents.

    With f the predictions, R the share of a document's coders who find the target relevant,
    Y their mean value, RY the product, u = 1 / N, and v the inverse inclusion probabilities
    of the labelled documents scaled to sum 1 (0 elsewhere), the estimate for power λ is

        θ(λ) = (Σ v RY + λ (Σ u f − Σ v f)) / Σ v R.

    Where every label is relevant and inclusion is equally likely this is the PPI++ mean:
    PPI++ writes it over the labelled and the other N − n documents apart, with power
    λ (1 − n/N). Where some labels are not relevant it solves the estimating equation
    E[R (Y − θ)] = 0, the mean over relevant documents: the others leave numerator and
    denominator alike instead of counting as neutral. λ = 0 uses the labels alone.

    A document's influence is

        ψ = (λ u (f − f̄) + v (R (Y − θ) − λ (f − f̄))) / Σ v R,     f̄ = Σ u f,

    and the standard error √(m / (m − 1) · Σ_c (Σ_{i∈c} ψ_i)²) over clusters c, m of them
    labelled. It takes the documents for draws from what the press might have printed, as
    the bootstrap does, and so is not reduced by a large share of labels. λ is tuned to
    make it least, −Σ AB / Σ B² with A_c, B_c the sums of v R (Y − θ(0)) and (u − v)(f − f̄),
    within the bounds of PPI++, [0, N / (N − n)].

    Args:
        predictions: f, shape (N,).
        values: RY, shape (N,), 0 where there is no label.
        relevant: R in [0, 1], shape (N,), 0 where there is no label.
        weights: inverse inclusion probability, shape (N,), 0 where there is no label.
        clusters: code of each document's cluster, shape (N,), from 0 without gaps.
        power: λ; tuned when not given.

    Source: Angelopoulos, Duchi & Zrnic 2023, PPI++ (arXiv:2311.01453), the power-tuned mean;
    Angelopoulos et al. 2023 (arXiv:2301.09633) for λ = 1; Zrnic & Candès 2024
    (arXiv:2403.03208) for unequal inclusion; Binder 1983 for the linearised variance.
    """
    n_documents = len(predictions)
    share = weights / weights.sum()
    spread = predictions - predictions.mean()
    size = float(share @ relevant)
    alone = float(share @ values) / size
    if power is None:
        residual = np.bincount(clusters, share * (values - relevant * alone))
        control = np.bincount(clusters, (1 / n_documents - share) * spread)
        strength = float(control @ control)
        best = -float(residual @ control) / strength if strength > 0 else 0.0
        n_labels = np.count_nonzero(weights)
        bound = n_documents / (n_documents - n_labels) if n_labels < n_documents else 0.0
        power = float(np.clip(best, 0, bound))
    estimate = alone - power * float(share @ spread) / size
    influence = power / n_documents * spread + share * (
        values - relevant * estimate - power * spread
    )
    labelled = len(np.unique(clusters[weights > 0]))
    factor = labelled / (labelled - 1) if labelled > 1 else np.nan
    variance = factor * float((np.bincount(clusters, influence / size) ** 2).sum())
    return Corrected(estimate, float(np.sqrt(variance)), power)
