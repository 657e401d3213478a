"""The stages that find topics and describe them.

They import from modules, not from the package: a change in how topics are told or judged leaves
the fit as it is.
"""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from geostance.config import Config
from geostance.files import read_json, read_table, write_json, write_table
from geostance.log import logger
from geostance.settings.topics import FitSettings
from geostance.stages.basis import Record, described_documents, kept_documents
from geostance.stages.topicbasis import (
    chosen_documents,
    encoder_record,
    read_documents,
    topic_guidance,
    topic_passages,
)
from geostance.stages.vectors import study_encoder

if TYPE_CHECKING:
    import numpy as np

    from geostance.topics.description import TopicDescription


def topics_fit(
    config: Config,
    *,
    cleaned: Path,
    unique: Path,
    sentences: Path,
    embeddings: Path,
    fits: Path,
    output: Path,
) -> Record:
    """Group the documents into topics.

    FITS keeps the fits that a consensus is made of, if the config asks for one.
    """
    from geostance.stages.fits import FitJob, Sources, run_fits
    from geostance.topics.consensus import consensus_fit
    from geostance.topics.fits import planned
    from geostance.topics.model import fit_topics

    chosen = chosen_documents(config.topics, read_table(unique, "unique"))
    documents = read_documents(kept_documents(cleaned), embeddings, chosen)
    passages = topic_passages(config.topics, documents, sentences, embeddings)
    seed = config.seed_for("topics")
    fit = fit_topics(
        documents, config.topics, seed, topic_guidance(config.topics, config.encoder), passages
    )
    agreed: Record | None = None
    if config.topics.solution == "consensus":
        own = config.topics.stability
        paths = {
            "cleaned": cleaned,
            "unique": unique,
            "sentences": sentences,
            "embeddings": embeddings,
        }
        sources = Sources.of(paths, config.encoder, config.topics)
        plans = planned(own, config.seed_for("topics-consensus"))
        jobs = [FitJob(sources, config.topics, plan) for plan in plans]
        made = run_fits(jobs, fits, own.processes)
        fit, found = consensus_fit(fit, documents, passages, made, own)
        agreed = {"fits": len(plans), "support": [round(one, 4) for one in found.support.tolist()]}
    outliers, before = (int((fit.topics[name] == -1).sum()) for name in ("topic", "topic_found"))
    n_topics = fit.topics.filter(pl.col("topic") >= 0)["topic"].n_unique()
    write_json(
        output.with_name("topic_model.json"),
        {
            "parameters": fit.parameters,
            "unit": config.topics.unit,
            "solution": config.topics.solution,
            "consensus": agreed,
            "seed": seed,
            "messages": list(fit.messages),
            "encoder": encoder_record(config.encoder),
            "settings": config.topics.model_dump(
                mode="json", include=set(FitSettings.model_fields)
            ),
            "number": {"asked": config.topics.number, "found": fit.n_found, "kept": n_topics},
            "themes": [asdict(theme) for theme in fit.themes],
            "outliers": {"before": before, "after": outliers},
            "fitted": {"drawn": fit.n_fitted, "of": fit.n_units},
        },
    )
    write_table(output.with_name("topic_passages_fitted.parquet"), fit.passages, "topic_passages")
    write_table(output, fit.topics, "topics")
    cut = {"passages": len(fit.passages)} if passages else {}
    drawn = {"fitted": fit.n_fitted} if fit.n_fitted < fit.n_units else {}
    reduced = {"outliers_found": before} if config.topics.outliers == "nearest" else {}
    return {
        "read": len(fit.topics),
        **cut,
        **drawn,
        "topics": n_topics,
        **reduced,
        "outliers": outliers,
    }


def _drawn(model: Record) -> "np.ndarray":
    """Return the rows that were clustered, of those that could be."""
    from geostance.topics.extension import fitted_rows

    return fitted_rows(model["fitted"]["of"], model["fitted"]["drawn"], model["seed"])


