"""Vectors of sentences, by the study's encoder or by another."""

from typing import TYPE_CHECKING

import polars as pl

from geostance.settings.corpus import EncoderSettings

if TYPE_CHECKING:
    from geostance.encoders import Encoder


def study_encoder(settings: EncoderSettings) -> "Encoder":
    """Return the encoder that a study's section ``encoder`` names."""
    from geostance.encoders import load_encoder

    return load_encoder(settings.name, settings.revision, settings.prompt, settings.batch)


def sentence_vectors(
    sentences: pl.DataFrame, settings: EncoderSettings
) -> tuple[pl.DataFrame, "Encoder"]:
    """Return the schema's table ``embeddings`` of ``sentences``, and the encoder that made it."""
    encoder = study_encoder(settings)
    vectors = encoder.encode(sentences["text"].to_list())
    frame = sentences.select("sentence_id", "doc_id").with_columns(
        pl.Series("vector", vectors, dtype=pl.Array(pl.Float32, encoder.dim))
    )
    return frame, encoder
