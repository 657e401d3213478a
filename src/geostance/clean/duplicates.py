"""Find copies of one text: mark them, never delete them.

Source: Broder, "On the resemblance and containment of documents", 1997 (shingles and
MinHash); Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", 2020, ch. 3
(banding). LSH only proposes pairs; each is checked by the exact Jaccard similarity.
"""

import hashlib
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl

from geostance.clean.folding import words
from geostance.config import DuplicateSettings
from geostance.schema import TABLES

Shingles = npt.NDArray[np.uint64]

# Two headlines may share most of their shingles and be two stories: shorter texts than
# this are copies only when their words are the same.
_MIN_WORDS = 20
# Missing a copy cannot be made good; proposing one too many costs one comparison.
_LSH_WEIGHTS = (0.1, 0.9)


def mark_duplicates(
    cleaned: pl.DataFrame, documents: pl.DataFrame, settings: DuplicateSettings
) -> pl.DataFrame:
    """Return the table ``unique``: one row per cleaned document that goes on.

    Two texts, headline included, are one when the Jaccard similarity of their word
    shingles reaches ``settings.threshold``, or through a chain of such pairs. The
    representative is the earliest by date (unknown dates last), then by doc_id; the
    cluster bears its id. ``documents`` gives doc_id and date.
    """
    kept = (
        cleaned.filter(pl.col("dropped_reason").is_null())
        .select("doc_id", "title", "text")
        .join(documents.select("doc_id", "date"), on="doc_id", how="left")
        .sort("doc_id")
    )
    ids: list[str] = kept["doc_id"].to_list()
    clusters = _Clusters(len(ids))
    distinct: dict[str, int] = {}
    texts: list[tuple[int, list[str]]] = []
    for place, (title, text) in enumerate(kept.select("title", "text").iter_rows()):
        found = words(f"{title or ''}\n{text}")
        first = distinct.setdefault(" ".join(found), place)
        if first != place:
            clusters.join(first, place)
        elif len(found) >= _MIN_WORDS:
            texts.append((place, found))
    _join_near(texts, clusters, settings)
    return _table(ids, kept["date"].to_list(), clusters)


def _join_near(
    texts: Sequence[tuple[int, list[str]]], clusters: "_Clusters", settings: DuplicateSettings
) -> None:
    # Imported here: it takes a third of a second to load.
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(settings.threshold, settings.permutations, weights=_LSH_WEIGHTS)
    empty = MinHash(settings.permutations, seed=1, hashfunc=int, scheme="affine32")
    shingles: dict[int, Shingles] = {}
    for place, found in texts:
        shingles[place] = _shingles(found, settings.shingle_words)
        sketch = empty.copy()
        sketch.update_batch((shingles[place] & np.uint64(0xFFFFFFFF)).tolist())
        for other in index.query(sketch):
            if clusters.of(place) != clusters.of(other) and (
                jaccard(shingles[place], shingles[other]) >= settings.threshold
            ):
                clusters.join(place, other)
        index.insert(place, sketch, check_duplication=False)


def _shingles(found: list[str], n_words: int) -> Shingles:
    runs = {" ".join(found[n : n + n_words]) for n in range(max(1, len(found) - n_words + 1))}
    digests = b"".join(hashlib.blake2b(run.encode(), digest_size=8).digest() for run in runs)
    return np.unique(np.frombuffer(digests, dtype="<u8").astype(np.uint64))


def jaccard(one: Shingles, other: Shingles) -> float:
    """Return the share of shingles in common, in [0, 1], of two arrays without repeats."""
    common = len(np.intersect1d(one, other, assume_unique=True))
    return common / (len(one) + len(other) - common)


class _Clusters:
    """Places 0 … n−1, joined into clusters (union-find; the smaller root stays root)."""

    def __init__(self, n: int) -> None:
        self._above = list(range(n))

    def of(self, place: int) -> int:
        path = [place]
        while self._above[path[-1]] != path[-1]:
            path.append(self._above[path[-1]])
        for below, _ in pairwise(path):
            self._above[below] = path[-1]
        return path[-1]

    def join(self, one: int, other: int) -> None:
        small, large = sorted((self.of(one), self.of(other)))
        self._above[large] = small


def _table(ids: list[str], dates: list[date | None], clusters: _Clusters) -> pl.DataFrame:
    members: dict[int, list[int]] = {}
    for place in range(len(ids)):
        members.setdefault(clusters.of(place), []).append(place)
    rows: list[tuple[str, str, int, bool]] = []
    for places in members.values():
        first = min(places, key=lambda place: (dates[place] or date.max, ids[place]))
        rows.extend((ids[place], ids[first], len(places), place == first) for place in places)
    return pl.DataFrame(rows, schema=TABLES["unique"], orient="row").sort("doc_id")
