"""The fine-tuned network: an encoder of transformers with four heads, kept as safetensors.

Three heads read the passage (the mean of its tokens beside the mean of those that stand for
the target): portrayal, relevance, quoted voice. The fourth reads each token: evidence.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from geostance.errors import ModelError
from geostance.optional import require
from geostance.stance.marking import TOKENS, Marked

EXTRA = "transformers"
WEIGHTS = "model.safetensors"
# Outputs of the heads that read the passage, in the order of the columns they give.
HEADS = {"portrayal": 3, "relevance": 1, "quoted": 1}
DROPOUT, HEAD_DEVIATION = 0.1, 0.02


def device() -> str:
    """Return the name of the device to compute on: the graphics card, else the processor."""
    return "cuda" if require("torch", EXTRA).cuda.is_available() else "cpu"


def start_network(base: Path) -> tuple[Any, Any]:
    """Return a network on the encoder in ``base``, its heads untaught, and its tokenizer.

    The heads and the vectors of the added tokens are drawn from torch's generator.

    Raises:
        ModelError: the folder holds no encoder of transformers with safetensors weights.
        MissingPackageError: the ``transformers`` extra is not installed.
    """
    package = require("transformers", EXTRA)
    package.utils.logging.disable_progress_bar()
    try:
        tokenizer = package.AutoTokenizer.from_pretrained(
            base, local_files_only=True, trust_remote_code=False
        )
        # Weights in torch's own format are pickles, which may run code: they are refused.
        encoder = package.AutoModel.from_pretrained(
            base, local_files_only=True, trust_remote_code=False, use_safetensors=True
        ).float()
    except Exception as error:
        raise ModelError(
            f"the encoder does not load: {_line(error)}",
            str(base),
            "name a folder of transformers: config.json, tokenizer.json, model.safetensors",
        ) from error
    if not tokenizer.is_fast or getattr(encoder.config, "is_encoder_decoder", False):
        raise ModelError(
            "the model writes text, or its tokenizer does not tell where its tokens stand",
            str(base),
            "name an encoder, such as BERT or XLM-RoBERTa, with a tokenizer.json",
        )
    tokenizer.add_tokens(list(TOKENS.values()), special_tokens=True)
    # Bases may have spare rows for tokens to come: those are never cut off.
    rows = max(len(tokenizer), encoder.get_input_embeddings().num_embeddings)
    encoder.resize_token_embeddings(rows, mean_resizing=False)
    return _assemble(encoder), tokenizer


def load_network(folder: Path) -> tuple[Any, Any]:
    """Return the trained network in ``folder``, ready to judge, and its tokenizer.

    Raises:
        ModelError: a file is absent or damaged, or the weights are not of this network.
        MissingPackageError: the ``transformers`` extra is not installed.
    """
    package = require("transformers", EXTRA)
    load_file = require("safetensors.torch", EXTRA).load_file
    try:
        tokenizer = package.AutoTokenizer.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        )
        known = tokenizer.get_vocab()
        if not set(TOKENS.values()) <= known.keys():
            raise ValueError("its tokenizer does not know the marks of hidden names")
        config = package.AutoConfig.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        )
        network = _assemble(package.AutoModel.from_config(config).float())
        network.load_state_dict(load_file(folder / WEIGHTS))
    except Exception as error:
        raise ModelError(
            f"the fine-tuned model does not load: {_line(error)}",
            str(folder),
            "restore the folder, or train it again with geostance train stance",
        ) from error
    return network.eval().to(device()), tokenizer


def longest(network: Any) -> int | None:
    """Return how many tokens the encoder has places for, if it has a limit."""
    config = network["encoder"].config
    places = getattr(config, "max_position_embeddings", None)
    if not places or places < 0:
        return None
    # RoBERTa and its kin number places from behind the padding.
    roberta = "roberta" in str(getattr(config, "model_type", ""))
    return places - 1 - config.pad_token_id if roberta else places


def forward(network: Any, batch: Sequence[Marked], target: int, padding: int) -> tuple[Any, Any]:
    """Return the passages' outputs (n, 5) and their tokens' evidence (n, n_tokens), as logits."""
    import torch

    width = max(len(marked.ids) for marked in batch)
    ids = np.full((len(batch), width), padding, np.int64)
    present = np.zeros((len(batch), width), bool)
    for row, marked in enumerate(batch):
        ids[row, : len(marked.ids)] = marked.ids
        present[row, : len(marked.ids)] = True
    where = next(network.parameters()).device
    tokens, mask = torch.from_numpy(ids).to(where), torch.from_numpy(present).to(where)
    states = network["encoder"](input_ids=tokens, attention_mask=mask.long()).last_hidden_state
    shares = [(kept / kept.sum(1, keepdim=True)).unsqueeze(1) for kept in (
        mask.to(states.dtype), ((tokens == target) & mask).to(states.dtype))]  # fmt: skip
    read = network["dropout"](torch.cat([share @ states for share in shares], 2).squeeze(1))
    passages = torch.cat([network[name](read) for name in HEADS], 1)
    return passages.float(), network["evidence"](network["dropout"](states)).squeeze(2).float()


def judge(
    network: Any, passages: Sequence[Marked], *, target: int, padding: int, batch: int
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the logits (n, 5) of ``passages`` and, per passage, of its tokens (n_tokens,)."""
    import torch

    values = np.zeros((len(passages), sum(HEADS.values())))
    evidence: list[np.ndarray] = [np.zeros(0)] * len(passages)
    with torch.inference_mode():
        for rows in by_length(passages, batch):
            found, tokens = forward(network, [passages[row] for row in rows], target, padding)
            values[rows] = found.double().cpu().numpy()
            for row, logits in zip(rows, tokens.double().cpu().numpy(), strict=True):
                evidence[row] = logits[: len(passages[row].ids)]
    return values, evidence


def by_length(passages: Sequence[Marked], batch: int) -> Iterator[list[int]]:
    """Yield the rows of each batch: passages of like length together, so that few are padded."""
    order = sorted(range(len(passages)), key=lambda row: len(passages[row].ids))
    for first in range(0, len(order), batch):
        yield order[first : first + batch]


def _assemble(encoder: Any) -> Any:
    from torch import nn

    width = encoder.config.hidden_size
    heads = {name: nn.Linear(2 * width, outputs) for name, outputs in HEADS.items()}
    heads["evidence"] = nn.Linear(width, 1)
    for head in heads.values():
        nn.init.normal_(head.weight, std=HEAD_DEVIATION)
        nn.init.zeros_(head.bias)
    return nn.ModuleDict({"encoder": encoder, "dropout": nn.Dropout(DROPOUT), **heads})


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
