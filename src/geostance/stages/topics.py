"""The stages that find topics and judge them."""

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from geostance.config import Config
from geostance.files import read_table, write_json, write_table
from geostance.log import logger
from geostance.stages.basis import Record, kept_documents

if TYPE_CHECKING:
    from geostance.topics import TopicDocuments


def topics_fit(
    config: Config, *, cleaned: Path, unique: Path, embeddings: Path, output: Path
) -> Record:
    """Group the documents into topics."""
    from geostance.topics import fit_topics

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
    cleaned: Path,
    unique: Path,
    embeddings: Path,
    output: Path,
    edits: Path | None = None,
) -> Record:
    """Apply the researcher's edits to the fitted topics, and list each topic's words per language.

    Nothing is fitted again. EDITS is the study's topics.yml, if it has one.
    """
    from geostance.topics import describe_topics
    from geostance.topics.centres import central_documents
    from geostance.topics.copies import copies_follow
    from geostance.topics.editing import edit_topics
    from geostance.topics.edits import read_edits

    decided = read_edits(edits) if edits else ()
    clusters = read_table(unique, "unique")
    documents = _topic_documents(config, cleaned, clusters, embeddings)
    topics = read_table(fitted, "topics")
    description = describe_topics(documents, topics, config.topics)
    fit_words = description.words
    edited = edit_topics(decided, copies_follow(topics, clusters), fit_words, config.topics.edits)
    for message in edited.messages(topics):
        logger.warning(message)
    # The browser of the topics reads them as the fit has them, before the edits.
    write_table(output.with_name("topic_words_fitted.parquet"), fit_words, "topic_words")
    write_table(output.with_name("topic_info_fitted.parquet"), description.info, "topic_info")
    if edited.numbers:
        description = describe_topics(documents, edited.renumber(topics), config.topics)
    centres = central_documents(documents, topics["topic"].to_list())
    write_table(output.with_name("topic_centres.parquet"), centres, "topic_centres")
    write_table(output.with_name("topic_words.parquet"), description.words, "topic_words")
    write_table(
        output.with_name("topic_info.parquet"), edited.named(description.info), "topic_info"
    )
    write_table(output.with_name("topic_edits.parquet"), edited.table(topics), "topic_edits")
    write_table(output, copies_follow(edited.renumber(topics), clusters), "topics")
    statuses = [match.status for match in edited.matches]
    counts = {one: statuses.count(one) for one in ("applied", "drifted", "lost")}
    return {
        "topics": edited.renumber(topics).filter(pl.col("topic") >= 0)["topic"].n_unique(),
        **({"edits": counts} if decided else {}),
    }


def _topic_documents(
    config: Config, cleaned: Path, clusters: pl.DataFrame, embeddings: Path
) -> "TopicDocuments":
    """Return the documents that topics are made of: distinct texts, or all as printed."""
    from geostance.sentences import full_text
    from geostance.topics import TopicDocuments, document_vectors

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
