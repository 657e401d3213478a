"""Vectors that a slow encoder made before, with the seconds that it took then."""

import hashlib
from pathlib import Path
from time import perf_counter

import numpy as np

from geostance.encoders import Encoder
from geostance.files import read_json, replacing, write_json


def cached_vectors(
    encoder: Encoder, texts: list[str], folder: Path | None
) -> tuple[np.ndarray, float]:
    """Return float32 vectors (n_texts, dim) and the seconds that making them took.

    ``folder`` keeps them by the hash of the texts: it belongs to one encoder. Without a folder
    they are made anew.
    """
    if folder is None:
        start = perf_counter()
        return encoder.encode(texts), perf_counter() - start
    key = hashlib.sha256("\0".join(texts).encode()).hexdigest()[:32]
    vectors, record = folder / f"{key}.npy", folder / f"{key}.json"
    if not record.exists():
        start = perf_counter()
        made = encoder.encode(texts)
        seconds = perf_counter() - start
        with replacing(vectors) as path, path.open("wb") as file:
            np.save(file, made, allow_pickle=False)
        write_json(record, {"seconds": seconds, "texts": len(texts)})
    return np.load(vectors, allow_pickle=False), read_json(record)["seconds"]
