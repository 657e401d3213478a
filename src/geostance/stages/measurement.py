"""The stages that score the portrayal of targets and hold it against human labels."""

from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from geostance.config import Config
from geostance.files import read_table, write_json, write_table
from geostance.log import logger
from geostance.schema import empty_table
from geostance.settings.compute import LOCAL
from geostance.settings.stance import StanceSettings
from geostance.stages.basis import Record, described_documents, kept_documents
from geostance.stages.labelled import counted_documents, study_labels
from geostance.stages.parts import cut_documents, kept_parts, n_parts_of

if TYPE_CHECKING:
    from geostance.stance import Scorer


def mentions(
    config: Config,
    *,
    cleaned: Path,
    sentences: Path,
    responses: Path,
    output: Path,
    fingerprint: Path | None = None,
) -> Record:
    """Find where each target is spoken of, and score how it is portrayed there.

    ``responses`` keeps the answers of a paid service, if the config names one.
    """
    from geostance.stance import load_scorer
    from geostance.stance.llm import LlmScorer

    scorer = load_scorer(config.stance, responses=responses)
    # A service is asked from here alone, where its answers are kept and its bill is added up.
    engine = LOCAL if isinstance(scorer, LlmScorer) else config.compute
    shared = scorer if engine.engine == "local" else None
    work = partial(_scored, settings=config.stance, scorer=shared)
    with kept_parts(output, ("mentions",), [cleaned, sentences], fingerprint) as parts:
        batches = cut_documents(cleaned, sentences)
        made = parts.make(work, batches, n_parts_of(cleaned), "mentions", engine=engine)
        found = [part for (part,) in made]
        # Few documents speak of a target: their mentions fit into memory.
        scored = pl.concat(found).sort("doc_id", maintain_order=True)
        write_table(output, scored, "mentions")
    record = {"mentions": len(scored), "relevant": int(scored["relevant"].sum())}
    return record | (scorer.bill() if isinstance(scorer, LlmScorer) else {})


def _scored(
    part: tuple[pl.DataFrame, pl.DataFrame],
    settings: StanceSettings,
    scorer: "Scorer | None",
) -> tuple[pl.DataFrame]:
    """Return the mentions of a part; without a ``scorer`` by the one that this process loads."""
    from geostance.stance import score_mentions

    kept, own = part
    judge = scorer or _loaded_scorer(settings.model_dump_json())
    return (score_mentions(own, kept, settings, judge),)


@lru_cache(maxsize=1)
def _loaded_scorer(settings: str) -> "Scorer":
    from geostance.stance import load_scorer

    return load_scorer(StanceSettings.model_validate_json(settings))


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
    sentences: Path,
    stance: Path,
    output: Path,
    frame: Path | None = None,
) -> Record:
    """Hold coders and scores against each other, and estimate what the labels correct.

    ``frame`` is what ``geostance annotate sample`` left: the chance with which each was drawn.
    """
    from geostance.groups import grouped
    from geostance.validate import (
        differences,
        doubts,
        estimate,
        populations,
        regression,
        settled,
    )
    from geostance.validate.codebooks import codebook_notes, label_table

    articles = read_table(documents, "documents", ["text"])
    scores = read_table(stance, "stance")
    clusters = read_table(unique, "unique")
    given = study_labels(annotations, config.stance, articles, clusters, frame)
    labels = settled(given)
    own = config.validation
    kept = kept_documents(cleaned)
    described = described_documents(articles, kept, topics)
    texts = described.select("doc_id", "outlet", "language").join(
        kept.select("doc_id", "title", "text"), on="doc_id"
    )
    judged = _judged(config, given, labels, scores, read_table(sentences, "sentences"), texts)
    for table, rows in judged.items():
        write_table(output.with_name(f"{table}.parquet"), rows, table)
    columns = dict.fromkeys(
        [*own.groupings, *(column for named in own.regressions.values() for column in named)]
    )
    asked = grouped(described, columns)
    groupings = grouped(described.head(0), own.groupings).drop("doc_id").columns
    parts: dict[str, list[pl.DataFrame]] = {}
    notes = {}
    for unit in ("distinct", "printed"):
        found = populations(scores, counted_documents(clusters, unit, asked), labels, groupings)
        notes[unit] = doubts(found, labels, own)
        parts.setdefault("estimates", []).append(
            estimate(found, own, config.seed_for("validate"), unit=unit)
        )
        parts.setdefault("differences", []).append(differences(found, own, unit=unit))
        parts.setdefault("coefficients", []).extend(
            regression(name, named, found, own, unit=unit)
            for name, named in own.regressions.items()
        )
    write_json(output.with_name("estimates.notes.json"), notes)
    write_table(output.with_name("labels.parquet"), label_table(given), "labels")
    mixed = codebook_notes(given)
    for note in mixed:
        logger.warning(note)
    # Captions name the level of their intervals.
    tables = {
        table: pl.concat([empty_table(table), *found]).with_columns(
            confidence=pl.lit(own.confidence)
        )
        for table, found in parts.items()
    }
    for table in ("differences", "coefficients", "estimates"):
        write_table(output.with_name(f"{table}.parquet"), tables[table], table)
    # Those of the articles as printed say the same of more documents; the files have both.
    return {
        "labels": len(labels),
        "disagreements": len(judged["disagreements"]),
        "adjudicated": int(judged["disagreements"]["adjudicated"].sum()),
        **{table: len(frame) for table, frame in tables.items()},
        "notes": [*mixed, *notes["distinct"]],
    }


def _judged(
    config: Config,
    given: pl.DataFrame,
    labels: pl.DataFrame,
    scores: pl.DataFrame,
    sentences: pl.DataFrame,
    texts: pl.DataFrame,
) -> dict[str, pl.DataFrame]:
    """Return the tables that hold coders against each other and the scorer against them.

    ``labels`` are those of the answers ``given`` that count.
    """
    from geostance.description import length_class, word_count
    from geostance.validate import (
        agreement,
        coded,
        disagreements,
        scorer_errors,
        scorer_quality,
    )

    seed = config.seed_for("validate")
    groups = texts.select("doc_id", "language", "outlet", words=length_class(word_count()))
    quality = scorer_quality(labels, scores, groups, config.validation, seed)
    coders = agreement(coded(given), config.validation, seed)
    return {
        "agreement": coders.measures,
        "coder_confusion": coders.confusion,
        "disagreements": disagreements(given, texts),
        "labelled": quality.labelled,
        "scorer_quality": quality.measures,
        "scorer_errors": scorer_errors(labels, scores, sentences, texts),
        "reliability": quality.reliability,
    }
