"""The default scorer: two small models shipped with the package, run on the processor.

A contextual network reads the masked passage around one mention, three layers of attention
deep, and says how the target is portrayed, whether it is the target that is spoken of, whose
voice judges, and which tokens carry the judgement. Its multiplications are done in 8 bits with
scales fixed when it was made, so that a passage's judgement does not depend on its neighbours.
A linear model over hashed n-grams, which knows turns of phrase by heart, has a share in the
portrayal (wide and deep: Cheng et al. 2016, arXiv:1606.07792).
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import expit, softmax

from geostance.errors import ModelError
from geostance.files import read_json
from geostance.stance.grams import gram_matrix, weighted
from geostance.stance.marking import around
from geostance.stance.passages import TARGET, Passage, mask
from geostance.stance.quotation import SPAN_KINDS, Attribution, attributed_spans
from geostance.stance.scorer import Judgement
from geostance.targets import base_language

SHIPPED = Path(__file__).parents[1] / "models" / "stance"
GRAPH, LINEAR = "network.onnx", "linear.safetensors"
TOKENIZER, SETTINGS = "tokenizer.json", "model.json"
FORMAT = 3
# What the linear model counts in the portrayal.
LINEAR_SHARE = 0.5

# Tokens a passage may have: one in a hundred press items has more. The rest is cut evenly on
# both sides of the mention.
LENGTH = 128
# Tokens of a batch, padding included, and passages masked and tokenized at a time.
BATCH, CHUNK = 2_048, 512
# Added to a sentence's weight before its logarithm.
FAINT = 1e-3
# What the voice is judged by.
VOICE = ("network", "attributed", *SPAN_KINDS, "constant")


@dataclass(frozen=True)
class Tokens:
    """A passage as token numbers ``ids`` (n,), with where each stands in the passage.

    ``at`` is the place of the scored mention among them.
    """

    ids: np.ndarray
    origins: np.ndarray
    at: int


class EmbeddedScorer:
    """The shipped scorer, or one trained with :mod:`geostance.train.stance`."""

    name = "embedded"

    def __init__(self, folder: Path) -> None:
        settings, self._tokenizer, self._network, linear = _read(folder)
        self._rarity = linear["rarity"].astype(np.float32)
        self._linear = linear["weights"].astype(np.float32) * linear["steps"]
        self._bias = linear["bias"]
        self._target = self._tokenizer.token_to_id(TARGET)
        self.measured_languages = frozenset(settings["measured_languages"])
        self.calibrated_languages = frozenset(settings["calibrated_languages"])
        self._temperature = float(settings["temperature"])
        self._relevance = settings["relevance"]
        self._quoted = np.array(settings["quoted"], np.float64)
        self._evidence = np.array(settings["evidence"], np.float64)
        self._shifts: dict[str | None, float] = settings["relevance_shifts"]

    @classmethod
    def shipped(cls) -> "EmbeddedScorer":
        """Return the scorer that the package carries; it is loaded once.

        Raises:
            ModelError: its files are absent or damaged.
        """
        return _shipped()

    def score(self, passages: Sequence[Passage]) -> Judgement:
        """Return the judgement of ``passages``, each on its own, in their order."""
        chunks = [passages[first : first + CHUNK] for first in range(0, len(passages), CHUNK)]
        # The network leaves the interpreter free while it computes: one thread a core.
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            parts = list(threads.map(self._judge, chunks))
        if not parts:
            return Judgement(np.zeros(0), np.zeros((0, 3)), np.zeros(0), ())
        relevance, portrayal, quoted, evidence = zip(*parts, strict=True)
        return Judgement(
            np.concatenate(relevance),
            np.concatenate(portrayal),
            np.concatenate(quoted),
            tuple(chain.from_iterable(evidence)),
        )

    def _judge(
        self, passages: Sequence[Passage]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[np.ndarray]]:
        tokens = tokenized(passages, self._tokenizer)
        outputs, phrases, weights = self._run(tokens)
        both = blended(outputs[:, :3], phrases)
        shifts = [self._shifts.get(base_language(passage.language), 0.0) for passage in passages]
        odds = outputs[:, 3] * self._relevance["slope"] + self._relevance["shift"] + shifts
        voices = voice_inputs(outputs[:, 4], passages, tokens, weights)
        evidence = [
            softmax(sentence_inputs(passage, token, weight) @ self._evidence)
            if passage.sentences
            else np.zeros(0)
            for passage, token, weight in zip(passages, tokens, weights, strict=True)
        ]
        portrayal = softmax(both * self._temperature, axis=1)
        return expit(odds), portrayal, expit((voices * self._quoted).sum(axis=1)), evidence

    def _run(self, tokens: Sequence[Tokens]) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
        """Return the network's outputs (n, 5), the linear model's (n, 3), the tokens' shares."""
        outputs, phrases = np.zeros((len(tokens), 5)), np.zeros((len(tokens), 3))
        weights: list[np.ndarray] = [np.zeros(0)] * len(tokens)
        for rows in _batches([len(token.ids) for token in tokens]):
            ids, at = padded([tokens[row] for row in rows])
            places = np.column_stack([np.arange(len(rows)), at])
            found, shares = self._network.run(
                None, {"ids": ids, "mask": (ids != 0).astype(np.int32), "at": places}
            )
            outputs[rows] = found
            grams = weighted(gram_matrix(ids, self._target), self._rarity)
            phrases[rows] = grams @ self._linear + self._bias
            for n, row in enumerate(rows):
                weights[row] = shares[n, : len(tokens[row].ids)]
        return outputs, phrases, weights


