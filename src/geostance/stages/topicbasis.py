"""What the stages of topics read alike: a study's documents, their passages, and its themes."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from geostance.files import read_table
from geostance.settings.corpus import EncoderSettings
from geostance.settings.topics import TopicSettings
from geostance.stages.vectors import study_encoder

if TYPE_CHECKING:
    from geostance.topics.documents import TopicDocuments
    from geostance.topics.guidance import Guidance
    from geostance.topics.passages import Passages


def chosen_documents(settings: TopicSettings, clusters: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the table ``unique`` that topics are made of."""
    return clusters.filter("is_representative") if settings.unit == "distinct" else clusters


def topic_documents(kept: pl.DataFrame, embeddings: pl.DataFrame) -> "TopicDocuments":
    """Return the documents of the table ``embeddings`` with their texts, those ``kept``."""
    from geostance.sentences import full_text
    from geostance.topics.documents import TopicDocuments
    from geostance.topics.vectors import document_vectors

    doc_ids, vectors = document_vectors(embeddings)
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
    embeddings: pl.DataFrame,
) -> "Passages | None":
    """Return the passages of ``documents`` where the settings ask for them."""
    from geostance.topics.passages import Passages

    words = settings.passage_words
    if words is None:
        return None
    return Passages.of(documents, read_table(sentences, "sentences"), embeddings, words)


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
