"""Teach a reader of stance: labelled or softly labelled passages in, a fitted network out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from geostance.log import logger
from geostance.stance.embedded import Tokens, padded
from geostance.train.network import OTHER, Reader, functional, torch

# What the two outputs beside the portrayal and the evidence count in the loss.
BESIDE, EVIDENCE = 0.5, 4.0
# A teacher's doubts are half of what its judgement teaches: its log-odds divided by this.
FLATTENED = 2.0
# Probability of a unit, and of a whole token, being left out while learning.
DROPOUT, HIDDEN_TOKENS = 0.1, 0.08
# Passages sorted by length together, so that a batch holds little padding.
SORTED = 12_288
PACE, WARM_UP, DECAY = 8e-4, 0.03, 0.01
# Tokens of a batch, padding included.
BATCH = 8_192


@dataclass(frozen=True)
class Example:
    """What is to be learnt from one passage.

    ``portrayal`` (3,) are probabilities, ``relevance`` and ``quoted`` are too, or NaN where
    nothing is known; ``evidence`` (n_tokens,) marks the tokens of the annotated span, none
    where there is no span. ``weight`` is what the portrayal counts; ``judged`` says that it is
    a teacher's.
    """

    tokens: Tokens
    portrayal: np.ndarray
    relevance: float
    quoted: float
    evidence: np.ndarray
    weight: float = 1.0
    judged: bool = False


def fit(
    reader: Reader, examples: Sequence[Example], epochs: int, seed: int, pace: float = PACE
) -> None:
    """Fit ``reader`` in place: AdamW, its steps rising to ``pace`` and falling to zero."""
    torch.manual_seed(seed)
    draw = np.random.default_rng(seed)
    pieces = reader.model.pieces.weight
    rest = [parameter for parameter in reader.parameters() if parameter is not pieces]
    optimizer = torch.optim.AdamW(
        [{"params": [pieces]}, {"params": rest}], weight_decay=DECAY, fused=True
    )
    steps = epochs * sum(1 for _ in _batches(examples, np.random.default_rng(seed)))
    step, lost = 0, []
    reader.train()
    for epoch in range(epochs):
        for chosen in _batches(examples, draw):
            share = min(1.0, (step + 1) / (WARM_UP * steps)) * max(0.0, 1 - step / steps)
            for group, part in zip(optimizer.param_groups, (0.5, 1.0), strict=True):
                group["lr"] = part * pace * share
            loss = _loss(reader, chosen)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
            optimizer.step()
            lost.append(loss.item())
            step += 1
        logger.info("epoch %d of %d: loss %.3f", epoch + 1, epochs, np.mean(lost[-200:]))
    reader.eval()


def predict(reader: Reader, tokens: Sequence[Tokens]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the outputs (n, 5) and, per passage, the share of each token in the evaluation."""
    reader.eval()
    outputs = np.zeros((len(tokens), 5))
    shares: list[np.ndarray] = [np.zeros(0)] * len(tokens)
    order = sorted(range(len(tokens)), key=lambda n: len(tokens[n].ids))
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for first in range(0, len(order), 256):
            rows = order[first : first + 256]
            ids, at = batched([tokens[row] for row in rows])
            found, logs = reader(ids, at)
            outputs[rows] = found.float().numpy()
            for row, log in zip(rows, logs.float().exp().numpy(), strict=True):
                shares[row] = log[: len(tokens[row].ids)]
    return outputs, shares


def batched(tokens: Sequence[Tokens]) -> tuple[torch.Tensor, torch.Tensor]:
    """Return ids (n, length) and the places of the mentions (n,)."""
    ids, at = padded(tokens)
    return torch.from_numpy(ids), torch.from_numpy(at)


def _loss(reader: Reader, examples: Sequence[Example]) -> torch.Tensor:
    ids, at = batched([example.tokens for example in examples])
    hidden = (torch.rand(ids.shape) < HIDDEN_TOKENS) & (ids > OTHER)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        outputs, shares = reader(ids, at, DROPOUT, hidden)
    outputs = outputs.float()
    wanted = torch.tensor(np.array([example.portrayal for example in examples])).float()
    weights = torch.tensor([example.weight for example in examples])
    missed = functional.cross_entropy(outputs[:, :3], wanted, reduction="none")
    judged = torch.tensor([example.judged for example in examples])
    doubts = functional.cross_entropy(
        outputs[:, :3] / FLATTENED,
        functional.normalize(wanted ** (1 / FLATTENED), p=1, dim=1),
        reduction="none",
    )
    missed = torch.where(judged, (missed + FLATTENED**2 * doubts) / 2, missed)
    loss = (weights * missed).mean()
    for column, name in ((3, "relevance"), (4, "quoted")):
        values = torch.tensor([getattr(example, name) for example in examples])
        known = ~values.isnan()
        if known.any():
            beside = functional.binary_cross_entropy_with_logits(
                outputs[known, column], values[known], reduction="sum"
            )
            loss = loss + BESIDE * beside / len(examples)
    spans = torch.zeros(ids.shape, dtype=torch.bool)
    for row, example in enumerate(examples):
        spans[row, : len(example.evidence)] = torch.from_numpy(example.evidence)
    told = spans.any(dim=1)
    if told.any():
        inside = shares[told].masked_fill(~spans[told], -1e4).logsumexp(dim=1)
        loss = loss - EVIDENCE * inside.sum() / len(examples)
    return loss


def _batches(examples: Sequence[Example], draw: np.random.Generator) -> Iterator[list[Example]]:
    """Yield batches of like length in random order."""
    order = draw.permutation(len(examples))
    batches: list[list[Example]] = []
    for first in range(0, len(order), SORTED):
        near = [examples[n] for n in order[first : first + SORTED]]
        batch: list[Example] = []
        for example in sorted(near, key=lambda each: len(each.tokens.ids)):
            if batch and (len(batch) + 1) * len(example.tokens.ids) > BATCH:
                batches.append(batch)
                batch = []
            batch.append(example)
        batches.append(batch)
    for number in draw.permutation(len(batches)):
        yield batches[number]
