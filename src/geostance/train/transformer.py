"""Fine-tune an encoder into a stance scorer: what ``geostance train stance`` runs.

The names of states are hidden behind marks, so that the model cannot learn which of them is
always the villain; one network learns portrayal, relevance, quoted voice and evidence. A
tenth of the groups is held out to choose the epoch and to calibrate.
"""

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from scipy.special import log_softmax

from geostance.encoders import model_folder, model_identity
from geostance.errors import ConfigError
from geostance.files import sweep, write_bytes, write_json, write_text
from geostance.log import logger
from geostance.optional import require
from geostance.stance.marking import Marked, Marker
from geostance.stance.network import EXTRA, WEIGHTS, longest, start_network
from geostance.stance.transformer import FORMAT, SETTINGS, Calibration, TransformerScorer
from geostance.train.calibration import platt, temperature
from geostance.train.figures import figures, macro_f1
from geostance.train.learning import NONE, Learning, Lessons, Recipe
from geostance.train.stance_data import Row
from geostance.train.transformer_card import card
from geostance.train.transformer_rows import counts, held_back_rows, split, training_rows

CARD = "README.md"
# 0 keeps the classes at their prior, 1 makes them equal; praise of states is rare.
BALANCE = 0.5
# What a row about a person counts against one about a state: their sentiment carries over
# in part only.
OUTSIDE_WEIGHT = 0.5
# A language counts as measured, or calibrated, from this many press rows.
MIN_ROWS = 30


def train(
    base: str, data: Path, output: Path, recipe: Recipe, revision: str | None = None
) -> dict[str, Any]:
    """Fine-tune the encoder ``base`` on the labelled sets in ``data``; return ``model.json``.

    Interrupted, it goes on behind the last epoch when run again in the same way, and comes to
    the same weights. ``model.json`` is written last: without it the folder is no model.

    Raises:
        ConfigError: the recipe cannot be followed.
        InputError: the press set is absent or shows too few kinds of labels.
        ModelError: the base is absent, damaged or of another kind.
        MissingPackageError: the ``transformers`` extra is not installed.
    """
    _check(recipe)
    torch = require("torch", EXTRA)
    folder = model_folder(base, revision, "base")
    known = model_identity(base, revision, "base")
    rows = training_rows(data)
    training, development = split(rows)
    logger.info("rows: %d to learn from, %d held out", len(training), len(development))
    torch.manual_seed(recipe.seed)
    network, tokenizer = start_network(folder)
    recipe = replace(recipe, length=min(recipe.length, longest(network) or recipe.length))
    marker = Marker(tokenizer, recipe.length)
    marked = marker.mark([row.passage for row in training])
    held_out = marker.mark([row.passage for row in development])
    learning = Learning(network, lessons(training, marked), recipe, marker.target, marker.padding)

    def epoch_figures(network: Any) -> dict[str, float]:
        return _epoch_figures(development, learning.judge(network, held_out))

    checkpoint = output.with_name(f"{output.name}.checkpoint")
    sweep(checkpoint)
    learning.run(checkpoint, _identity(recipe, known, training, development), epoch_figures)
    settings: dict[str, Any] = {
        "format": FORMAT,
        "name": f"transformer:{_name(base)}",
        "base": f"{_name(base)}@{revision}" if revision else _name(base),
        "base_identity": known,
        "recipe": asdict(recipe),
        "length": recipe.length,
        "labels": ["unfavourable", "neutral", "favourable", "relevance", "quoted"],
        "calibration": asdict(calibrate(development, learning.judge(network, held_out))),
        "rows": {"training": counts(training), "development": counts(development)},
        "cut_share": round(float(np.mean([passage.cut for passage in marked])), 4),
        "epochs": learning.history,
        "best_epoch": learning.best + 1,
        "measured_languages": [],
        "calibrated_languages": _languages(development),
    }
    tested = held_back_rows(data)
    scorer = TransformerScorer(network, tokenizer, settings, recipe.batch)
    parts = {"development": development, "press_test": tested}
    settings["figures"] = {
        name: figures(part, scorer.score([row.passage for row in part]))
        for name, part in parts.items()
        if part
    }
    settings["measured_languages"] = _languages(tested or development)
    save(output, network, tokenizer, settings)
    shutil.rmtree(checkpoint)
    return settings


def lessons(rows: Sequence[Row], marked: Sequence[Marked]) -> Lessons:
    """Return the labels of ``rows`` as the losses take them, rare classes weighed up."""
    stance = np.array([row.stance for row in rows]) + 1
    weights = np.ones(len(rows))
    sources = np.array([row.source for row in rows])
    for source in np.unique(sources):
        own = sources == source
        _, inverse, sizes = np.unique(stance[own], return_inverse=True, return_counts=True)
        balance = (own.sum() / (len(sizes) * sizes)) ** BALANCE
        weights[own] = balance[inverse] * (1 if source == "press" else OUTSIDE_WEIGHT)
    return Lessons(
        marked,
        stance,
        weights,
        np.array([NONE if row.relevant is None else int(row.relevant) for row in rows]),
        np.array([NONE if row.quoted is None else int(row.quoted) for row in rows]),
        [_evidence(row, passage) for row, passage in zip(rows, marked, strict=True)],
    )


