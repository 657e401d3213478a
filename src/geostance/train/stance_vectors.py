"""Word vectors of the stance model: press neighbourhoods and translations, factorised together.

Words that stand in the same surroundings in the press, or in translations of the same
sentences, get near vectors; so a language without labels borrows from those with labels.

Source: Levy and Goldberg 2014, NeurIPS 2014 (factorised shifted PMI, context exponent 0.75);
Halko et al. 2011, arXiv:0909.4061 (randomised decomposition).
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from scipy import sparse

from geostance.log import logger
from geostance.stance.features import tokens
from geostance.stance.vectors import stem_hash

LANGUAGES = ("fr", "en", "ru", "tr", "de", "es", "it", "az", "hi", "uk", "ar", "fa")
WORDS = 60_000
DIMENSIONS = 128
WINDOW = 5
PRESS_ITEMS = 250_000
SPEECHES, SPEECH_CHARACTERS = 2_500, 12_000
# A word of a pair counts this often against one of the press when the vocabulary is chosen:
# the press is French, Russian and English only.
PAIR_COUNT = 25
# Weight of all translation pairs together against all press neighbourhoods.
PAIR_MASS = 3.0


def press_texts(folder: Path, seed: int) -> Iterator[str]:
    """Yield press items, channel posts and speeches, unlabelled."""
    items = pl.read_parquet(folder / "rss_fr.parquet", columns=["title", "text"])
    for title, text in items.sample(min(PRESS_ITEMS, len(items)), seed=seed).iter_rows():
        yield f"{title or ''} {text or ''}"
    posts = pl.read_parquet(folder / "telegram_ru.parquet")
    yield from (text or "" for text in posts["text"])
    speeches = pl.read_parquet(folder / "ungdc_en.parquet")["text"].head(SPEECHES)
    yield from (text[:SPEECH_CHARACTERS] for text in speeches)


def pair_texts(path: Path) -> tuple[list[str], list[str]]:
    """Return both sides of the translated pairs in the languages of the model."""
    known = pl.col("lang_a").is_in(LANGUAGES) & pl.col("lang_b").is_in(LANGUAGES)
    pairs = pl.read_parquet(path).filter(known)
    return pairs["text_a"].to_list(), pairs["text_b"].to_list()


def word_vectors(
    press: Iterable[str], pairs: tuple[Sequence[str], Sequence[str]], seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return stem hashes (n,) in order, unit vectors (n, DIMENSIONS), frequencies (n,)."""
    from sklearn.utils.extmath import randomized_svd

    codes: dict[int, int] = {}
    cache: dict[str, int] = {}
    running = _encode(press, codes, cache)
    left, right = (_encode(side, codes, cache) for side in pairs)
    size = len(codes)
    counts = np.bincount(running[running >= 0], minlength=size).astype(float)
    for side in (left, right):
        counts += PAIR_COUNT * np.bincount(side[side >= 0], minlength=size)
    kept = np.sort(np.argsort(-counts, kind="stable")[:WORDS])
    place = np.full(size, -2)
    place[kept] = np.arange(len(kept))
    running, left, right = (np.where(ids < 0, -1, place[ids]) for ids in (running, left, right))
    near = _neighbours(running, len(kept))
    across = _documents(left, len(kept)).T @ _documents(right, len(kept))
    across = across + across.T
    joint = near + across * (PAIR_MASS * near.sum() / across.sum())
    logger.info("vocabulary %d, co-occurrences %d", len(kept), joint.nnz)
    left_vectors, singular, _ = randomized_svd(
        _positive_pmi(joint), DIMENSIONS, n_iter=2, random_state=seed
    )
    vectors = left_vectors * np.sqrt(singular)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    hashes = np.fromiter(codes, np.uint32, size)[kept]
    order = np.argsort(hashes)
    return hashes[order], vectors[order], (counts[kept] / counts[kept].sum())[order]


def _encode(texts: Iterable[str], codes: dict[int, int], cache: dict[str, int]) -> np.ndarray:
    """Return the words of ``texts`` as numbers, −1 after each text; new stems join ``codes``."""
    ids: list[int] = []
    for text in texts:
        for word in tokens(text):
            if word[0].isalpha():
                if word not in cache:
                    cache[word] = codes.setdefault(stem_hash(word), len(codes))
                ids.append(cache[word])
        ids.append(-1)
    return np.array(ids, np.int64)


def _neighbours(ids: np.ndarray, size: int) -> sparse.csr_matrix:
    """Count words within ``WINDOW`` of each other in one text, weight 1 / distance."""
    total = sparse.csr_matrix((size, size), dtype=np.float32)
    breaks = np.cumsum(ids == -1)
    for gap in range(1, WINDOW + 1):
        first, second = ids[:-gap], ids[gap:]
        fit = (first >= 0) & (second >= 0) & (breaks[:-gap] == breaks[gap:])
        keys, counts = np.unique(first[fit] * size + second[fit], return_counts=True)
        shape = ((counts / gap).astype(np.float32), (keys // size, keys % size))
        total = total + sparse.csr_matrix(shape, shape=(size, size))
    return total + total.T


def _documents(ids: np.ndarray, size: int) -> sparse.csr_matrix:
    """Return word shares (texts, words) of texts that −1 ends."""
    rows = np.concatenate([[0], np.cumsum(ids == -1)[:-1]])
    n_texts = int((ids == -1).sum())
    fit = ids >= 0
    matrix = sparse.csr_matrix(
        (np.ones(fit.sum(), np.float32), (rows[fit], ids[fit])), shape=(n_texts, size)
    )
    length = np.maximum(np.asarray(matrix.sum(axis=1)).ravel(), 1)
    # The square root on both sides: a pair weighs as one word's worth of evidence per word.
    return sparse.csr_matrix(sparse.diags_array(1 / np.sqrt(length)) @ matrix)


def _positive_pmi(joint: sparse.csr_matrix) -> sparse.csr_matrix:
    joint = sparse.coo_matrix(joint)
    strong = joint.data >= 0.5
    row, col, data = joint.row[strong], joint.col[strong], joint.data[strong]
    marginal = np.bincount(row, data, minlength=joint.shape[0]) + 1e-9
    context = marginal**0.75 / (marginal**0.75).sum()
    value = np.log(data / (marginal[row] * context[col]))
    positive = value > 0
    return sparse.csr_matrix(
        (value[positive].astype(np.float32), (row[positive], col[positive])), shape=joint.shape
    )