def topics_describe(
    config: Config,
    *,
    fitted: Path,
    documents: Path,
    cleaned: Path,
    unique: Path,
    sentences: Path,
    embeddings: Path,
    responses: Path,
    output: Path,
    edits: Path | None = None,
) -> Record:
    """Apply the researcher's edits to the fitted topics, and say what they are about.

    Words, documents, how they lie together, trends; nothing is fitted again. EDITS is the study's
    topics.yml, if it has one. RESPONSES keeps the answers of a paid service, if the config wants
    its labels.
    """
    from geostance.topics.centres import central_documents
    from geostance.topics.copies import copies_follow
    from geostance.topics.description import describe_topics, of_documents
    from geostance.topics.editing import edit_topics
    from geostance.topics.edits import read_edits
    from geostance.topics.guidance import NamedTheme, name_topics
    from geostance.topics.labels import label_topics
    from geostance.topics.mixture import neighbour_shares
    from geostance.topics.passages import passage_shares, with_unit_ids
    from geostance.topics.trends import GROUPINGS, topic_trends

    decided = read_edits(edits) if edits else ()
    clusters = read_table(unique, "unique")
    kept = kept_documents(cleaned)
    chosen = read_documents(kept, embeddings, chosen_documents(config.topics, clusters))
    topics = read_table(fitted, "topics")
    cut = read_table(fitted.with_name("topic_passages_fitted.parquet"), "topic_passages")
    passages = topic_passages(config.topics, chosen, sentences, embeddings)
    model = read_json(fitted.with_name("topic_model.json"))
    themes = [NamedTheme(**theme) for theme in model["themes"]]
    groups = described_documents(documents, kept)
    dates = groups.filter(pl.col("date_precision") == "day").select("doc_id", "date")
    by_words = config.topics.representation == "ctfidf"
    encode = None if by_words else study_encoder(config.encoder).encode

    def described(topics: pl.DataFrame, cut: pl.DataFrame) -> "TopicDescription":
        if passages is None:
            return describe_topics(chosen, topics, config.topics, encode, dates)
        units = with_unit_ids(cut)
        days = with_unit_ids(cut.join(dates, on="doc_id")).select("doc_id", "date")
        found = describe_topics(passages.units, units, config.topics, encode, days)
        return of_documents(found, passages, topics)

    description = described(topics, cut)
    fit_words = description.words
    edited = edit_topics(decided, copies_follow(topics, clusters), fit_words, config.topics.edits)
    for message in edited.messages(topics):
        logger.warning(message)
    # The browser of the topics reads them as the fit has them, before the edits.
    write_table(output.with_name("topic_words_fitted.parquet"), fit_words, "topic_words")
    write_table(
        output.with_name("topic_info_fitted.parquet"),
        name_topics(description.info, themes),
        "topic_info",
    )
    centres = central_documents(chosen, topics["topic"].to_list())
    published, cut = edited.renumber(topics), edited.renumber(cut)
    if edited.numbers:
        description = described(published, cut)
    shares = (
        neighbour_shares(chosen, published, _drawn(model))
        if passages is None
        else passage_shares(chosen, passages, cut)
    )
    info, bill = description.info, {}
    if config.topics.labels == "llm":
        info, bill = label_topics(description, chosen, config.stance.llm, responses)
    info = edited.named(name_topics(info, themes))
    assigned = copies_follow(published, clusters)
    trends = topic_trends(
        assigned,
        clusters.select("doc_id", "cluster_id").join(
            groups.select("doc_id", *GROUPINGS[1:]), on="doc_id"
        ),
        clusters.filter("is_representative").select("doc_id"),
    )
    tables = {
        "topic_centres": centres,
        "topic_words": description.words,
        "topic_info": info,
        "topic_documents": description.documents,
        "topic_hierarchy": description.hierarchy,
        "topic_trends": trends,
        "topic_edits": edited.table(topics),
        "topic_passages": cut,
        "topic_shares": copies_follow(shares, clusters),
    }
    for name, table in tables.items():
        write_table(output.with_name(f"{name}.parquet"), table, name)
    write_table(output, assigned, "topics")
    statuses = [match.status for match in edited.matches]
    counts = {one: statuses.count(one) for one in ("applied", "drifted", "lost")}
    return {
        "topics": info.filter(pl.col("topic") >= 0).height,
        "shares": len(shares),
        **bill,
        **({"edits": counts} if decided else {}),
    }
