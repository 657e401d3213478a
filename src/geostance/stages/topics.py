"""The stages that find topics and judge them."""

from pathlib import Path

import polars as pl

from geostance.config import Config
from geostance.files import read_table, write_json, write_table
from geostance.stages.basis import Record
from geostance.stages.fits import FitJob, Sources, copies_follow, run_fits, topic_documents


def topics_fit(
    config: Config, *, cleaned: Path, unique: Path, embeddings: Path, fits: Path, output: Path
) -> Record:
    """Group the documents into topics and list each topic's words per language.

    ``fits`` keeps the fits that a consensus is made of, if the config asks for one.
    """
    from geostance.topics import describe_topics, fit_topics
    from geostance.topics.consensus import consensus, consensus_topics
    from geostance.topics.fits import Ensemble, planned

    own, seed = config.topics, config.seed_for("topics")
    sources = Sources.of(cleaned, unique, embeddings, own.unit)
    documents = topic_documents(sources)
    fit = fit_topics(documents, own, seed)
    topics, notes = fit.topics, {}
    if own.solution == "consensus":
        plans = planned(own.stability, config.seed_for("topics-consensus"))
        jobs = [FitJob(sources, own, plan) for plan in plans]
        made = run_fits(jobs, fits, own.stability.processes)
        ensemble = Ensemble.of(documents.doc_ids, made)
        found = consensus(ensemble, own.stability.overlap, own.stability.support)
        topics = consensus_topics(fit.topics, found)
        notes = {"fits": len(plans), "support": [round(one, 4) for one in found.support.tolist()]}
    description = describe_topics(documents, topics, own)
    assigned = copies_follow(topics, read_table(unique, "unique"))
    write_table(output.with_name("topic_words.parquet"), description.words, "topic_words")
    write_table(output.with_name("topic_info.parquet"), description.info, "topic_info")
    write_json(
        output.with_name("topic_model.json"),
        {
            "parameters": fit.parameters,
            "unit": own.unit,
            "solution": own.solution,
            "consensus": notes,
            "seed": seed,
            "messages": list(fit.messages),
        },
    )
    write_table(output, assigned, "topics")
    return {
        "read": len(topics),
        "topics": topics.filter(pl.col("topic") >= 0)["topic"].n_unique(),
        "outliers": int((topics["topic"] == -1).sum()),
    }
