"""The stages that find topics and judge them."""

from pathlib import Path

import polars as pl

from geostance.config import Config
from geostance.files import read_table, write_json, write_table
from geostance.stages.basis import Record, kept_documents


def topics_fit(
    config: Config, *, cleaned: Path, unique: Path, embeddings: Path, output: Path
) -> Record:
    """Group the documents into topics and list each topic's words per language."""
    from geostance.sentences import full_text
    from geostance.topics import TopicDocuments, describe_topics, document_vectors, fit_topics

    clusters = read_table(unique, "unique")
    chosen = clusters.filter("is_representative") if config.topics.unit == "distinct" else clusters
    texts = kept_documents(cleaned).join(chosen, on="doc_id", how="semi")
    doc_ids, vectors = document_vectors(
        read_table(embeddings, "embeddings").join(chosen, on="doc_id", how="semi")
    )
    texts = pl.DataFrame({"doc_id": doc_ids}).join(texts, on="doc_id", maintain_order="left")
    documents = TopicDocuments.of(
        doc_ids,
        [full_text(title, text) for title, text in texts.select("title", "text").iter_rows()],
        texts["language"].to_list(),
        vectors,
    )
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
