"""The stages that read, clean and measure.

Each takes the config, the paths of what it reads by keyword, and ``output``, which it
writes last. It returns what the run record and the closing log line say.
"""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from geostance.compute import available_processes, map_batches
from geostance.config import Config
from geostance.errors import InputError
from geostance.files import (
    PART_ROWS,
    read_parts,
    read_table,
    table_rows,
    write_json,
    write_parts,
    write_table,
)
from geostance.log import logger, progress

Record = dict[str, Any]

# A process takes two seconds to start, in which it could clean so many articles.
WORTH_A_PROCESS = 3_000


def ingest(config: Config, *, corpus: Path, output: Path) -> Record:
    """Read every article of the corpus folder; what cannot be read is kept with its reason."""
    from geostance.ingest import corpus_parts

    counts = {"read": 0, "kept": 0}
    refused: list[pl.DataFrame] = []
    listed = output.with_name("rejected.parquet")

    def documents() -> Iterator[pl.DataFrame]:
        try:
            for part, rejected in corpus_parts(corpus, config.ingest):
                counts["read"] += len(part) + len(rejected)
                counts["kept"] += len(part)
                refused.append(rejected)
                yield part
        except InputError:
            # Who is told to mend the files needs the list of them.
            if any(map(len, refused)):
                list_refused()
                logger.warning("every rejected record with its reason: %s", listed)
            raise
        list_refused()

    def list_refused() -> None:
        write_table(listed, pl.concat(refused), "rejected")

    write_parts(output, documents(), "documents")
    return counts | _reasons(pl.concat(refused)["reason"])


