"""One network's way from the base encoder to its best epoch, resumable after every epoch."""

import json
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from geostance.errors import ModelError
from geostance.files import replacing
from geostance.log import logger, progress
from geostance.stance.marking import Marked
from geostance.stance.network import by_length, device, forward, judge

CHECKPOINT, BEST = "checkpoint.safetensors", "best.safetensors"
# Epochs without a better development score after which training stops.
PATIENCE = 2
WARM_UP, WEIGHT_DECAY, LARGEST_STEP = 0.06, 0.01, 1.0
# Batches are drawn from pools of this many, sorted by length: fewer padded tokens.
POOL = 32
# What relevance, voice and evidence count beside the portrayal.
SIDE_WEIGHT = 0.5
NONE = -1


@dataclass(frozen=True)
class Recipe:
    """What decides the weights, beside the base and the rows."""

    epochs: int = 4
    batch: int = 32
    learning_rate: float = 3e-5
    length: int = 192
    seed: int = 20240105
    # "half" computes in bfloat16 where that loses little: faster where the processor has it.
    precision: str = "full"


@dataclass(frozen=True)
class Lessons:
    """Rows as numbers, in order: (n,) each, labels as they enter the losses.

    ``stance`` is 0, 1 or 2 with its ``weights``; ``relevant`` and ``quoted`` are 0, 1 or −1 for
    not said; ``evidence`` has per row its tokens' 0 or 1, −1 where the row marks none.
    """

    marked: Sequence[Marked]
    stance: np.ndarray
    weights: np.ndarray
    relevant: np.ndarray
    quoted: np.ndarray
    evidence: Sequence[np.ndarray]


