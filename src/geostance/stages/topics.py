"""The stages that find topics and judge them.

They import from modules, not from the package: a change in how topics are judged leaves the
fit as it is.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from geostance.config import Config
from geostance.files import read_table, write_json, write_table
from geostance.stages.basis import Record, kept_documents

if TYPE_CHECKING:
    from geostance.topics import ParallelTexts, TopicDocuments


def topics_fit(
    config: Config, *, cleaned: Path, unique: Path, embeddings: Path, output: Path
) -> Record:
    """Group the documents into topics and list each topic's words per language."""
    from geostance.topics.description import describe_topics
    from geostance.topics.model import fit_topics

    clusters = read_table(unique, "unique")
    documents = _topic_documents(config, cleaned, clusters, embeddings)
    fit = fit_topics(documents, config.topics, config.seed_for("topics"))
    description = describe_topics(documents, fit.topics, config.topics)
    assigned = _copies_follow(fit.topics, clusters)
    write_table(output.with_name("topic_words.parquet"), description.words, "topic_words")
    write_table(output.with_name("topic_info.parquet"), description.info, "topic_info")
    write_json(
        output.with_name("topic_model.json"),
        {
            "parameters": fit.parameters,
            "unit": config.topics.unit,
            "seed": config.seed_for("topics"),
            "messages": list(fit.messages),
        },
    )
    write_table(output, assigned, "topics")
    outliers = int((fit.topics["topic"] == -1).sum())
    return {
        "read": len(fit.topics),
        "topics": fit.topics.filter(pl.col("topic") >= 0)["topic"].n_unique(),
        "outliers": outliers,
    }


def topics_assess(
    config: Config,
    *,
    documents: Path,
    cleaned: Path,
    unique: Path,
    embeddings: Path,
    topics: Path,
    output: Path,
    parallel: Path | None = None,
) -> Record:
    """Judge the topics: coherence, sizes, and whether they follow language or copies.

    PARALLEL is a table of texts that exist in several languages, with the columns pair,
    language and text: their translations should share a topic.
    """
    from geostance.topics.quality import assess_topics

    clusters = read_table(unique, "unique")
    printed = (
        clusters.select("doc_id", "cluster_id")
        .join(kept_documents(cleaned).select("doc_id", "language"), on="doc_id")
        .join(read_table(documents, "documents", ["text"]).select("doc_id", "outlet"), on="doc_id")
    )
    found = assess_topics(
        # Whatever the unit of the fit: each text once.
        _topic_documents(config, cleaned, clusters.filter("is_representative"), embeddings),
        read_table(topics, "topics"),
        read_table(topics.with_name("topic_words.parquet"), "topic_words"),
        config.topics.quality,
        config.seed_for("topics-assess"),
        printed=printed,
        parallel=_parallel(config, parallel) if parallel else None,
    )
    write_table(output.with_name("topic_flags.parquet"), found.flags, "topic_flags")
    write_table(output.with_name("topic_languages.parquet"), found.languages, "topic_languages")
    write_table(output.with_name("topic_pairs.parquet"), found.pairs, "topic_pairs")
    write_table(output, found.quality, "topic_quality")
    return {
        "topics": found.quality["topic"].drop_nulls().n_unique(),
        "flagged": found.flags["topic"].drop_nulls().n_unique(),
        "parallel_texts": len(found.pairs),
    }


def _topic_documents(
    config: Config, cleaned: Path, clusters: pl.DataFrame, embeddings: Path
) -> "TopicDocuments":
    """Return the documents that topics are made of: distinct texts, or all as printed."""
    from geostance.sentences import full_text
    from geostance.topics.documents import TopicDocuments
    from geostance.topics.vectors import document_vectors

    chosen = clusters.filter("is_representative") if config.topics.unit == "distinct" else clusters
    texts = kept_documents(cleaned).join(chosen, on="doc_id", how="semi")
    doc_ids, vectors = document_vectors(
        read_table(embeddings, "embeddings").join(chosen, on="doc_id", how="semi")
    )
    texts = pl.DataFrame({"doc_id": doc_ids}).join(texts, on="doc_id", maintain_order="left")
    return TopicDocuments.of(
        doc_ids,
        [full_text(title, text) for title, text in texts.select("title", "text").iter_rows()],
        texts["language"].to_list(),
        vectors,
    )


def _parallel(config: Config, path: Path) -> "ParallelTexts":
    """Read parallel texts and give them vectors as the study's documents have them."""
    from geostance.encoders import load_encoder
    from geostance.sentences import sentence_table
    from geostance.topics.parallel import ParallelTexts, read_parallel
    from geostance.topics.vectors import document_vectors

    texts = read_parallel(path)
    sentences = sentence_table(
        texts.select(
            "text",
            "language",
            doc_id=pl.int_range(pl.len()).cast(pl.String).str.zfill(8),
            title=pl.lit(None, pl.String),
            dropped_reason=pl.lit(None, pl.String),
        )
    )
    own = config.encoder
    encoder = load_encoder(own.name, own.revision, own.prompt, own.batch)
    encoded = pl.Series(
        "vector",
        encoder.encode(sentences["text"].to_list()),
        dtype=pl.Array(pl.Float32, encoder.dim),
    )
    _, vectors = document_vectors(sentences.with_columns(encoded))
    return ParallelTexts(texts, vectors)


def _copies_follow(topics: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """Give each copy the topic of the text that stands for its cluster."""
    of_cluster = clusters.select("doc_id", "cluster_id").join(topics, on="doc_id")
    return (
        clusters.select("doc_id", "cluster_id")
        .join(of_cluster.drop("doc_id").unique("cluster_id"), on="cluster_id")
        .drop("cluster_id")
        .sort("doc_id")
        if len(of_cluster) < len(clusters)
        else topics
    )
