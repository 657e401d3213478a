"""Train the embedded stance model: ``python -m geostance.train.stance --data D --output F``.

Word vectors come from unlabelled press and translations; a linear model and networks of one
hidden layer learn portrayal, relevance and quotation from masked passages. The press set
gives all three; MAD-TSC, sentiment toward persons, helps portrayal, at less weight. Choices
were made by grouped cross-validation inside the training rows; probabilities are calibrated
on the out-of-fold ones.
"""

import argparse
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from geostance.files import replacing, write_json
from geostance.log import logger, set_up
from geostance.stance.embedded import (
    FORMAT,
    LINEAR_SCALE,
    NETWORK_SCALE,
    OUTPUTS,
    SETTINGS,
    WEIGHTS,
    EmbeddedScorer,
    blend,
    logits,
    network_probabilities,
    probabilities,
    weighted,
)
from geostance.stance.features import VIEWS, feature_matrix
from geostance.stance.passages import masked
from geostance.stance.vectors import WordVectors, mean_vectors
from geostance.train import stance_data as data
from geostance.train.calibration import platt, temperature
from geostance.train.stance_vectors import LANGUAGES, pair_texts, press_texts, word_vectors

SEED = 20240105
FOLDS = 3
# Inverse of the L2 penalty of the linear model, L2 penalty of the networks.
STRENGTH, PENALTY = 4.0, 0.1
HIDDEN, EPOCHS, NETWORKS, NETWORK_SHARE = 96, 15, 3, 0.35
# 0 keeps the classes at their prior, 1 makes them equal: rare praise must be findable, and
# the published class is the largest probability.
BALANCE = 0.8
# What a row about a person counts against a press row. NewsMTSC and RuSentNE were tried too
# and left out: the press figure in cross-validation moved by less than chance.
OUTSIDE_WEIGHT = 0.5
MEASURED = ["en", "fr", "ru"]


def read_rows(folder: Path) -> tuple[list[data.Row], list[data.Row]]:
    """Return the press rows and the rows of the other sets, training parts only."""
    press = list(data.press(folder / "press" / "train.jsonl"))
    other = [row for code in data.MAD_TSC_LANGUAGES for row in data.mad_tsc(folder, code, "train")]
    return press, other


def class_weights(labels: np.ndarray) -> np.ndarray:
    """Return a weight per row that moves the classes from their prior toward equality."""
    _, inverse, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return ((len(labels) / (len(counts) * counts)) ** BALANCE)[inverse]


class Learner:
    """The features and labels of all rows; press rows come first."""

    def __init__(self, press: list[data.Row], other: list[data.Row], table: WordVectors) -> None:
        texts = [masked(row.passage) for row in (*press, *other)]
        counts = feature_matrix(texts)
        outside = np.full(len(other), OUTSIDE_WEIGHT)
        self.row_weight = np.concatenate([np.ones(len(press)), outside])
        per_feature = (sparse.diags_array(self.row_weight) @ (counts > 0)).sum(axis=0)
        seen = np.bincount(counts.indices, minlength=counts.shape[1])
        idf = np.log((self.row_weight.sum() + 1) / (np.asarray(per_feature).ravel() + 1)) + 1
        # A feature seen once tells one text from the others, not portrayals from one another.
        self.idf = np.where(seen > 1, idf, 0).astype(np.float16)
        self.words = weighted(counts, self.idf.astype(np.float32))
        self.means = mean_vectors(texts, table)
        self.all = sparse.csr_matrix(
            sparse.hstack([self.words, sparse.csr_matrix(LINEAR_SCALE * self.means)])
        )
        self.n_press = len(press)
        self.groups = [row.group for row in press]
        stance = np.array([row.stance for row in (*press, *other)]) + 1
        relevant = np.array([bool(row.relevant) for row in press]).astype(int)
        quoted = np.array([bool(row.quoted) for row in press]).astype(int)
        voiced = np.flatnonzero([row.quoted is not None for row in press])
        everything, own = np.arange(len(texts)), np.arange(len(press))
        # Per output: labels and the rows that have one.
        self.tasks = {
            "portrayal": (stance, everything),
            "relevance": (relevant, own),
            "quoted": (quoted, voiced),
        }

    def fit(self, held_out: np.ndarray) -> dict[str, Any]:
        """Fit both models on all rows but those of the press at ``held_out``."""
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression
        from sklearn.neural_network import MLPClassifier

        linear, bias, networks = [], [], {}
        for output, (labels, rows) in self.tasks.items():
            kept = np.setdiff1d(rows, held_out)
            weights = self.row_weight[kept]
            if output == "portrayal":
                own = kept < self.n_press
                weights = weights * np.concatenate(
                    [class_weights(labels[kept[own]]), class_weights(labels[kept[~own]])]
                )
            model = LogisticRegression(C=STRENGTH, max_iter=80, tol=1e-3)
            model.fit(self.all[kept], labels[kept], sample_weight=weights)
            linear.append(model.coef_.T)
            bias.append(model.intercept_)
            networks[output] = []
            for number in range(NETWORKS):
                network = MLPClassifier(
                    HIDDEN,
                    alpha=PENALTY,
                    batch_size=128,
                    max_iter=EPOCHS,
                    random_state=SEED + number,
                )
                network.n_iter_no_change = EPOCHS
                means = NETWORK_SCALE * self.means[kept]
                with warnings.catch_warnings():
                    # The number of passes is a choice: more of them fit the rows by heart.
                    warnings.simplefilter("ignore", ConvergenceWarning)
                    network.fit(means, labels[kept], sample_weight=weights)
                networks[output].append(
                    [
                        network.coefs_[0],
                        network.intercepts_[0],
                        network.coefs_[1],
                        network.intercepts_[1],
                    ]
                )
        return {"linear": np.hstack(linear), "bias": np.concatenate(bias), "networks": networks}

    def predict(self, fitted: dict[str, Any], rows: np.ndarray) -> np.ndarray:
        """Return the blended probabilities (n, 5) of ``rows``, not yet calibrated."""
        linear = probabilities(self.all[rows] @ fitted["linear"] + fitted["bias"])
        networks = [
            network_probabilities(self.means[rows], fitted["networks"][name]) for name in OUTPUTS
        ]
        return blend(linear, np.hstack(networks), NETWORK_SHARE)


