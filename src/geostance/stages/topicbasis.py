"""What the stages of topics read alike: a study's documents, their passages, and its themes."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from geostance.errors import StaleError
from geostance.files import read_parts, read_table
from geostance.settings.corpus import EncoderSettings
from geostance.settings.topics import TopicSettings
from geostance.stages.vectors import study_encoder

if TYPE_CHECKING:
    import numpy as np

    from geostance.topics.documents import TopicDocuments
    from geostance.topics.guidance import Guidance
    from geostance.topics.passages import Passages


def chosen_documents(settings: TopicSettings, clusters: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the table ``unique`` that topics are made of."""
    return clusters.filter("is_representative") if settings.unit == "distinct" else clusters


def topic_documents(kept: pl.DataFrame, embeddings: pl.DataFrame) -> "TopicDocuments":
    """Return the documents of the table ``embeddings`` with their texts, those ``kept``."""
    from geostance.topics.vectors import document_vectors

    return _with_texts(*document_vectors(embeddings), kept)


def read_documents(
    kept: pl.DataFrame, embeddings: Path, chosen: pl.DataFrame | None = None
) -> "TopicDocuments":
    """Return the documents of the file ``embeddings`` with their texts, if ``chosen``.

    Of the sentences' vectors, many times as large as the documents', a part is in memory.

    Raises:
        StaleError: the sentences of a document lie apart.
    """
    import numpy as np

    from geostance.topics.vectors import document_vectors

    n_documents = len(kept if chosen is None else chosen)
    ids: list[str] = []
    vectors = np.empty((0, 0), np.float32)
    for sentences in _whole_documents(embeddings):
        own = sentences if chosen is None else sentences.join(chosen, on="doc_id", how="semi")
        found, means = document_vectors(own)
        if not ids:
            vectors = np.empty((n_documents, means.shape[1]), np.float32)
        vectors[len(ids) : len(ids) + len(found)] = means
        ids += found
    if len(set(ids)) < len(ids):
        raise StaleError(
            "the sentences of a document lie apart",
            str(embeddings),
            "delete the file and run make again",
        )
    return _with_texts(ids, vectors[: len(ids)], kept)


def _whole_documents(embeddings: Path) -> Iterator[pl.DataFrame]:
    """Yield the table ``embeddings`` in parts, the sentences of a document in one part."""
    waiting: pl.DataFrame | None = None
    for part in read_parts(embeddings, "embeddings"):
        read = part if waiting is None else pl.concat([waiting, part])
        # The next part may begin with sentences of the last document.
        last = pl.col("doc_id") == pl.col("doc_id").last()
        yield read.filter(~last)
        waiting = read.filter(last)
    if waiting is not None:
        yield waiting


def _with_texts(doc_ids: list[str], vectors: "np.ndarray", kept: pl.DataFrame) -> "TopicDocuments":
    from geostance.sentences import full_text
    from geostance.topics.documents import TopicDocuments

    texts = pl.DataFrame({"doc_id": doc_ids}).join(kept, on="doc_id", maintain_order="left")
    return TopicDocuments.of(
        doc_ids,
        [full_text(title, text) for title, text in texts.select("title", "text").iter_rows()],
        texts["language"].to_list(),
        vectors,
    )


def topic_passages(
    settings: TopicSettings,
    documents: "TopicDocuments",
    sentences: Path,
    embeddings: Path,
) -> "Passages | None":
    """Return the passages of ``documents`` where the settings ask for them."""
    from geostance.topics.passages import Passages

    words = settings.passage_words
    if words is None:
        return None
    vectors = read_table(embeddings, "embeddings")
    return Passages.of(documents, read_table(sentences, "sentences"), vectors, words)


def topic_guidance(settings: TopicSettings, own: EncoderSettings) -> "Guidance":
    """Return the themes of the settings, encoded as the documents were."""
    from geostance.topics.guidance import Guidance

    if not settings.guided and not settings.zero_shot:
        return Guidance()
    return Guidance.of(settings, study_encoder(own).encode)


def encoder_record(own: EncoderSettings) -> dict[str, Any]:
    """Return what tells the encoder of a study from another."""
    from geostance.encoders import model_identity

    return {"model": model_identity(own.name, own.revision), "prompt": own.prompt}