def tokenized(passages: Sequence[Passage], tokenizer: Any) -> list[Tokens]:
    """Return the tokens of masked ``passages``, at most ``LENGTH`` around the mention."""
    texts = [mask(passage) for passage in passages]
    encoded = tokenizer.encode_batch([masked.text for masked in texts])
    mark = tokenizer.token_to_id(TARGET)
    found = []
    for passage, masked, encoding in zip(passages, texts, encoded, strict=True):
        ids = np.array(encoding.ids, np.int64)
        starts = np.array([start for start, _ in encoding.offsets], np.int64)
        origins = masked.origins(starts)
        marks = np.flatnonzero(ids == mark)
        at = int(marks[np.abs(origins[marks] - passage.start).argmin()])
        kept = around(at, len(ids), LENGTH)
        found.append(Tokens(ids[kept], origins[kept], at - kept.start))
    return found


def padded(tokens: Sequence[Tokens]) -> tuple[np.ndarray, np.ndarray]:
    """Return ids (n, length), 0 after the last, and the places of the mentions (n,)."""
    ids = np.zeros((len(tokens), max(len(each.ids) for each in tokens)), np.int64)
    for row, each in enumerate(tokens):
        ids[row, : len(each.ids)] = each.ids
    return ids, np.array([each.at for each in tokens], np.int64)


def blended(network: np.ndarray, linear: np.ndarray) -> np.ndarray:
    """Return the logarithms of both models' mean probabilities, from their outputs (n, 3)."""
    parts = (1 - LINEAR_SHARE) * softmax(network, axis=1) + LINEAR_SHARE * softmax(linear, axis=1)
    return np.log(np.maximum(parts, 1e-9))


def sentence_inputs(passage: Passage, tokens: Tokens, weights: np.ndarray) -> np.ndarray:
    """Return what a sentence's share of the evaluation is judged by (n_sentences, 4).

    The logarithm of what its tokens weigh; whether it holds the mention, names the target at
    all, opens the passage.
    """
    starts = np.array([start for start, _ in passage.sentences])

    def sentence(places: Any) -> np.ndarray:
        return np.maximum(starts.searchsorted(places, side="right") - 1, 0)

    found = np.zeros((len(starts), 4))
    weight = np.bincount(sentence(tokens.origins), weights=weights, minlength=len(starts))
    found[:, 0] = np.log(weight + FAINT)
    found[sentence(tokens.origins[tokens.at]), 1] = 1
    found[sentence([passage.start, *(start for start, _ in passage.same)]), 2] = 1
    found[0, 3] = 1
    return found


def voice_inputs(
    outputs: np.ndarray,
    passages: Sequence[Passage],
    tokens: Sequence[Tokens],
    weights: Sequence[np.ndarray],
) -> np.ndarray:
    """Return what the voice is judged by (n, len(VOICE)).

    The network's output; the share of the evaluation that stands in a source's voice by the
    rules of :mod:`geostance.stance.quotation`, in all and by kind; 1.
    """
    found = np.zeros((len(passages), len(VOICE)))
    found[:, 0], found[:, -1] = outputs, 1
    # The mentions of a short text share their passage's text.
    spans: dict[tuple[str, str | None], list[Attribution]] = {}
    for row, (passage, token, weight) in enumerate(zip(passages, tokens, weights, strict=True)):
        key = passage.text, passage.language
        if key not in spans:
            spans[key] = attributed_spans(*key)
        covered = np.zeros((len(SPAN_KINDS), len(token.origins)), bool)
        for span in spans[key]:
            inside = (token.origins >= span.start) & (token.origins < span.end)
            covered[SPAN_KINDS.index(span.kind)] |= inside
        found[row, 1] = covered.any(axis=0) @ weight
        found[row, 2:-1] = covered @ weight
    return found


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield the numbers of passages of like length, few enough for one run."""
    rows: list[int] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        if rows and (len(rows) + 1) * lengths[row] > BATCH:
            yield rows
            rows = []
        rows.append(row)
    if rows:
        yield rows


@cache
def _shipped() -> EmbeddedScorer:
    return EmbeddedScorer(SHIPPED)


def _read(folder: Path) -> tuple[dict[str, Any], Any, Any, dict[str, np.ndarray]]:
    import onnxruntime
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    mend = "restore the folder, or train the model again with make stance-model"
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # Passages are spread over threads; a thread each is enough.
    options.intra_op_num_threads = 1
    try:
        settings = read_json(folder / SETTINGS)
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        linear = load_file(folder / LINEAR)
        network = onnxruntime.InferenceSession(
            str(folder / GRAPH), options, providers=["CPUExecutionProvider"]
        )
    # The packages raise plain exceptions of their own.
    except Exception as error:
        raise ModelError(f"the stance model does not load: {error}", str(folder), mend) from error
    if settings.get("format") != FORMAT or settings.get("voice") != list(VOICE):
        raise ModelError(
            f"the stance model has format {settings.get('format')}, or other voices",
            str(folder / SETTINGS),
            mend,
        )
    return settings, tokenizer, network, linear
