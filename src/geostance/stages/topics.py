"""The stages that find topics and describe them."""

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from geostance.config import Config
from geostance.files import read_table, write_json, write_table
from geostance.stages.basis import Record, document_groups, kept_documents

if TYPE_CHECKING:
    from geostance.topics.documents import TopicDocuments


def topics_fit(
    config: Config, *, cleaned: Path, unique: Path, embeddings: Path, output: Path
) -> Record:
    """Group the documents into topics."""
    from geostance.topics.model import fit_topics

    documents = _topic_documents(config, cleaned, read_table(unique, "unique"), embeddings)
    fit = fit_topics(documents, config.topics, config.seed_for("topics"))
    write_json(
        output.with_name("topic_model.json"),
        {
            "parameters": fit.parameters,
            "unit": config.topics.unit,
            "seed": config.seed_for("topics"),
            "messages": list(fit.messages),
        },
    )
    write_table(output, fit.topics, "topics")
    outliers = int((fit.topics["topic"] == -1).sum())
    return {
        "read": len(fit.topics),
        "topics": fit.topics.filter(pl.col("topic") >= 0)["topic"].n_unique(),
        "outliers": outliers,
    }


def topics_describe(
    config: Config,
    *,
    fitted: Path,
    documents: Path,
    cleaned: Path,
    unique: Path,
    embeddings: Path,
    responses: Path,
    output: Path,
) -> Record:
    """Say what the fitted topics are about: words, documents, how they lie together, trends.

    Nothing is fitted again. ``responses`` keeps the answers of a paid service, if the config
    wants its labels.
    """
    from geostance.encoders import load_encoder
    from geostance.topics.description import describe_topics
    from geostance.topics.labels import label_topics
    from geostance.topics.trends import topic_trends

    clusters = read_table(unique, "unique")
    chosen = _topic_documents(config, cleaned, clusters, embeddings)
    topics = read_table(fitted, "topics")
    encode = None
    if config.topics.representation != "ctfidf":
        own = config.encoder
        encode = load_encoder(own.name, own.revision, own.prompt, own.batch).encode
    dates = read_table(documents, "documents", ["text"]).filter(
        pl.col("date").is_not_null() & (pl.col("date_precision") == "day")
    )
    description = describe_topics(chosen, topics, config.topics, encode, dates)
    info, bill = description.info, {}
    if config.topics.labels == "llm":
        info, bill = label_topics(description, chosen, config.stance.llm, responses)
    assigned = _copies_follow(topics, clusters)
    trends = topic_trends(
        assigned,
        document_groups(documents, clusters, cleaned),
        clusters.filter("is_representative").select("doc_id"),
    )
    tables = {
        "topic_words": description.words,
        "topic_documents": description.documents,
        "topic_hierarchy": description.hierarchy,
        "topic_trends": trends,
        "topic_info": info,
    }
    for name, table in tables.items():
        write_table(output.with_name(f"{name}.parquet"), table, name)
    write_table(output, assigned, "topics")
    return {
        "topics": info.filter(pl.col("topic") >= 0).height,
        "terms": description.words.filter(pl.col("word").str.contains(" ", literal=True)).height,
        **bill,
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