def clean(config: Config, *, documents: Path, output: Path) -> Record:
    """Take the site's furniture from every article, each dropped block with its reason.

    ``geostance clean --explain FILE`` shows one file's lines instead.
    """
    from geostance.clean import clean_tables, learn_repeats

    n_rows = table_rows(documents)
    learned = learn_repeats(read_parts(documents, "documents"), config.clean)
    work = partial(clean_tables, settings=config.clean, repeats=learned)
    processes = min(available_processes(), max(1, n_rows // WORTH_A_PROCESS))
    counts = Counter(read=0, kept=0, blocks=0, blocks_dropped=0)
    dropped: list[pl.DataFrame] = []
    reasons: list[pl.Series] = []

    def cleaned() -> Iterator[pl.DataFrame]:
        parts = map_batches(work, read_parts(documents, "documents"), processes)
        for part in progress(parts, -(-n_rows // PART_ROWS), "cleaning"):
            set_aside = part.cleaned["dropped_reason"].drop_nulls()
            counts.update(
                read=len(part.cleaned),
                kept=len(part.cleaned) - len(set_aside),
                blocks=part.cleaned["blocks"].list.len().sum(),
                blocks_dropped=len(part.dropped),
            )
            reasons.append(set_aside)
            dropped.append(part.dropped)
            yield part.cleaned
        write_table(output.with_name("dropped.parquet"), pl.concat(dropped), "dropped")

    write_parts(output, cleaned(), "cleaned")
    return dict(counts) | _reasons(pl.concat(reasons))


def duplicates(config: Config, *, documents: Path, cleaned: Path, output: Path) -> Record:
    """Mark the copies of one text; none is deleted."""
    from geostance.clean import mark_duplicates, syndication_table

    printed = read_table(documents, "documents", ["text", "url", "source"]).select(
        "doc_id", "date", "date_precision", "outlet", "title"
    )
    unique = mark_duplicates(read_parts(cleaned, "cleaned", ["blocks"]), printed, config.duplicates)
    syndication = syndication_table(unique, printed)
    write_table(output.with_name("syndication.parquet"), syndication, "syndication")
    write_table(output, unique, "unique")
    return {"read": len(unique), "distinct": int(unique["is_representative"].sum())}


def corpus_describe(
    config: Config,
    *,
    documents: Path,
    rejected: Path,
    cleaned: Path,
    unique: Path,
    output: Path,
) -> Record:
    """Count what the corpus holds, what its records lack, and what was lost with its reason."""
    from geostance.description import describe, measure

    found = describe(
        read_table(documents, "documents", ["text"]),
        read_table(rejected, "rejected"),
        measure(read_parts(cleaned, "cleaned")),
        read_table(unique, "unique"),
    )
    write_table(output.with_name("missing.parquet"), found.missing, "missing")
    write_table(output.with_name("losses.parquet"), found.losses, "losses")
    write_table(output, found.groups, "description")
    return {"groups": len(found.groups), "reasons": len(found.losses)}


def sentences(config: Config, *, cleaned: Path, output: Path) -> Record:
    """Split every kept article into sentences."""
    from geostance.sentences import sentence_table

    kept = _kept(cleaned)
    found = sentence_table(kept)
    write_table(output, found, "sentences")
    return {"read": len(kept), "sentences": len(found)}


def embed(config: Config, *, sentences: Path, output: Path) -> Record:
    """Give every sentence its vector."""
    from geostance.encoders import load_encoder

    read = read_table(sentences, "sentences")
    own = config.encoder
    encoder = load_encoder(own.name, own.revision, own.prompt, own.batch)
    texts = read["text"].to_list()
    vectors = encoder.encode(texts)
    frame = read.select("sentence_id", "doc_id").with_columns(
        pl.Series("vector", vectors, dtype=pl.Array(pl.Float32, encoder.dim))
    )
    write_table(output, frame, "embeddings")
    cut = encoder.truncated(texts)
    return {"read": len(read), "dimensions": encoder.dim} | ({"truncated": cut} if cut else {})


def topics(
    config: Config, *, cleaned: Path, unique: Path, embeddings: Path, output: Path
) -> Record:
    """Group the documents into topics and list each topic's words per language."""
    from geostance.sentences import full_text
    from geostance.topics import document_vectors, fit_topics

    clusters = read_table(unique, "unique")
    chosen = clusters.filter("is_representative") if config.topics.unit == "distinct" else clusters
    texts = _kept(cleaned).join(chosen, on="doc_id", how="semi")
    doc_ids, vectors = document_vectors(
        read_table(embeddings, "embeddings").join(chosen, on="doc_id", how="semi")
    )
    texts = pl.DataFrame({"doc_id": doc_ids}).join(texts, on="doc_id", maintain_order="left")
    fit = fit_topics(
        doc_ids,
        [full_text(title, text) for title, text in texts.select("title", "text").iter_rows()],
        texts["language"].to_list(),
        vectors,
        config.topics,
        config.seed_for("topics"),
    )
    assigned = _copies_follow(fit.topics, clusters)
    write_table(output.with_name("topic_words.parquet"), fit.words, "topic_words")
    write_table(output.with_name("topic_info.parquet"), fit.info, "topic_info")
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
        read_table(sentences, "sentences"), _kept(cleaned), config.stance, scorer
    )
    write_table(output, scored, "mentions")
    record = {"mentions": len(scored), "relevant": int(scored["relevant"].sum())}
    return record | (scorer.bill() if isinstance(scorer, LlmScorer) else {})


def stance(config: Config, *, cleaned: Path, mentions: Path, output: Path) -> Record:
    """Bring the mentions of a document and target together into one score."""
    from geostance.stance import score_documents

    scored = score_documents(read_table(mentions, "mentions"), _kept(cleaned), config.stance)
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
        read_labels(_files(annotations), articles, known)
        .filter(pl.col("target").is_in(config.stance.targets))
        .join(clusters, on="doc_id", how="semi")
    )
    matched, measures = agreement(labels, scores, config.validation, config.seed_for("validate"))
    info = read_table(topics.with_name("topic_info.parquet"), "topic_info")
    groups = (
        clusters.select("doc_id", "cluster_id")
        .join(articles.select("doc_id", "outlet", "date", "date_precision"), on="doc_id")
        .join(_kept(cleaned).select("doc_id", "language"), on="doc_id")
        .join(read_table(topics, "topics").select("doc_id", "topic"), on="doc_id", how="left")
        .join(info.select("topic", topic_label="label"), on="topic", how="left")
        .select(
            "doc_id",
            "cluster_id",
            "outlet",
            "language",
            month=_known_to_the_month(pl.col("date").dt.strftime("%Y-%m")),
            quarter=_known_to_the_month(
                pl.format("{}-Q{}", pl.col("date").dt.year(), pl.col("date").dt.quarter())
            ),
            year=pl.col("date").dt.strftime("%Y"),
            topic="topic_label",
        )
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


def _kept(cleaned: Path) -> pl.DataFrame:
    return read_table(cleaned, "cleaned").filter(pl.col("dropped_reason").is_null())


def _known_to_the_month(period: pl.Expr) -> pl.Expr:
    """Return ``period`` where the date tells the month; a season lies in several of them."""
    return pl.when(pl.col("date_precision").is_in(["day", "month"])).then(period)


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


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.is_file())


def _reasons(reasons: pl.Series) -> Record:
    counted = sorted(Counter(reasons).items(), key=lambda item: (-item[1], item[0]))
    return {"dropped": dict(counted)} if counted else {}
