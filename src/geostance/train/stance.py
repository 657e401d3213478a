"""Train the embedded stance model: ``python -m geostance.train.stance --data D --output F``.

Three logistic regressions over hashed features of masked passages: portrayal (three
classes), relevance, quotation. The press set gives all three; sets of sentiment toward
persons help portrayal, at less weight. Every choice was made by grouped cross-validation
inside the training rows; probabilities are calibrated on the out-of-fold ones (Guo et al.
2017, arXiv:1706.04599, temperature; Platt 1999 for the two others).
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, log_softmax

from geostance.files import replacing, write_json
from geostance.log import logger, set_up
from geostance.stance.embedded import FORMAT, SETTINGS, WEIGHTS, weighted
from geostance.stance.features import VIEWS, feature_matrix
from geostance.stance.passages import masked
from geostance.train import stance_data as data

SEED = 20240105
FOLDS = 5
# Strength of the fit (inverse of the L2 penalty), chosen by cross-validation.
PORTRAYAL_C, RELEVANCE_C, QUOTED_C = 4.0, 4.0, 4.0
# 0 keeps the classes at their prior, 1 makes them equal: rare praise must be findable, and
# the published class is the largest probability.
BALANCE = 0.8
# What a row about a person counts against a press row.
OUTSIDE_WEIGHT = 0.5
CLASSES = np.array([-1, 0, 1])
MEASURED = ["en", "fr", "ru"]


def read_rows(folder: Path) -> tuple[list[data.Row], list[data.Row]]:
    """Return the press rows and the rows of the other sets, training parts only."""
    press = list(data.press(folder / "press" / "train.jsonl"))
    outside = [
        row for code in data.MAD_TSC_LANGUAGES for row in data.mad_tsc(folder, code, "train")
    ]
    outside += [*data.news_mtsc(folder), *data.rusentne(folder), *data.gerntsa(folder)]
    return press, outside


def features_of(rows: Sequence[data.Row]) -> sparse.csr_matrix:
    """Return the counts (n, width) of the rows' masked passages."""
    return feature_matrix([masked(row.passage) for row in rows])


def class_weights(labels: np.ndarray, balance: float = BALANCE) -> np.ndarray:
    """Return a weight per row that moves the classes from their prior toward equality."""
    _, inverse, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return ((len(labels) / (len(counts) * counts)) ** balance)[inverse]


def fit(
    features: sparse.csr_matrix, labels: np.ndarray, weights: np.ndarray, strength: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return coefficients (width, outputs) and intercepts; one output for two classes."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=strength, max_iter=150, tol=1e-3)
    model.fit(features, labels, sample_weight=weights)
    return model.coef_.T, model.intercept_


def folds(groups: Sequence[str]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return training and held-out positions; rows of one group stay together."""
    from sklearn.model_selection import GroupKFold

    codes = np.unique(groups, return_inverse=True)[1]
    splitter = GroupKFold(FOLDS, shuffle=True, random_state=SEED)
    return list(splitter.split(codes, groups=codes))


def temperature(logits: np.ndarray, labels: np.ndarray, weights: np.ndarray) -> float:
    """Return the factor on ``logits`` (n, 3) that fits held-out ``labels`` (0, 1, 2) best."""

    def loss(factor: float) -> float:
        chosen = log_softmax(logits * factor, axis=1)[np.arange(len(labels)), labels]
        return float(-(weights * chosen).sum())

    return float(minimize_scalar(loss, bounds=(0.1, 10), method="bounded").x)


def platt(logits: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Return the slope and shift that make ``logits`` (n,) fit held-out truth values."""

    def loss(line: np.ndarray) -> float:
        fitted = np.clip(expit(line[0] * logits + line[1]), 1e-9, 1 - 1e-9)
        return float(-np.where(labels, np.log(fitted), np.log1p(-fitted)).mean())

    slope, shift = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return float(slope), float(shift)


def train(folder: Path, output: Path) -> None:
    """Train on the sets under ``folder`` and write the model's two files to ``output``."""
    press, outside = read_rows(folder)
    logger.info("rows: %d press, %d other", len(press), len(outside))
    own, other = features_of(press), features_of(outside)
    width = own.shape[1]
    seen = np.bincount(own.indices, minlength=width)
    other_seen = np.bincount(other.indices, minlength=width)
    n_documents = len(press) + OUTSIDE_WEIGHT * len(outside)
    idf = np.log((n_documents + 1) / (seen + OUTSIDE_WEIGHT * other_seen + 1)) + 1
    # A feature seen once tells one text from the others, not portrayals from one another.
    idf = np.where(seen + other_seen > 1, idf, 0).astype(np.float16).astype(np.float32)
    own, other = weighted(own, idf), weighted(other, idf)

    stance = np.array([row.stance for row in press])
    relevant = np.array([bool(row.relevant) for row in press])
    spoken = np.array([row.quoted is not None for row in press])
    quoted = np.array([bool(row.quoted) for row in press])
    other_stance = np.array([row.stance for row in outside])
    other_weight = OUTSIDE_WEIGHT * class_weights(other_stance)

    def outputs(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Fit the three models on these press rows and all outside ones."""
        voiced = rows[spoken[rows]]
        ones = np.ones(len(press))
        parts = [
            fit(
                sparse.vstack([own[rows], other]),
                np.concatenate([stance[rows], other_stance]),
                np.concatenate([class_weights(stance[rows]), other_weight]),
                PORTRAYAL_C,
            ),
            fit(own[rows], relevant[rows], ones[rows], RELEVANCE_C),
            fit(own[voiced], quoted[voiced], ones[voiced], QUOTED_C),
        ]
        return np.hstack([part[0] for part in parts]), np.concatenate([part[1] for part in parts])

    logits = np.zeros((len(press), 5))
    for number, (kept, held) in enumerate(folds([row.group for row in press])):
        coefficients, intercepts = outputs(kept)
        logits[held] = own[held] @ coefficients + intercepts
        logger.info("fold %d of %d", number + 1, FOLDS)
    factor = temperature(logits[:, :3], np.searchsorted(CLASSES, stance), class_weights(stance))
    lines = [platt(logits[:, 3], relevant), platt(logits[spoken, 4], quoted[spoken])]

    coefficients, intercepts = outputs(np.arange(len(press)))
    scale = np.array([factor] * 3 + [slope for slope, _ in lines])
    bias = intercepts * scale + np.array([0.0] * 3 + [shift for _, shift in lines])
    save(output, idf, coefficients, scale, bias)


def save(
    output: Path, idf: np.ndarray, coefficients: np.ndarray, scale: np.ndarray, bias: np.ndarray
) -> None:
    """Write ``model.safetensors`` and ``model.json``."""
    from safetensors.numpy import save_file

    tensors = {"idf": idf.astype(np.float16), "weights": coefficients.astype(np.float16)}
    output.mkdir(parents=True, exist_ok=True)
    with replacing(output / WEIGHTS) as temporary:
        save_file(tensors, temporary)
    settings = {
        "format": FORMAT,
        "name": "embedded",
        "views": VIEWS,
        "scale": [round(float(value), 6) for value in scale],
        "bias": [round(float(value), 6) for value in bias],
        "seed": SEED,
        "measured_languages": MEASURED,
        "calibrated_languages": MEASURED,
    }
    write_json(output / SETTINGS, settings)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the training from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled sets")
    parser.add_argument("--output", type=Path, required=True, help="folder of the model")
    options = parser.parse_args(arguments)
    set_up()
    train(options.data, options.output)


if __name__ == "__main__":
    main()
