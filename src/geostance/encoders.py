"""Sentence encoders behind one protocol: the embedded one, Model2Vec and sentence-transformers.

Nothing here downloads: a model that is not on disk is an error that says how to fetch it.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np

from geostance.errors import ModelError
from geostance.files import read_json, sha256
from geostance.optional import require

EMBEDDED = Path(__file__).parent / "models" / "encoder"
BATCH = 1_024


class Encoder(Protocol):
    """Turns texts into vectors whose inner product is their similarity."""

    dim: int

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return float32 vectors (n_texts, dim) of unit length."""
        ...


class StaticEncoder:
    """A Model2Vec folder: averaged subword vectors, without truncation.

    Source: Tulkens and van Dongen 2024, https://github.com/MinishLab/model2vec.
    """

    def __init__(self, folder: Path) -> None:
        from model2vec import StaticModel

        try:
            self._model = StaticModel.from_pretrained(folder, max_length=None)
        except Exception as error:
            raise ModelError(
                f"the Model2Vec model does not load: {error}",
                str(folder),
                "restore the folder, or name another encoder in the configuration",
            ) from error
        self.dim = int(self._model.dim)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return float32 vectors (n_texts, dim) of unit length."""
        texts = _listed(texts)
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        # Threads are the tokenizer's own: a second pool on top would be slower and would set
        # TOKENIZERS_PARALLELISM for the whole process.
        vectors = self._model.encode(texts, batch_size=BATCH, use_multiprocessing=False)
        return unit_rows(vectors)


class TransformerEncoder:
    """A sentence-transformers folder; needs the ``transformers`` extra.

    Source: Reimers and Gurevych 2019, arXiv:1908.10084.
    """

    def __init__(self, folder: Path) -> None:
        package = require("sentence_transformers", "transformers")
        try:
            self._model = package.SentenceTransformer(str(folder), local_files_only=True)
        except Exception as error:
            raise ModelError(
                f"the sentence-transformers model does not load: {error}",
                str(folder),
                "restore the folder, or name another encoder in the configuration",
            ) from error
        self.dim = int(self._model.get_sentence_embedding_dimension())

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return float32 vectors (n_texts, dim) of unit length."""
        texts = _listed(texts)
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        return unit_rows(self._model.encode(texts, show_progress_bar=False))


def _listed(texts: Sequence[str]) -> list[str]:
    if isinstance(texts, str):
        # A string is a sequence of its letters: it would be encoded letter by letter.
        raise TypeError("encode takes a list of texts; put the one text in a list")
    return list(texts)


def unit_rows(vectors: np.ndarray) -> np.ndarray:
    """Scale each row to length one, float32.

    A text without a known piece has no direction; it gets the same one as every
    other such text, so that no row is null or not a number.
    """
    vectors = np.asarray(vectors, np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    silent = lengths[:, 0] < 1e-12
    vectors = vectors / np.where(lengths < 1e-12, 1, lengths)
    vectors[silent] = vectors.shape[1] ** -0.5
    return vectors


@lru_cache(maxsize=2)
def load_encoder(name_or_path: str | Path | None = None, revision: str | None = None) -> Encoder:
    """Return the encoder of a name: None or "embedded", a model folder, or a hub name on disk.

    Raises:
        ModelError: no such folder, a folder of unknown kind, or a hub model that is not on disk.
        MissingPackageError: a sentence-transformers model without the ``transformers`` extra.
    """
    folder = model_folder(name_or_path, revision)
    if (folder / "config.json").exists() and "model2vec" in str(
        read_json(folder / "config.json").get("model_type")
    ):
        return StaticEncoder(folder)
    if (folder / "modules.json").exists():
        return TransformerEncoder(folder)
    raise ModelError(
        "the folder holds neither a Model2Vec nor a sentence-transformers model",
        str(folder),
        "name a folder with config.json (model_type model2vec) or modules.json",
    )


def model_folder(name_or_path: str | Path | None, revision: str | None = None) -> Path:
    """Return the folder on disk of a model's name.

    Raises:
        ModelError: there is none; a hub name needs its revision and an earlier download.
    """
    if name_or_path in (None, "embedded"):
        return EMBEDDED
    folder = Path(str(name_or_path)).expanduser()
    if folder.is_dir():
        return folder
    name = str(name_or_path)
    if name.count("/") != 1:
        raise ModelError(
            f"there is no encoder {name!r}",
            str(folder.absolute()),
            'name "embedded", a model folder, or a hub model as owner/model',
        )
    if revision is None:
        raise ModelError(
            f"the hub model {name} has no revision",
            "encoder.revision",
            "set encoder.revision to the commit you downloaded, so that a rerun loads the same",
        )
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, revision=revision, local_files_only=True))
    except (LocalEntryNotFoundError, FileNotFoundError) as error:
        raise ModelError(
            f"the hub model {name} at {revision} is not on this machine",
            "the Hugging Face cache",
            f"fetch it once while online: hf download {name} --revision {revision}",
        ) from error


def model_identity(name_or_path: str | None, revision: str | None = None) -> str:
    """Return what tells one model from another: the hash of its files, or name and revision."""
    if name_or_path not in (None, "embedded") and not Path(str(name_or_path)).is_dir():
        return f"{name_or_path}@{revision}"
    folder = model_folder(name_or_path)
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in {".json", ".safetensors", ".txt", ".model"}:
            digest.update(f"{path.relative_to(folder)} {sha256(path)}\n".encode())
    return digest.hexdigest()
