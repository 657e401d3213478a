"""The stages that find topics and judge them."""

from dataclasses import asdict
from pathlib import Path

import polars as pl

from geostance.config import Config
from geostance.files import read_table, write_json, write_table
from geostance.stages.basis import Record, kept_documents
from geostance.stages.topicbasis import (
    chosen_documents,
    encoder_record,
    topic_documents,
    topic_guidance,
    topic_passages,
)


def topics_fit(
    config: Config,
    *,
    cleaned: Path,
    sentences: Path,
    unique: Path,
    embeddings: Path,
    output: Path,
) -> Record:
    """Group the documents into topics and list each topic's words per language."""
    from geostance.topics import (
        describe_topics,
        fit_topics,
        name_topics,
        neighbour_shares,
        of_documents,
        passage_shares,
        with_unit_ids,
    )

    clusters = read_table(unique, "unique")
    vectors = read_table(embeddings, "embeddings").join(
        chosen_documents(config, clusters), on="doc_id", how="semi"
    )
    documents = topic_documents(kept_documents(cleaned), vectors)
    passages = topic_passages(config, documents, sentences, vectors)
    seed = config.seed_for("topics")
    fit = fit_topics(documents, config.topics, seed, topic_guidance(config), passages)
    if passages is None:
        description = describe_topics(documents, fit.topics, config.topics)
        shares = neighbour_shares(documents, fit.topics)
    else:
        described = describe_topics(passages.units, with_unit_ids(fit.passages), config.topics)
        description = of_documents(described, passages, fit.topics)
        shares = passage_shares(documents, passages, fit.passages)
    outliers, before = (int((fit.topics[name] == -1).sum()) for name in ("topic", "topic_found"))
    n_topics = fit.topics.filter(pl.col("topic") >= 0)["topic"].n_unique()
    info = name_topics(description.info, fit.themes)
    tables = {
        "topic_words": description.words,
        "topic_info": info,
        "topic_passages": fit.passages,
        "topic_shares": _copies_follow(shares, clusters),
    }
    for name, table in tables.items():
        write_table(output.with_name(f"{name}.parquet"), table, name)
    write_json(
        output.with_name("topic_model.json"),
        {
            "parameters": fit.parameters,
            "unit": config.topics.unit,
            "seed": seed,
            "messages": list(fit.messages),
            "encoder": encoder_record(config),
            "settings": config.topics.model_dump(mode="json"),
            "number": {"asked": config.topics.number, "found": fit.n_found, "kept": n_topics},
            "themes": [asdict(theme) for theme in fit.themes],
            "outliers": {"before": before, "after": outliers},
        },
    )
    write_table(output, _copies_follow(fit.topics, clusters), "topics")
    reduced = {"outliers_found": before} if config.topics.outliers == "nearest" else {}
    cut = {"passages": len(fit.passages)} if passages else {}
    return {"read": len(fit.topics), **cut, "topics": n_topics, **reduced, "outliers": outliers}


def _copies_follow(table: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """Give each copy the rows of the text that stands for its cluster.

    A document that was fitted itself keeps its own.
    """
    fitted = table["doc_id"].unique()
    source = pl.when(pl.col("doc_id").is_in(fitted.implode())).then("doc_id")
    return (
        clusters.select("doc_id", source=source.otherwise("cluster_id"))
        .join(table.rename({"doc_id": "source"}), on="source", maintain_order="left_right")
        .select(table.columns)
        .sort("doc_id", maintain_order=True)
    )
