"""The linear model beside the reader: hashed n-grams of tokens, and what they say of a target."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import sparse

from geostance.stance.embedded import Tokens, padded
from geostance.stance.grams import gram_matrix, weighted
from geostance.train.network import TARGET
from geostance.train.stance_learning import Example

# Inverse of the L2 penalty.
STRENGTH = 4.0
# A class that a judged passage is less likely of is left out of the rows.
UNLIKELY = 0.05


class Linear(NamedTuple):
    """A linear model over n-grams, as it is kept: 8-bit ``weights`` (columns, 3) by ``steps``."""

    rarity: np.ndarray
    weights: np.ndarray
    steps: np.ndarray
    bias: np.ndarray

    def outputs(self, tokens: Sequence[Tokens]) -> np.ndarray:
        """Return the outputs (n, 3)."""
        found = weighted(grams_of(tokens), self.rarity.astype(np.float32))
        return found @ (self.weights.astype(np.float32) * self.steps) + self.bias


def grams_of(tokens: Sequence[Tokens]) -> sparse.csr_matrix:
    """Return the n-grams of passages."""
    parts = [
        gram_matrix(padded(tokens[first : first + 512])[0], TARGET)
        for first in range(0, len(tokens), 512)
    ]
    return sparse.vstack(parts, format="csr")


def fit_linear(taught: Sequence[Example]) -> Linear:
    """Fit the linear model to labelled and judged examples."""
    from sklearn.linear_model import LogisticRegression

    grams = grams_of([example.tokens for example in taught])
    seen = np.bincount(grams.indices, minlength=grams.shape[1])
    # An n-gram seen once tells one text from the others, not portrayals from one another.
    rarity = np.where(seen > 1, np.log((len(taught) + 1) / (seen + 1)) + 1, 0).astype(np.float16)
    chances = np.array([example.portrayal for example in taught])
    # A judged example is one row for each class that it may be of.
    row, label = np.nonzero(chances > UNLIKELY)
    weights = np.array([example.weight for example in taught])
    model = LogisticRegression(C=STRENGTH, max_iter=80, tol=1e-3)
    model.fit(
        weighted(grams, rarity.astype(np.float32))[row],
        label,
        sample_weight=weights[row] * chances[row, label],
    )
    steps = (np.abs(model.coef_).max(axis=1) / 127).astype(np.float32)
    whole = np.round(model.coef_.T / steps).astype(np.int8)
    return Linear(rarity, whole, steps, model.intercept_.astype(np.float32))
