"""Sentence encoders behind one protocol: the embedded one, Model2Vec and sentence-transformers.

Nothing here downloads: a model that is not on disk is an error that says how to fetch it.
"""

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from geostance.errors import ModelError, SchemaError
from geostance.files import read_json, sha256
from geostance.log import logger
from geostance.optional import require

if TYPE_CHECKING:
    import numpy as np

EMBEDDED = Path(__file__).parent / "models" / "encoder"
STATIC_BATCH = 1_024
TRANSFORMER_BATCH = 64
# Endings of torch's own format.
_PICKLES = frozenset({".bin", ".pt", ".pth", ".ckpt", ".pkl"})
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")


class Encoder(Protocol):
    """Turns texts into vectors whose inner product is their similarity."""

    dim: int

    def encode(self, texts: Sequence[str]) -> "np.ndarray":
        """Return float32 vectors (n_texts, dim) of unit length."""
        ...

    def truncated(self, texts: Sequence[str]) -> int:
        """Return how many of ``texts`` are longer than what the encoder reads of a text."""
        ...


class StaticEncoder:
    """A Model2Vec folder: averaged subword vectors, without truncation.

    Source: Tulkens and van Dongen 2024, https://github.com/MinishLab/model2vec.
    """

    def __init__(self, folder: Path, prompt: str = "") -> None:
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
        self._prompt = prompt

    def encode(self, texts: Sequence[str]) -> "np.ndarray":
        """Return float32 vectors (n_texts, dim) of unit length."""
        import numpy as np

        texts = [self._prompt + text for text in _listed(texts)]
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        # Threads are the tokenizer's own: a second pool on top would be slower and would set
        # TOKENIZERS_PARALLELISM for the whole process.
        vectors = self._model.encode(texts, batch_size=STATIC_BATCH, use_multiprocessing=False)
        return unit_rows(vectors)

    def truncated(self, texts: Sequence[str]) -> int:
        """Return 0: every text is read whole."""
        return 0


class TransformerEncoder:
    """A sentence-transformers folder; needs the ``transformers`` extra. Runs on a GPU if there is.

    It reads the beginning of a text, up to the model's window; :meth:`encode` warns of texts
    that are longer.

    Source: Reimers and Gurevych 2019, arXiv:1908.10084.
    """

    def __init__(self, folder: Path, prompt: str = "", batch: int = TRANSFORMER_BATCH) -> None:
        package = require("sentence_transformers", "transformers")
        _refuse_code(folder)
        try:
            self._model = package.SentenceTransformer(
                str(folder), local_files_only=True, trust_remote_code=False
            )
        except Exception as error:
            raise ModelError(
                f"the sentence-transformers model does not load: {error}",
                str(folder),
                "restore the folder, or name another encoder in the configuration",
            ) from error
        # Some folders name the prompt they were trained with.
        own = self._model.prompts.get(self._model.default_prompt_name or "", "")
        self._prompt, self._batch = prompt or own, batch
        self.dim = int(self._vectors(["-"]).shape[1])

    def encode(self, texts: Sequence[str]) -> "np.ndarray":
        """Return float32 vectors (n_texts, dim) of unit length."""
        import numpy as np

        texts = _listed(texts)
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        if cut := self.truncated(texts):
            logger.warning(
                "warning: %d of %d texts are longer than the encoder's window of %d pieces; "
                "only their beginnings are read",
                cut,
                len(texts),
                self._model.max_seq_length,
            )
        return unit_rows(self._vectors(texts))

    def truncated(self, texts: Sequence[str]) -> int:
        """Return how many of ``texts`` are longer than the model's window."""
        window = self._model.max_seq_length
        if window is None or not isfinite(window):
            return 0
        # A text has at least as many bytes as pieces, but for the two at its ends: most are
        # seen to be short without being cut up.
        long = [self._prompt + text for text in _listed(texts)]
        long = [text for text in long if len(text.encode()) + 2 > window]
        if not long:
            return 0
        pieces = self._model.tokenizer(long, truncation=False, verbose=False)["input_ids"]
        return sum(len(ids) > window for ids in pieces)

    def _vectors(self, texts: list[str]) -> "np.ndarray":
        return self._model.encode(
            texts, prompt=self._prompt or None, batch_size=self._batch, show_progress_bar=False
        )


def _json(path: Path) -> Any:
    try:
        return read_json(path)
    except SchemaError as error:
        raise ModelError(error.what, str(path), "restore the folder of the model") from error


