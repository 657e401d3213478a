"""The teacher of the embedded scorer: a large multilingual encoder that learns the labels.

It knows languages, which the small reader has no time to learn, and judges unlabelled passages
for it (distillation: Hinton et al. 2015, arXiv:1503.02531). It is not shipped. Its lowest
blocks stay as they are and its highest are left out, for they serve the search it was made for
(Sajjad et al. 2020, arXiv:2004.03844).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.special import expit, softmax

from geostance.encoders import model_folder
from geostance.log import logger
from geostance.stance.embedded import Tokens
from geostance.stance.marking import TOKENS, Marker
from geostance.stance.network import judge, start_network
from geostance.stance.passages import Passage
from geostance.train.figures import macro_f1
from geostance.train.learning import Learning, Recipe
from geostance.train.stance_data import Row
from geostance.train.stance_learning import Example
from geostance.train.transformer import lessons

RECIPE = Recipe(epochs=1, batch=32, learning_rate=1.5e-4, length=100, precision="half")
# Blocks of the base that are kept, and those of them that stay as they are.
KEPT, FROZEN = 8, 3
# Press rows are read twice.
PASSES = 2
# Pieces whose mean is what the mark of a hidden name means at first.
STATES = ("▁Russia", "▁Россия", "▁China", "▁India", "▁Turkey", "▁Ukraine", "▁Israel", "▁France")


class Teacher(NamedTuple):
    """A fine-tuned network of transformers with what turns passages into its tokens."""

    network: Any
    marker: Marker

    def judged(self, passages: Sequence[Passage], tokens: Sequence[Tokens]) -> list[Example]:
        """Return what the teacher says of ``passages``, to be learnt over their ``tokens``."""
        outputs, _ = judge(
            self.network,
            self.marker.mark(passages),
            target=self.marker.target,
            padding=self.marker.padding,
            batch=RECIPE.batch,
        )
        portrayal, (relevance, quoted) = softmax(outputs[:, :3], axis=1), expit(outputs[:, 3:].T)
        return [
            # Where nothing is evaluated there is no voice to learn. Of the sentences that carry
            # an evaluation the teacher knows less than the labels do.
            Example(
                token,
                portrayal[n],
                float(relevance[n]),
                float(quoted[n]) if portrayal[n].argmax() != 1 else np.nan,
                np.zeros(len(token.ids), bool),
                judged=True,
            )
            for n, token in enumerate(tokens)
        ]


def fit_teacher(
    base: str,
    revision: str | None,
    press: Sequence[Row],
    other: Sequence[Row],
    apart: Sequence[Row],
    work: Path,
) -> Teacher:
    """Teach the encoder ``base`` the labels; it is kept in ``work`` for another run."""
    import torch

    torch.manual_seed(RECIPE.seed)
    network, tokenizer = start_network(model_folder(base, revision, "teacher"))
    _prepare(network["encoder"], tokenizer)
    marker = Marker(tokenizer, RECIPE.length)
    rows = [*press] * PASSES + [*other]
    learning = Learning(
        network,
        lessons(rows, marker.mark([row.passage for row in rows])),
        RECIPE,
        marker.target,
        marker.padding,
    )
    held_out = marker.mark([row.passage for row in apart])
    labels = np.array([row.stance for row in apart])

    def score(network: Any) -> dict[str, float]:
        found = learning.judge(network, held_out)[:, :3].argmax(axis=1) - 1
        return {"score": macro_f1(labels, found), "loss": 0.0}

    learning.run(work, f"{base}@{revision}", score)
    logger.info("teacher: macro-F1 %.3f on the rows set apart", learning.history[-1]["score"])
    return Teacher(network, marker)


def _prepare(encoder: Any, tokenizer: Any) -> None:
    """Leave out the highest blocks, hold the lowest, and give the marks of names a meaning."""
    import torch

    encoder.encoder.layer = encoder.encoder.layer[:KEPT]
    encoder.config.num_hidden_layers = KEPT
    pieces = encoder.embeddings.word_embeddings.weight
    vocabulary = tokenizer.get_vocab()
    states = [vocabulary[name] for name in STATES if name in vocabulary]
    if states:
        with torch.no_grad():
            pieces[[vocabulary[mark] for mark in TOKENS.values()]] = pieces[states].mean(0)
    for held in (encoder.embeddings, *encoder.encoder.layer[:FROZEN]):
        held.requires_grad_(False)
