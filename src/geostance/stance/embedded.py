"""The default scorer: shipped with the package, run by numpy and scipy alone.

Two models look at each masked passage and their probabilities are averaged: a linear one
over hashed words and letters with averaged word vectors, and small networks of one hidden
layer over the vectors. The vectors are multilingual; they carry what was learnt to languages
without labels.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from scipy.special import expit, softmax

from geostance.errors import ModelError
from geostance.files import read_json
from geostance.stance.features import VIEWS, feature_matrix, view_slices
from geostance.stance.passages import Passage, masked
from geostance.stance.scorer import Judgement
from geostance.stance.vectors import WordVectors, mean_vectors

SHIPPED = Path(__file__).parents[1] / "models" / "stance"
WEIGHTS, SETTINGS = "model.safetensors", "model.json"
FORMAT = 1

# Outputs of both models: the three portrayals, relevance, quotation.
OUTPUTS = {"portrayal": slice(0, 3), "relevance": slice(3, 4), "quoted": slice(4, 5)}
N_OUTPUTS = 5
# What the linear model multiplies the vectors by, and the networks: the size of a feature
# decides how far the penalty holds its coefficient down.
LINEAR_SCALE, NETWORK_SCALE = 0.7, 3.0
BATCH = 4_096
DECIMALS = 9


class EmbeddedScorer:
    """Reads ``model.safetensors`` and ``model.json``; the model card beside them has figures."""

    def __init__(self, folder: Path) -> None:
        settings, self._tensors = _read(folder)
        self._idf = self._tensors["idf"]
        self._linear = self._tensors["linear"]
        self._bias = np.array(settings["bias"])
        self._scale = np.array(settings["scale"])
        self._shift = np.array(settings["shift"])
        self._share: float = settings["network_share"]
        self._shifts: dict[str, float] = settings["relevance_shifts"]
        self._networks = {
            output: [
                [self._tensors[f"{output}.{n}.{part}"] for part in ("w1", "b1", "w2", "b2")]
                for n in range(settings["networks"])
            ]
            for output in OUTPUTS
        }
        self._vectors = WordVectors.of(
            self._tensors["vector_hashes"],
            self._tensors["vectors"] * np.float32(settings["vector_step"]),
            self._tensors["vector_frequencies"],
        )
        self.name: str = settings["name"]
        self.measured_languages = frozenset(settings["measured_languages"])
        self.calibrated_languages = frozenset(settings["calibrated_languages"])

    @classmethod
    def shipped(cls) -> "EmbeddedScorer":
        """Return the scorer of the model in the package, loaded once."""
        return _shipped()

    def score(self, passages: Sequence[Passage]) -> Judgement:
        """Return the judgement of ``passages``, each on its own, in their order."""
        parts = [
            self._probabilities(passages[start : start + BATCH])
            for start in range(0, len(passages), BATCH)
        ]
        found = np.concatenate(parts) if parts else np.zeros((0, N_OUTPUTS))
        return Judgement(found[:, 3], found[:, :3], found[:, 4])

    def _probabilities(self, passages: Sequence[Passage]) -> np.ndarray:
        texts = [masked(passage) for passage in passages]
        words = weighted(feature_matrix(texts), self._idf)
        # Doubles, rounded: the last bits of a product depend on how many rows it has, and a
        # passage's score must not depend on its neighbours.
        means = mean_vectors(texts, self._vectors).astype(np.float64)
        width = words.shape[1]
        linear = words @ self._linear[:width] + LINEAR_SCALE * means @ self._linear[width:]
        linear = probabilities(linear + self._bias)
        network = np.hstack(
            [network_probabilities(means, self._networks[output]) for output in OUTPUTS]
        )
        found = blend(linear, network, self._share)
        shift = np.tile(self._shift, (len(passages), 1))
        shift[:, 3] += [self._relevance_shift(passage.language) for passage in passages]
        return calibrated(found, self._scale, shift).round(DECIMALS)

    def _relevance_shift(self, language: str | None) -> float:
        # Without labels the words carry over, the level does not: it was set so that
        # translations are found relevant as often as their originals.
        return self._shifts.get(language.split("-")[0].lower(), 0.0) if language else 0.0


def blend(linear: np.ndarray, network: np.ndarray, share: float) -> np.ndarray:
    """Return the average of two models' probabilities, ``share`` of it the second's."""
    return (1 - share) * linear + share * network


def calibrated(found: np.ndarray, scale: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Return probabilities (n, 5) after scaling and shifting their logits.

    Source: Guo et al. 2017, arXiv:1706.04599 (temperature); Platt 1999.
    """
    return probabilities(logits(found) * scale + shift)


def logits(found: np.ndarray) -> np.ndarray:
    """Return the log-probabilities of the portrayals and the log-odds of the two others."""
    inside = np.clip(found, 1e-6, 1 - 1e-6)
    return np.hstack([np.log(inside[:, :3]), np.log(inside[:, 3:] / (1 - inside[:, 3:]))])


def probabilities(values: np.ndarray) -> np.ndarray:
    """Return the probabilities (n, 5) of logits."""
    values = values.astype(np.float64)
    return np.hstack([softmax(values[:, :3], axis=1), expit(values[:, 3:])])


def network_probabilities(
    means: np.ndarray, networks: Sequence[Sequence[np.ndarray]]
) -> np.ndarray:
    """Return the average probabilities of networks with one hidden layer of ramps."""
    total = 0.0
    for hidden, hidden_bias, outer, outer_bias in networks:
        values = np.maximum(NETWORK_SCALE * means @ hidden + hidden_bias, 0) @ outer + outer_bias
        values = values.astype(np.float64)
        total = total + (softmax(values, axis=1) if values.shape[1] > 1 else expit(values))
    return total / len(networks)


def weighted(features: sparse.csr_matrix, idf: np.ndarray) -> sparse.csr_matrix:
    """Weigh counts by ``idf`` and scale each view of each row to length one."""
    features = features.copy()
    features.data = features.data * idf[features.indices]
    views = []
    for part in view_slices().values():
        view = features[:, part]
        length = np.sqrt(np.asarray(view.multiply(view).sum(axis=1)).ravel())
        views.append(sparse.diags_array(1 / np.maximum(length, 1e-9)) @ view)
    return sparse.csr_matrix(sparse.hstack(views), dtype=np.float32)


@cache
def _shipped() -> EmbeddedScorer:
    return EmbeddedScorer(SHIPPED)


def _read(folder: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    mend = "restore the folder, or train the model again with make stance-model"
    try:
        settings = read_json(folder / SETTINGS)
        tensors = load_file(folder / WEIGHTS)
    except (OSError, ValueError, SafetensorError) as error:
        raise ModelError(f"the stance model does not load: {error}", str(folder), mend) from error
    if settings.get("format") != FORMAT or settings.get("views") != VIEWS:
        raise ModelError(
            f"the stance model has format {settings.get('format')}, views {settings.get('views')}",
            str(folder / SETTINGS),
            mend,
        )
    half = {name for name, tensor in tensors.items() if tensor.dtype == np.float16}
    return settings, {
        name: tensor.astype(np.float32) if name in half else tensor
        for name, tensor in tensors.items()
    }