class Learning:
    """Teaches ``network``; after each epoch ``folder`` holds all that the next one needs."""

    def __init__(
        self, network: Any, lessons: Lessons, recipe: Recipe, target: int, padding: int
    ) -> None:
        import torch

        self._network = network.to(device())
        self._lessons, self._recipe = lessons, recipe
        self._target, self._padding = target, padding
        self._optimizer = torch.optim.AdamW(
            network.parameters(), lr=recipe.learning_rate, weight_decay=WEIGHT_DECAY
        )
        self._steps_an_epoch = -(-len(lessons.marked) // recipe.batch)
        self.history: list[dict[str, float]] = []

    def run(self, folder: Path, identity: str, held_out: Any) -> None:
        """Teach until the epochs are over or the development score no longer rises.

        ``held_out(network)`` returns the figures of an epoch, ``score`` and ``loss`` among
        them. An interrupted run with the same ``identity`` goes on behind its last epoch. In
        the end the network has the weights of its best epoch.
        """
        self._resume(folder / CHECKPOINT, identity)
        while len(self.history) < self._recipe.epochs and not self._stale():
            epoch = len(self.history)
            loss = self._epoch(epoch)
            self._network.eval()
            figures = {"training_loss": round(loss, 6), **held_out(self._network)}
            self.history.append(figures)
            logger.info(
                "epoch %d: %s", epoch + 1, ", ".join(f"{k} {v:.4f}" for k, v in figures.items())
            )
            # The best weights first: killed in between, the epoch is done again, the same.
            if self.best == epoch:
                _save(folder / BEST, self._weights(), identity, [])
            _save(folder / CHECKPOINT, self._state(), identity, self.history)
        weights, _, _ = _load(folder / BEST)
        self._network.load_state_dict(weights)
        self._network.eval()

    @property
    def best(self) -> int:
        """The epoch, from 0, with the best score; of equal ones that with the least loss."""
        return max(
            range(len(self.history)),
            key=lambda n: (self.history[n]["score"], -self.history[n]["loss"], -n),
        )

    def _stale(self) -> bool:
        return bool(self.history) and len(self.history) - 1 - self.best >= PATIENCE

    def _epoch(self, epoch: int) -> float:
        """Go through all rows once; return the mean loss. All chance is drawn from the epoch."""
        import torch

        torch.manual_seed(self._recipe.seed + 1_000_003 * (epoch + 1))
        self._network.train()
        half = self._recipe.precision == "half"
        precision = torch.autocast(device(), torch.bfloat16) if half else nullcontext()
        losses = []
        batches = list(self._batches(epoch))
        for step, rows in enumerate(progress(batches, len(batches), f"epoch {epoch + 1}")):
            rate = self._rate(epoch * self._steps_an_epoch + step)
            for group in self._optimizer.param_groups:
                group["lr"] = rate
            with precision:
                passages, tokens = forward(
                    self._network,
                    [self._lessons.marked[row] for row in rows],
                    self._target,
                    self._padding,
                )
            loss = self._loss(passages, tokens, rows)
            self._optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self._network.parameters(), LARGEST_STEP)
            self._optimizer.step()
            losses.append(float(loss.detach()))
        return float(np.mean(losses))

    def _batches(self, epoch: int) -> Iterator[list[int]]:
        random = np.random.default_rng([self._recipe.seed, epoch])
        order = random.permutation(len(self._lessons.marked))
        size = self._recipe.batch
        batches = []
        for first in range(0, len(order), POOL * size):
            pool = order[first : first + POOL * size]
            near = by_length([self._lessons.marked[row] for row in pool], size)
            batches += [[int(pool[n]) for n in rows] for rows in near]
        yield from (batches[n] for n in random.permutation(len(batches)))

    def _rate(self, step: int) -> float:
        """Return the learning rate of a step: a short rise, then down to nothing in a line."""
        total = self._recipe.epochs * self._steps_an_epoch
        rise = max(1, round(WARM_UP * total))
        return self._recipe.learning_rate * min(
            (step + 1) / rise, (total - step) / max(1, total - rise)
        )

    def _loss(self, passages: Any, tokens: Any, rows: list[int]) -> Any:
        import torch
        from torch.nn import functional

        lessons, where = self._lessons, passages.device

        def tensor(values: np.ndarray, kind: Any = torch.float32) -> Any:
            return torch.as_tensor(values, dtype=kind, device=where)

        stance = functional.cross_entropy(
            passages[:, :3], tensor(lessons.stance[rows], torch.long), reduction="none"
        )
        # Sums over the batch, not means over those who know: a lone label is no stronger.
        total = (stance * tensor(lessons.weights[rows])).sum()
        labels = np.full(tokens.shape, NONE)
        for place, row in enumerate(rows):
            labels[place, : len(lessons.evidence[row])] = lessons.evidence[row]
        known = np.maximum((labels != NONE).sum(axis=1, keepdims=True), 1)
        for found, said, share in (
            (passages[:, 3], lessons.relevant[rows], 1),
            (passages[:, 4], lessons.quoted[rows], 1),
            (tokens, labels, known),
        ):
            side = functional.binary_cross_entropy_with_logits(
                found, tensor(np.maximum(said, 0)), reduction="none"
            )
            total = total + SIDE_WEIGHT * (side * tensor((said != NONE) / share)).sum()
        return total / len(rows)

    def judge(self, network: Any, marked: Sequence[Marked]) -> np.ndarray:
        """Return the logits (n, 5) of ``marked``."""
        return judge(
            network,
            marked,
            target=self._target,
            padding=self._padding,
            batch=self._recipe.batch,
        )[0]

    def _weights(self) -> dict[str, Any]:
        return {name: value.cpu() for name, value in self._network.state_dict().items()}

    def _state(self) -> dict[str, Any]:
        state = {f"network.{name}": value for name, value in self._weights().items()}
        for number, moments in self._optimizer.state_dict()["state"].items():
            for name, value in moments.items():
                state[f"optimizer.{number}.{name}"] = value.cpu()
        return state

    def _resume(self, path: Path, identity: str) -> None:
        if not path.exists():
            return
        state, found, history = _load(path)
        if found != identity:
            logger.info("a checkpoint of another recipe or other rows is left aside")
            return
        moments: dict[int, dict[str, Any]] = {}
        for key, value in state.items():
            if key.startswith("optimizer."):
                _, number, name = key.split(".")
                moments.setdefault(int(number), {})[name] = value
        prefix = "network."
        self._network.load_state_dict(
            {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
        )
        groups = self._optimizer.state_dict()["param_groups"]
        self._optimizer.load_state_dict({"state": moments, "param_groups": groups})
        self.history = history
        logger.info("going on after epoch %d", len(history))


def _save(path: Path, tensors: dict[str, Any], identity: str, history: list[Any]) -> None:
    from safetensors.torch import save_file

    metadata = {"identity": identity, "history": json.dumps(history)}
    with replacing(path) as temporary:
        save_file({k: v.contiguous() for k, v in tensors.items()}, temporary, metadata)


def _load(path: Path) -> tuple[dict[str, Any], str, list[dict[str, float]]]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "pt") as opened:
            metadata = opened.metadata()
            tensors = {name: opened.get_tensor(name) for name in opened.keys()}
        return tensors, metadata["identity"], json.loads(metadata["history"])
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"the checkpoint does not load: {error}",
            str(path),
            "delete its folder and train again from the start",
        ) from error