def _refuse_code(folder: Path) -> None:
    """Refuse a folder that would run what it names: another package's classes, or pickles."""
    parts = _json(folder / "modules.json")
    kinds = [str(part.get("type")) for part in parts if isinstance(part, dict)]
    strange = [kind for kind in kinds if not kind.startswith("sentence_transformers.")]
    safe = {path.parent for path in folder.rglob("*.safetensors")}
    pickles = [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix in _PICKLES and path.parent not in safe
    ]
    if strange or pickles:
        raise ModelError(
            f"the model names classes of its own: {strange[0]!r}"
            if strange
            else f"the weights {pickles[0].name} are a pickle, which may run code",
            str(folder),
            "name a sentence-transformers model of its standard parts, saved as safetensors",
        )


def _listed(texts: Sequence[str]) -> list[str]:
    if isinstance(texts, str):
        # A string is a sequence of its letters: it would be encoded letter by letter.
        raise TypeError("encode takes a list of texts; put the one text in a list")
    return list(texts)


def unit_rows(vectors: "np.ndarray") -> "np.ndarray":
    """Scale each row to length one, float32.

    A text without a known piece has no direction; it gets the same one as every
    other such text, so that no row is null or not a number.
    """
    import numpy as np

    vectors = np.asarray(vectors, np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    silent = lengths[:, 0] < 1e-12
    vectors = vectors / np.where(lengths < 1e-12, 1, lengths)
    vectors[silent] = vectors.shape[1] ** -0.5
    return vectors


@lru_cache(maxsize=2)
def load_encoder(
    name_or_path: str | Path | None = None,
    revision: str | None = None,
    prompt: str = "",
    batch: int = TRANSFORMER_BATCH,
) -> Encoder:
    """Return the encoder of a name: None or "embedded", a model folder, or a hub name on disk.

    ``prompt`` is put before every text, for models trained with one ("query: "); ``batch`` is
    how many texts a transformer reads at once.

    Raises:
        ModelError: no such folder, a folder of unknown kind, or a hub model that is not on disk.
        MissingPackageError: a sentence-transformers model without the ``transformers`` extra.
    """
    folder = model_folder(name_or_path, revision)
    if (folder / "config.json").exists() and "model2vec" in str(
        _json(folder / "config.json").get("model_type")
    ):
        return StaticEncoder(folder, prompt)
    if (folder / "modules.json").exists():
        return TransformerEncoder(folder, prompt, batch)
    raise ModelError(
        "the folder holds neither a Model2Vec nor a sentence-transformers model",
        str(folder),
        "name a folder with config.json (model_type model2vec) or modules.json",
    )


def model_folder(
    name_or_path: str | Path | None, revision: str | None = None, section: str = "encoder"
) -> Path:
    """Return the folder on disk of the model that a ``section`` of the configuration names.

    Raises:
        ModelError: there is none; a hub name needs its revision and an earlier download.
    """
    if name_or_path in (None, "embedded"):
        return EMBEDDED
    folder = Path(str(name_or_path)).expanduser()
    if folder.is_dir():
        return folder
    name = str(name_or_path)
    if not _HUB_NAME.fullmatch(name):
        embedded = '"embedded", ' if section == "encoder" else ""
        raise ModelError(
            f"there is no model {name!r} for {section}",
            str(folder.absolute()),
            f"name {embedded}a model folder, or a hub model as owner/model",
        )
    if revision is None:
        raise ModelError(
            f"there is no folder {name}, and as a hub model it has no revision",
            f"{section}.revision",
            f"set {section}.revision to the commit you downloaded, so that a rerun loads the same",
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


def model_identity(
    name_or_path: str | None, revision: str | None = None, section: str = "encoder"
) -> str:
    """Return what tells one model from another: a hash of its files, or hub name and commit.

    Raises:
        ModelError: the model is not on disk.
    """
    folder = model_folder(name_or_path, revision, section)
    if name_or_path not in (None, "embedded") and not Path(str(name_or_path)).expanduser().is_dir():
        # The cache names a download's folder by its commit, even when the revision is a branch.
        return f"{name_or_path}@{folder.name}"
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in {".json", ".safetensors", ".onnx", ".txt", ".model"}:
            digest.update(f"{path.relative_to(folder)} {sha256(path)}\n".encode())
    return digest.hexdigest()
