"""The stages that find topics and describe them."""

from dataclasses import asdict
from pathlib import Path

import polars as pl

from geostance.config import Config
from geostance.files import read_json, read_table, write_json, write_table
from geostance.settings.topics import FitSettings
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
    unique: Path,
    sentences: Path,
    embeddings: Path,
    output: Path,
) -> Record:
    """Group the documents into topics."""
    from geostance.topics import fit_topics

    chosen = chosen_documents(config, read_table(unique, "unique"))
    vectors = read_table(embeddings, "embeddings").join(chosen, on="doc_id", how="semi")
    documents = topic_documents(kept_documents(cleaned), vectors)
    passages = topic_passages(config, documents, sentences, vectors)
    seed = config.seed_for("topics")
    fit = fit_topics(documents, config.topics, seed, topic_guidance(config), passages)
    outliers, before = (int((fit.topics[name] == -1).sum()) for name in ("topic", "topic_found"))
    n_topics = fit.topics.filter(pl.col("topic") >= 0)["topic"].n_unique()
    write_json(
        output.with_name("topic_model.json"),
        {
            "parameters": fit.parameters,
            "unit": config.topics.unit,
            "seed": seed,
            "messages": list(fit.messages),
            "encoder": encoder_record(config),
            "settings": config.topics.model_dump(
                mode="json", include=set(FitSettings.model_fields)
            ),
            "number": {"asked": config.topics.number, "found": fit.n_found, "kept": n_topics},
            "themes": [asdict(theme) for theme in fit.themes],
            "outliers": {"before": before, "after": outliers},
        },
    )
    write_table(output.with_name("topic_passages_fitted.parquet"), fit.passages, "topic_passages")
    write_table(output, fit.topics, "topics")
    cut = {"passages": len(fit.passages)} if passages else {}
    reduced = {"outliers_found": before} if config.topics.outliers == "nearest" else {}
    return {"read": len(fit.topics), **cut, "topics": n_topics, **reduced, "outliers": outliers}


def topics_describe(
    config: Config,
    *,
    fitted: Path,
    cleaned: Path,
    unique: Path,
    sentences: Path,
    embeddings: Path,
    output: Path,
) -> Record:
    """Say what the fitted topics are about, and how far each document is of each.

    Nothing is fitted again.
    """
    from geostance.topics import (
        NamedTheme,
        copies_follow,
        describe_topics,
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
    topics = read_table(fitted, "topics")
    cut = read_table(fitted.with_name("topic_passages_fitted.parquet"), "topic_passages")
    passages = topic_passages(config, documents, sentences, vectors)
    if passages is None:
        description = describe_topics(documents, topics, config.topics)
        shares = neighbour_shares(documents, topics)
    else:
        described = describe_topics(passages.units, with_unit_ids(cut), config.topics)
        description = of_documents(described, passages, topics)
        shares = passage_shares(documents, passages, cut)
    themes = read_json(fitted.with_name("topic_model.json"))["themes"]
    info = name_topics(description.info, [NamedTheme(**theme) for theme in themes])
    tables = {
        "topic_words": description.words,
        "topic_info": info,
        "topic_passages": cut,
        "topic_shares": copies_follow(shares, clusters),
    }
    for name, table in tables.items():
        write_table(output.with_name(f"{name}.parquet"), table, name)
    write_table(output, copies_follow(topics, clusters), "topics")
    return {"topics": info.filter(pl.col("topic") >= 0).height, "shares": len(shares)}
