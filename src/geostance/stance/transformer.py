"""A scorer fine-tuned on labelled passages: ``geostance train stance`` makes its folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import expit, softmax

from geostance.encoders import model_folder
from geostance.errors import ConfigError, ModelError, SchemaError
from geostance.files import read_json
from geostance.log import logger, progress
from geostance.settings.stance import TransformerSettings
from geostance.stance.marking import Marker, evidence_shares
from geostance.stance.network import judge, load_network
from geostance.stance.passages import Passage
from geostance.stance.scorer import Judgement

SETTINGS = "model.json"
FORMAT = 1
SECTION = "stance.transformer"
_NEEDED = {"name", "length", "calibration", "measured_languages", "calibrated_languages"}
# Passages held as tokens at a time.
CHUNK = 4_096
# The last bits of a sum depend on the passages that share a batch; a score must not.
DECIMALS = 5


@dataclass(frozen=True)
class Calibration:
    """Factor and shift of the logits (5,): portrayal by temperature, the others by Platt.

    Source: Guo et al. 2017, arXiv:1706.04599; Platt 1999.
    """

    scale: tuple[float, ...] = (1.0,) * 5
    shift: tuple[float, ...] = (0.0,) * 5

    def probabilities(self, values: np.ndarray) -> np.ndarray:
        """Return the probabilities (n, 5) of logits (n, 5)."""
        values = values * np.array(self.scale) + np.array(self.shift)
        return np.hstack([softmax(values[:, :3], axis=1), expit(values[:, 3:])]).round(DECIMALS)


class TransformerScorer:
    """A network with its tokenizer and its ``model.json``; the model card has the figures."""

    def __init__(
        self, network: Any, tokenizer: Any, settings: dict[str, Any], batch: int = 32
    ) -> None:
        self._network = network
        self._marker = Marker(tokenizer, settings["length"])
        self._calibration = Calibration(**settings["calibration"])
        self._batch = batch
        self.name: str = settings["name"]
        self.measured_languages = frozenset(settings["measured_languages"])
        self.calibrated_languages = frozenset(settings["calibrated_languages"])

    @classmethod
    def of(cls, settings: TransformerSettings) -> "TransformerScorer":
        """Return the scorer that the configuration names.

        Raises:
            ConfigError: it names none.
            ModelError: the folder is absent or damaged, or a hub model is not on disk.
            MissingPackageError: the ``transformers`` extra is not installed.
        """
        if settings.model is None:
            raise ConfigError(
                "the scorer transformer has no model",
                f"{SECTION}.model",
                "name a folder made by geostance train stance, or owner/model with its revision",
            )
        folder = model_folder(settings.model, settings.revision, SECTION)
        said = _settings(folder)
        return cls(*load_network(folder), said, settings.batch)

    def score(self, passages: Sequence[Passage]) -> Judgement:
        """Return the judgement of ``passages``, each on its own, in their order."""
        chunks = range(0, len(passages), CHUNK)
        found, evidence, n_cut = np.zeros((0, 5)), [], 0
        for start in progress(chunks, len(chunks), f"scoring in chunks of {CHUNK:,}"):
            part = passages[start : start + CHUNK]
            marked = self._marker.mark(part)
            n_cut += sum(read.cut for read in marked)
            values, tokens = judge(
                self._network,
                marked,
                target=self._marker.target,
                padding=self._marker.padding,
                batch=self._batch,
            )
            found = np.vstack([found, self._calibration.probabilities(values)])
            evidence += [
                evidence_shares(read.starts, expit(logits), passage.sentences).round(DECIMALS)
                for read, logits, passage in zip(marked, tokens, part, strict=True)
            ]
        if n_cut:
            logger.info("%d of %d passages cut around their mention", n_cut, len(passages))
        return Judgement(found[:, 3], found[:, :3], found[:, 4], tuple(evidence))


def _settings(folder: Path) -> dict[str, Any]:
    path = folder / SETTINGS
    mend = "name a folder made by geostance train stance, or train it again"
    try:
        settings = read_json(path)
        said = settings["format"]
        lacking = _NEEDED - set(settings)
    except (OSError, SchemaError, KeyError, TypeError) as error:
        raise ModelError(
            f"the folder is no fine-tuned stance model: {error!r}", str(path), mend
        ) from error
    if said != FORMAT:
        raise ModelError(f"the stance model has format {said}, not {FORMAT}", str(path), mend)
    if lacking:
        raise ModelError(f"the stance model lacks {', '.join(sorted(lacking))}", str(path), mend)
    return settings