def calibrate(learner: Learner) -> tuple[np.ndarray, np.ndarray]:
    """Return scale and shift (5,) of the logits, fitted to out-of-fold predictions."""
    from sklearn.metrics import f1_score
    from sklearn.model_selection import GroupKFold

    codes = np.unique(learner.groups, return_inverse=True)[1]
    found = np.zeros((learner.n_press, 5))
    splitter = GroupKFold(FOLDS, shuffle=True, random_state=SEED)
    for number, (_, held) in enumerate(splitter.split(codes, groups=codes)):
        found[held] = learner.predict(learner.fit(held), held)
        logger.info("fold %d of %d", number + 1, FOLDS)
    values = logits(found)
    stance = learner.tasks["portrayal"][0][: learner.n_press]
    score = f1_score(stance, found[:, :3].argmax(axis=1), average="macro")
    logger.info("portrayal, macro-F1 out of fold: %.4f", score)
    # The balance of the classes stays: only the sharpness is fitted.
    factor = temperature(values[:, :3], stance, np.ones(len(stance)))
    relevant, _ = learner.tasks["relevance"]
    quoted, voiced = learner.tasks["quoted"]
    lines = [platt(values[:, 3], relevant), platt(values[voiced, 4], quoted[voiced])]
    scale = np.array([factor] * 3 + [slope for slope, _ in lines])
    return scale, np.array([0.0] * 3 + [shift for _, shift in lines])


def train(labelled: Path, press: Path, pairs: Path, output: Path) -> None:
    """Train and write the model's two files to ``output``."""
    hashes, vectors, frequencies = word_vectors(press_texts(press, SEED), pair_texts(pairs), SEED)
    step = np.float32(np.abs(vectors).max() / 127)
    steps = np.round(vectors / step).astype(np.int8)
    table = WordVectors.of(hashes, steps * step, frequencies.astype(np.float32))
    own, other = read_rows(labelled)
    logger.info("rows: %d press, %d other", len(own), len(other))
    learner = Learner(own, other, table)
    scale, shift = calibrate(learner)
    fitted = learner.fit(np.array([], int))
    tensors = {
        "idf": learner.idf,
        "linear": fitted["linear"].astype(np.float16),
        "vectors": steps,
        "vector_hashes": hashes,
        "vector_frequencies": frequencies.astype(np.float32),
    }
    for name, networks in fitted["networks"].items():
        for number, parts in enumerate(networks):
            for part, value in zip(("w1", "b1", "w2", "b2"), parts, strict=True):
                tensors[f"{name}.{number}.{part}"] = np.ascontiguousarray(value, np.float16)
    settings = {
        "format": FORMAT,
        "name": "embedded",
        "views": VIEWS,
        "vector_step": float(step),
        "networks": NETWORKS,
        "network_share": NETWORK_SHARE,
        "bias": [float(value) for value in fitted["bias"]],
        "scale": [float(value) for value in scale],
        "shift": [float(value) for value in shift],
        "seed": SEED,
        "relevance_shifts": {},
        "measured_languages": MEASURED,
        "calibrated_languages": MEASURED,
    }
    save(output, tensors, settings)
    shifts = relevance_shifts(EmbeddedScorer(output), pairs)
    write_json(output / SETTINGS, {**settings, "relevance_shifts": shifts})


def relevance_shifts(scorer: EmbeddedScorer, pairs: Path) -> dict[str, float]:
    """Return, per language without labels, what its log-odds of relevance lack.

    With it, as large a share of translated sentences is relevant as of their English originals.
    """
    shifts = {}
    for language, passages in data.translated(pairs, set(LANGUAGES) - set(MEASURED)).items():
        english, other = (scorer.score(side).relevance for side in zip(*passages, strict=True))
        level = np.quantile(other, (english < 0.5).mean())
        shifts[language] = round(float(np.log((1 - level) / level)), 3)
    return shifts


def save(output: Path, tensors: dict[str, np.ndarray], settings: dict[str, Any]) -> None:
    """Write ``model.safetensors`` and ``model.json``."""
    from safetensors.numpy import save_file

    with replacing(output / WEIGHTS) as temporary:
        save_file(tensors, temporary)
    write_json(output / SETTINGS, settings)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the training from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled sets")
    parser.add_argument("--press", type=Path, help="unlabelled press; default ../press of --data")
    parser.add_argument("--pairs", type=Path, help="translated pairs, Parquet; default beside it")
    parser.add_argument("--output", type=Path, required=True, help="folder of the model")
    options = parser.parse_args(arguments)
    set_up()
    beside = options.data.resolve().parent
    train(
        options.data,
        options.press or beside / "press",
        options.pairs or beside / "encoder" / "train" / "pairs.parquet",
        options.output,
    )


if __name__ == "__main__":
    main()
