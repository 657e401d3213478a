"""Teach a language model the press: a tokenizer, then hidden tokens to be guessed.

Source: Devlin et al. 2019, arXiv:1810.04805 (masked language model); Conneau and Lample 2019,
arXiv:1901.07291 (translations read side by side); Jean et al. 2015, arXiv:1412.2007 (softmax
over sampled candidates).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from geostance.encoders import load_encoder
from geostance.log import logger
from geostance.stance.passages import OTHER as OTHER_MARK
from geostance.stance.passages import TARGET as TARGET_MARK
from geostance.train.network import BREAK, HIDDEN, OTHER, PADDING, LanguageModel, functional, torch

# In the order of the numbers that the network knows them by.
SPECIAL = ["[PAD]", "[UNK]", "[MASK]", "[CLS]", TARGET_MARK, OTHER_MARK]
VOCABULARY, ALPHABET, SELDOM = 40_000, 700, 3
LENGTH = 128
# Share of tokens to be guessed; of these, shares hidden and replaced, the rest left as they are.
GUESSED, SHOWN, REPLACED = 0.2, 0.15, 0.07
# Tokens of a batch, other candidates drawn for a guess, texts sorted by length together.
BATCH, CANDIDATES, SORTED = 12_288, 4_096, 20_000
PACE, WARM_UP, DECAY = 1.5e-3, 300, 0.01


def train_tokenizer(texts: Iterable[str]) -> Any:
    """Return a WordPiece tokenizer of lower-cased words and signs.

    Unlike the encoder's it keeps punctuation: quotation marks and questions bear on stance.
    """
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.WordPiece(unk_token=SPECIAL[1], max_input_chars_per_word=60))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Lowercase(),
            # What lower-casing leaves of the Turkish capital İ.
            normalizers.Replace(Regex("[\u0300-\u0307]"), ""),
            normalizers.Replace(Regex("[’ʼ`´]"), "'"),
            normalizers.Replace(Regex("[“”„]"), '"'),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=VOCABULARY,
        special_tokens=SPECIAL,
        limit_alphabet=ALPHABET,
        min_frequency=SELDOM,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def first_vectors(tokenizer: Any, seed: int) -> np.ndarray:
    """Return vectors (vocabulary, 256) to begin with: the embedded encoder's, blurred.

    They bring the languages together before a word is read. What begins inside a word means
    less by itself and is blurred more; signs are drawn at random.
    """
    names = [tokenizer.id_to_token(n) for n in range(tokenizer.get_vocab_size())]
    found = load_encoder().encode([name.removeprefix("##") or "." for name in names])
    noise = np.random.default_rng(seed).normal(0, found.shape[1] ** -0.5, found.shape)
    inside = np.array([name.startswith("##") for name in names])
    sign = np.array([not any(map(str.isalpha, name)) for name in names])
    vectors = np.where(inside[:, None], 0.5 * found + 0.7 * noise, found)
    vectors = np.where(sign[:, None], noise, vectors)
    vectors = 0.85 * vectors + 0.4 * noise
    vectors[PADDING] = 0
    return vectors.astype(np.float32)


def token_numbers(tokenizer: Any, texts: Sequence[str], length: int = LENGTH) -> list[np.ndarray]:
    """Return the first ``length`` tokens of each text, uint16."""
    return [
        np.array(encoding.ids[:length], np.uint16)
        for first in range(0, len(texts), SORTED)
        for encoding in tokenizer.encode_batch_fast(texts[first : first + SORTED])
    ]


def side_by_side(tokenizer: Any, pairs: Sequence[tuple[str, str]]) -> list[np.ndarray]:
    """Return translations as one text each, a break between the two."""
    sides = [token_numbers(tokenizer, side, LENGTH // 2) for side in zip(*pairs, strict=True)]
    return [
        np.concatenate([one, [BREAK], other]).astype(np.uint16)
        for one, other in zip(*sides, strict=True)
    ]


def pretrain(
    model: LanguageModel, texts: Sequence[tuple[list[np.ndarray], float]], tokens: float, seed: int
) -> None:
    """Teach ``model`` in place over ``tokens`` tokens.

    ``texts`` are kinds of text, each with how often it is read in one pass over all.
    """
    torch.manual_seed(seed)
    draw = np.random.default_rng(seed)
    vocabulary = model.sizes["vocabulary"]
    counts = np.zeros(vocabulary)
    for kind, _ in texts:
        np.add.at(counts, np.concatenate(kind), 1)
    counts[: OTHER + 1] = 0
    model.frequency.data = torch.from_numpy(np.log(counts / counts.sum() + 1e-7)).float()
    chance = torch.from_numpy((counts + 1) ** 0.75 / ((counts + 1) ** 0.75).sum())
    # Log of the probability of being among the candidates: rare words are so less often.
    present = torch.log(-torch.expm1(CANDIDATES * torch.log1p(-chance)) + 1e-9).float()
    pieces = model.pieces.weight
    rest = [parameter for parameter in model.parameters() if parameter is not pieces]
    optimizer = torch.optim.AdamW(
        [{"params": rest, "weight_decay": DECAY}, {"params": [pieces], "weight_decay": 0.0}],
        betas=(0.9, 0.98),
        eps=1e-6,
        fused=True,
    )
    done, step, lost = 0, 0, []
    for ids in _batches(texts, draw):
        if done >= tokens:
            break
        for group in optimizer.param_groups:
            group["lr"] = PACE * min(1, (step + 1) / WARM_UP) * max(0.02, 1 - done / tokens)
        chosen = (draw.random(ids.shape) < GUESSED) & (ids > OTHER)
        fate = draw.random(ids.shape)
        shown = np.where(chosen & (fate > SHOWN), HIDDEN, ids)
        replaced = chosen & (fate < REPLACED)
        shown[replaced] = draw.integers(OTHER + 1, vocabulary, replaced.sum())
        right = torch.from_numpy(ids[chosen])
        others = torch.multinomial(chance, CANDIDATES, replacement=True)
        candidates = torch.unique(torch.cat([others, right]))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            context = model(torch.from_numpy(shown))[torch.from_numpy(chosen)]
            guesses = model.guesses(context, candidates)
        guesses = guesses - present[candidates].clamp(min=-8)
        loss = functional.cross_entropy(guesses, torch.searchsorted(candidates, right))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(rest, 1.0)
        optimizer.step()
        done += int((ids != PADDING).sum())
        step += 1
        lost.append(loss.item())
        if step % 100 == 0:
            logger.info("%.1f million tokens read: loss %.3f", done / 1e6, np.mean(lost[-100:]))


def _batches(
    texts: Sequence[tuple[list[np.ndarray], float]], draw: np.random.Generator
) -> Iterator[np.ndarray]:
    """Yield batches of like length (n, length) without end, each pass in a new order."""
    while True:
        chosen = [
            kind[n]
            for kind, passes in texts
            for turn in range(int(np.ceil(passes)))
            for n in draw.permutation(len(kind))[: round(len(kind) * min(1.0, passes - turn))]
        ]
        order = draw.permutation(len(chosen))
        for first in range(0, len(order), SORTED):
            near = sorted((chosen[n] for n in order[first : first + SORTED]), key=len)
            batches, rows = [], []
            for row in near:
                if rows and (len(rows) + 1) * len(row) > BATCH:
                    batches.append(rows)
                    rows = []
                rows.append(row)
            batches.append(rows)
            for number in draw.permutation(len(batches)):
                rows = batches[number]
                ids = np.full((len(rows), max(map(len, rows))), PADDING, np.int64)
                for n, row in enumerate(rows):
                    ids[n, : len(row)] = row
                yield ids
