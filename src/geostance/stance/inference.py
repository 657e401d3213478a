"""A model of natural-language inference: how far a premise entails a hypothesis."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from geostance.errors import ModelError, SchemaError
from geostance.files import read_json
from geostance.log import progress
from geostance.optional import require
from geostance.stance.network import device

EXTRA = "transformers"
# The last bits of a sum depend on the pairs that share a batch; a score must not.
DECIMALS = 5
# Pieces that must be left for the premise beside the longest hypothesis.
MIN_ROOM = 32
ENTAILMENT = "entailment"
# What models of inference call their outputs, letters only.
_LABELS = {
    ENTAILMENT: {"entailment", "entail", "entails", "entailed"},
    "neutral": {"neutral", "neutrality"},
    "contradiction": {"contradiction", "contradict", "contradicts", "contradictory"},
    "other": {"notentailment", "nonentailment", "noentailment", "notentailed"},
}
_KNOWN_SETS = (
    {ENTAILMENT, "neutral", "contradiction"},
    {ENTAILMENT, "contradiction"},
    {ENTAILMENT, "other"},
)


class InferenceModel:
    """A folder of transformers with a classifier of pairs of texts; runs on a GPU if there is."""

    def __init__(self, folder: Path, batch: int) -> None:
        self._folder, self._batch = folder, batch
        self._output = entailment_output(_config(folder), folder)
        self._network, self._tokenizer = _load(folder)
        self._window = _window(self._network, self._tokenizer)

    def entailed(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        """Return the probability (n_pairs,) that each premise entails its hypothesis.

        The end of a premise that is too long is not read.
        """
        # The mentions of one text are often the same passage under masks: asked once.
        distinct = list(dict.fromkeys(pairs))
        # Pairs of like length together, so that few are padded; the longest first, so that
        # what does not fit into memory is known at once.
        order = sorted(distinct, key=lambda pair: -len(pair[0]) - len(pair[1]))
        batches = [order[n : n + self._batch] for n in range(0, len(order), self._batch)]
        found: dict[tuple[str, str], float] = {}
        for batch in progress(batches, len(batches), "nli"):
            found |= zip(batch, self._forward(batch).round(DECIMALS).tolist(), strict=True)
        return np.array([found[pair] for pair in pairs], np.float64)

    def n_pieces(self, text: str) -> int:
        """Return the number of pieces the model cuts ``text`` into."""
        found = self._tokenizer(
            text, add_special_tokens=False, split_special_tokens=True, verbose=False
        )
        return len(found["input_ids"])

    def room(self, hypotheses: Sequence[str]) -> int:
        """Return how many pieces a premise may have beside the longest of ``hypotheses``.

        Raises:
            ModelError: next to none.
        """
        longest = max(self.n_pieces(hypothesis) for hypothesis in hypotheses)
        room = self._window - self._tokenizer.num_special_tokens_to_add(pair=True) - longest
        if room < MIN_ROOM:
            raise ModelError(
                f"beside a hypothesis of {longest} pieces the model has room for {room} more",
                str(self._folder),
                "name a model that reads longer texts (512 pieces are usual)",
            )
        return room

    def _forward(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        import torch

        with torch.inference_mode():
            # What looks like a special token in a text stays plain letters.
            given = self._tokenizer(
                [premise for premise, _ in pairs],
                [hypothesis for _, hypothesis in pairs],
                padding=True,
                truncation="only_first",
                max_length=self._window,
                split_special_tokens=True,
                return_tensors="pt",
            ).to(self._network.device)
            logits = self._network(**given).logits.double()
            return torch.softmax(logits, dim=1)[:, self._output].cpu().numpy()


def entailment_output(config: dict[str, Any], folder: Path) -> int:
    """Return which output of a model says entailment, by the names in its ``config.json``.

    Raises:
        ModelError: the names are not those of a model of inference, or contradict each other.
    """
    by_number = {int(n): str(label) for n, label in (config.get("id2label") or {}).items()}
    by_label = {int(n): str(label) for label, n in (config.get("label2id") or {}).items()}
    found = {
        next(n for n, kind in kinds.items() if kind == ENTAILMENT)
        for labels in (by_number, by_label)
        for kinds in [{n: _kind(label) for n, label in labels.items()}]
        if set(kinds.values()) in _KNOWN_SETS and len(set(kinds.values())) == len(kinds)
    }
    if len(found) != 1:
        said = [f"{n}: {labels[n]}" for labels in (by_number, by_label) for n in sorted(labels)]
        raise ModelError(
            f"its labels are not those of one model of inference: {', '.join(said) or 'none'}",
            f"{folder}, config.json, id2label and label2id",
            "name a model whose labels are entailment, neutral and contradiction, in any order",
        )
    return found.pop()


def _kind(label: str) -> str | None:
    letters = re.sub(r"[^a-z]", "", label.lower())
    return next((kind for kind, names in _LABELS.items() if letters in names), None)


def _config(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    try:
        config = read_json(path)
    except (OSError, SchemaError) as error:
        raise ModelError(
            f"the folder holds no model of transformers: {error}",
            str(path),
            "name a folder with config.json, tokenizer.json and model.safetensors",
        ) from error
    return config if isinstance(config, dict) else {}


def _load(folder: Path) -> tuple[Any, Any]:
    package = require("transformers", EXTRA)
    try:
        tokenizer = package.AutoTokenizer.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        )
        # Weights in torch's own format are pickles, which may run code: they are refused.
        network, loading = package.AutoModelForSequenceClassification.from_pretrained(
            folder,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            output_loading_info=True,
        )
    except Exception as error:
        raise ModelError(
            f"the model of inference does not load: {' '.join(str(error).split())[:200]}",
            str(folder),
            "name a folder with config.json, a tokenizer and model.safetensors",
        ) from error
    if missing := sorted(loading["missing_keys"]):
        # transformers would draw them at random.
        raise ModelError(
            f"the model lacks weights: {', '.join(missing[:3])}",
            str(folder),
            "name a model trained for inference, not the encoder it was made from",
        )
    return network.float().eval().to(device()), tokenizer


def _window(network: Any, tokenizer: Any) -> int:
    # Tokenizers that know no limit say 1e30, models without one -1 or nothing. RoBERTa and its
    # kin cannot use two of their places.
    places = max(0, getattr(network.config, "max_position_embeddings", None) or 0) or 514
    return int(min(tokenizer.model_max_length, places - 2))
