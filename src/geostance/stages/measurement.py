"""The stages that score the portrayal of targets and hold it against human labels."""

from pathlib import Path

import polars as pl

from geostance.config import Config
from geostance.files import read_table, write_json, write_table
from geostance.stages.basis import Record, document_groups, files_of, kept_documents


def mentions(
    config: Config, *, cleaned: Path, sentences: Path, responses: Path, output: Path
) -> Record:
    """Find where each target is spoken of, and score how it is portrayed there.

    ``responses`` keeps the answers of a paid service, if the config names one.
    """
    from geostance.stance import load_scorer, score_mentions
    from geostance.stance.llm import LlmScorer

    scorer = load_scorer(config.stance, responses=responses)
    scored = score_mentions(
        read_table(sentences, "sentences"), kept_documents(cleaned), config.stance, scorer
    )
    write_table(output, scored, "mentions")
    record = {"mentions": len(scored), "relevant": int(scored["relevant"].sum())}
    return record | (scorer.bill() if isinstance(scorer, LlmScorer) else {})


def stance(config: Config, *, cleaned: Path, mentions: Path, output: Path) -> Record:
    """Bring the mentions of a document and target together into one score."""
    from geostance.stance import score_documents

    scored = score_documents(
        read_table(mentions, "mentions"), kept_documents(cleaned), config.stance
    )
    write_table(output, scored, "stance")
    return {"documents": scored["doc_id"].n_unique(), "scores": len(scored)}


def validate(
    config: Config,
    *,
    annotations: Path,
    documents: Path,
    unique: Path,
    topics: Path,
    cleaned: Path,
    stance: Path,
    output: Path,
) -> Record:
    """Compare the scores with human labels, and estimate what the labels correct."""
    from geostance.targets import load_targets
    from geostance.validate import agreement, estimate, read_labels

    articles = read_table(documents, "documents", ["text"])
    scores = read_table(stance, "stance")
    clusters = read_table(unique, "unique")
    known = load_targets(config.stance.targets_file)
    # Labels of other targets than those studied, and of articles that cleaning set aside,
    # belong to another question.
    labels = (
        read_labels(files_of(annotations), articles, known)
        .filter(pl.col("target").is_in(config.stance.targets))
        .join(clusters, on="doc_id", how="semi")
    )
    matched, measures = agreement(labels, scores, config.validation, config.seed_for("validate"))
    info = read_table(topics.with_name("topic_info.parquet"), "topic_info")
    groups = (
        document_groups(documents, clusters, cleaned)
        .join(read_table(topics, "topics").select("doc_id", "topic"), on="doc_id", how="left")
        .join(info.select("topic", topic_label="label"), on="topic", how="left")
        .drop("topic")
        .rename({"topic_label": "topic"})
    )
    distinct = groups.join(clusters.filter("is_representative"), on="doc_id", how="semi")
    parts, notes = [], {}
    for unit, chosen in (("distinct", distinct), ("printed", groups)):
        part, notes[unit] = estimate(
            scores, chosen, labels, config.validation, config.seed_for("validate"), unit=unit
        )
        parts.append(part)
    write_table(output.with_name("labelled.parquet"), matched, "labelled")
    write_table(output.with_name("agreement.parquet"), measures, "agreement")
    write_json(output.with_name("estimates.notes.json"), notes)
    # Captions name the level of their intervals.
    estimates = pl.concat(parts).with_columns(confidence=pl.lit(config.validation.confidence))
    write_table(output, estimates, "estimates")
    # Those of the articles as printed say the same of more documents; the file has both.
    return {"labels": len(labels), "estimates": len(estimates), "notes": notes["distinct"]}
