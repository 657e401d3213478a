"""Fit probabilities to held-out labels.

Source: Guo et al. 2017, arXiv:1706.04599 (temperature); Platt 1999 (slope and shift).
"""

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, log_softmax


def temperature(values: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> float:
    """Return the factor on logits (n, 3) that fits held-out ``labels`` (0, 1, 2) best."""

    def loss(factor: float) -> float:
        chosen = log_softmax(values * factor, axis=1)[np.arange(len(labels)), labels]
        return float(-(weights * chosen).sum())

    return float(minimize_scalar(loss, bounds=(0.1, 10), method="bounded").x)


def platt(values: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Return the slope and shift that make log-odds (n,) fit held-out truth values."""

    def loss(line: np.ndarray) -> float:
        fitted = np.clip(expit(line[0] * values + line[1]), 1e-9, 1 - 1e-9)
        return float(-np.where(labels, np.log(fitted), np.log1p(-fitted)).mean())

    slope, shift = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return float(slope), float(shift)
