"""The default scorer: a linear model over hashed features, shipped with the package."""

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

SHIPPED = Path(__file__).parents[1] / "models" / "stance"
WEIGHTS, SETTINGS = "model.safetensors", "model.json"
FORMAT = 1

# Columns of the weights: the three portrayals, relevance, quotation.
N_OUTPUTS = 5
BATCH = 4_096


class EmbeddedScorer:
    """Reads ``model.safetensors`` and ``model.json``; the model card beside them has figures."""

    def __init__(self, folder: Path) -> None:
        self._settings, tensors = _read(folder)
        self._idf = tensors["idf"].astype(np.float32)
        self._weights = tensors["weights"].astype(np.float32)
        self.name: str = self._settings["name"]
        self.measured_languages = frozenset(self._settings["measured_languages"])
        self.calibrated_languages = frozenset(self._settings["calibrated_languages"])

    @classmethod
    def shipped(cls) -> "EmbeddedScorer":
        """Return the scorer of the model in the package, loaded once."""
        return _shipped()

    def score(self, passages: Sequence[Passage]) -> Judgement:
        """Return the judgement of ``passages``, each on its own, in their order."""
        parts = [
            self._logits([masked(passage) for passage in passages[start : start + BATCH]])
            for start in range(0, len(passages), BATCH)
        ]
        logits = np.concatenate(parts) if parts else np.zeros((0, N_OUTPUTS))
        scale = np.array(self._settings["scale"])
        logits = logits * scale + np.array(self._settings["bias"])
        return Judgement(expit(logits[:, 3]), softmax(logits[:, :3], axis=1), expit(logits[:, 4]))

    def _logits(self, texts: Sequence[str]) -> np.ndarray:
        features = weighted(feature_matrix(texts), self._idf)
        return (features @ self._weights).astype(np.float64)


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
    width = sum(1 << bits for bits in VIEWS.values())
    shapes = {name: tensor.shape for name, tensor in tensors.items()}
    if shapes != {"idf": (width,), "weights": (width, N_OUTPUTS)}:
        raise ModelError(f"the stance model has tensors {shapes}", str(folder / WEIGHTS), mend)
    return settings, tensors