def calibrate(rows: Sequence[Row], values: np.ndarray) -> Calibration:
    """Return the scale and shift that fit the logits (n, 5) of held-out press rows.

    Sets about persons are left out: how sure one may be of them says nothing of states.
    """
    own = np.array([row.source == "press" for row in rows])
    rows, values = [row for row in rows if row.source == "press"], values[own]
    stance = np.array([row.stance for row in rows], int) + 1
    # The balance of the classes stays: only the sharpness is fitted.
    factor = temperature(values[:, :3], stance, np.ones(len(stance)))
    lines = []
    for column, labels in (
        (3, [row.relevant for row in rows]),
        (4, [row.quoted for row in rows]),
    ):
        said = np.array([label is not None for label in labels], bool)
        truth = np.array([bool(label) for label in labels], bool)[said]
        both = len(np.unique(truth)) == 2
        lines.append(platt(values[said, column], truth) if both else (1.0, 0.0))
    return Calibration(
        (factor,) * 3 + tuple(slope for slope, _ in lines),
        (0.0,) * 3 + tuple(shift for _, shift in lines),
    )


def save(output: Path, network: Any, tokenizer: Any, settings: dict[str, Any]) -> None:
    """Write the model's folder, ``model.json`` last."""
    from safetensors.torch import save as packed

    sweep(output)
    (output / SETTINGS).unlink(missing_ok=True)
    with TemporaryDirectory() as temporary:
        tokenizer.save_pretrained(temporary)
        network["encoder"].config.save_pretrained(temporary)
        for path in sorted(Path(temporary).iterdir()):
            write_bytes(output / path.name, path.read_bytes())
    weights = {name: value.cpu().contiguous() for name, value in network.state_dict().items()}
    # save_file would leave a file that only its owner may read.
    write_bytes(output / WEIGHTS, packed(weights))
    write_text(output / CARD, card(settings))
    write_json(output / SETTINGS, settings)


def _check(recipe: Recipe) -> None:
    faults = {
        "precision": (recipe.precision, recipe.precision in {"full", "half"}, "full or half"),
        "epochs": (recipe.epochs, recipe.epochs >= 1, "at least 1"),
        "batch": (recipe.batch, recipe.batch >= 1, "at least 1"),
        "length": (recipe.length, recipe.length >= 16, "at least 16 tokens"),
        "seed": (recipe.seed, recipe.seed >= 0, "at least 0"),
        "learning-rate": (recipe.learning_rate, 0 < recipe.learning_rate < 1, "between 0 and 1"),
    }
    for name, (value, fits, allowed) in faults.items():
        if not fits:
            raise ConfigError(f"{name} is {value}", f"--{name}", f"give {allowed}")


def _evidence(row: Row, passage: Marked) -> np.ndarray:
    inside = np.zeros(len(passage.ids), bool)
    for start, end in row.evidence:
        inside |= (passage.starts < end) & (passage.ends > start)
    # Nothing marked, or what was marked lies where the passage was cut: nothing to learn.
    labels = inside.astype(int) if inside.any() else np.full(len(inside), NONE)
    return np.where(passage.starts < 0, NONE, labels)


def _epoch_figures(rows: Sequence[Row], values: np.ndarray) -> dict[str, float]:
    """Return ``score``, the mean of the sets' macro-F1, and the log-loss of the portrayal."""
    labels = np.array([row.stance for row in rows])
    sources = np.array([row.source for row in rows])
    predicted = values[:, :3].argmax(axis=1) - 1
    scores = [
        macro_f1(labels[sources == source], predicted[sources == source])
        for source in np.unique(sources)
    ]
    chosen = log_softmax(values[:, :3], axis=1)[np.arange(len(rows)), labels + 1]
    return {"score": round(float(np.mean(scores)), 6), "loss": round(float(-chosen.mean()), 6)}


def _languages(rows: Sequence[Row]) -> list[str]:
    sizes = counts([row for row in rows if row.source == "press"]).get("press", {})
    return sorted(language for language, size in sizes.items() if language and size >= MIN_ROWS)


def _name(base: str) -> str:
    """Return what a base is called: a hub name as it is, a folder without its path."""
    folder = Path(base).expanduser()
    return folder.resolve().name if folder.is_dir() else base


def _identity(recipe: Recipe, base: str, *parts: Sequence[Row]) -> str:
    """Return what tells one training from another: recipe, base and rows."""
    digest = hashlib.sha256(json.dumps([FORMAT, asdict(recipe), base]).encode())
    for rows in parts:
        digest.update(b"".join(repr(row).encode() for row in rows) + b"\n")
    return digest.hexdigest()
