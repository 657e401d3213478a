"""The stage that draws a study's claims again under other choices."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path

import polars as pl

from geostance.config import Config
from geostance.files import read_table, write_table
from geostance.stages.basis import Record, described_documents, kept_documents
from geostance.stages.labelled import counted_documents, study_labels


def sensitivity(
    config: Config,
    *,
    annotations: Path,
    documents: Path,
    unique: Path,
    topics: Path,
    cleaned: Path,
    mentions: Path,
    output: Path,
    frame: Path | None = None,
    compared: Path | None = None,
) -> Record:
    """Draw every claim again by other units, voices, thresholds, outliers and corrections.

    Nothing is scored again: document scores are made anew from the mentions. ``compared`` is what
    ``geostance compare-scorers`` left of other scorers, ``frame`` as in ``geostance validate``.
    """
    from geostance.groups import grouped
    from geostance.stance import document_scores
    from geostance.validate import populations, settled
    from geostance.validate.claims import Choices, World
    from geostance.validate.sensitivity import sensitivity as under_other_choices

    own = config.sensitivity
    articles = read_table(documents, "documents", ["text"])
    clusters = read_table(unique, "unique")
    labels = settled(study_labels(annotations, config.stance, articles, clusters, frame))
    groupings = list(dict.fromkeys(grouping for grouping, _, _ in own.differences))
    described = described_documents(articles, kept_documents(cleaned), topics)
    asked = grouped(described, groupings)
    apart = read_table(topics, "topics").filter(pl.col("topic_found") == -1)
    scored = read_table(mentions, "mentions", ["evidence", "surface"])
    scorer = scored["scorer"].head(1).to_list()
    published = Choices(
        scorer[0] if scorer else config.stance.scorer,
        "distinct",
        "all",
        config.stance.relevance_threshold,
        "kept",
    )

    @cache
    def scores(voice: str, threshold: float) -> pl.DataFrame:
        counts = pl.col("relevance") >= threshold
        if voice == "author":
            counts &= pl.col("voice") == "author"
        return document_scores(scored.with_columns(relevant=counts))

    @cache
    def counted(unit: str, outliers: str) -> pl.DataFrame:
        kept = asked.join(apart, on="doc_id", how="anti") if outliers == "left_out" else asked
        return counted_documents(clusters, unit, kept)

    def world(choices: Choices, given: pl.DataFrame) -> World:
        documents = counted(choices.unit, choices.outliers)
        found = scores(choices.voice, choices.threshold)
        return World(choices, populations(found, documents, given, groupings))

    def others() -> Iterator[World]:
        for unit, voice, threshold, outliers in product(
            ("distinct", "printed"),
            ("all", "author"),
            dict.fromkeys((published.threshold, *own.thresholds)),
            ("kept", "left_out") if len(apart) else ("kept",),
        ):
            choices = Choices(published.scorer, unit, voice, threshold, outliers)
            if choices != published:
                yield world(choices, _by_author(labels) if voice == "author" else labels)
        for name, judged in _other_scorers(config, compared, labels):
            yield replace(world(published._replace(scorer=name), judged), sampled=True)

    found = under_other_choices(
        world(published, labels), others(), own.differences, config.validation
    ).with_columns(confidence=pl.lit(config.validation.confidence))
    write_table(output, found, "sensitivity")
    changed = found.filter(pl.col("changed").list.len() > 0)
    return {
        "claims": len(found) - len(changed),
        "numbers": len(changed),
        "hold": int((changed["state"] == "holds").sum()),
    }


def _by_author(labels: pl.DataFrame) -> pl.DataFrame:
    """Return labels of what authors say themselves: what they quote is not relevant there."""
    relevant = labels.filter("relevant")
    # Without a word on the voice no label tells what is whose.
    if relevant["voice"].has_nulls():
        return labels.clear()
    own = pl.col("relevant") & (pl.col("voice") != "quoted").fill_null(True)
    return labels.with_columns(relevant=own, stance=pl.when(own).then("stance"))


def _other_scorers(
    config: Config, compared: Path | None, labels: pl.DataFrame
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield scorers that are not the study's own, with their scores in the place of labels."""
    if compared is None:
        return
    judged = read_table(compared, "compared")
    known = [name for name in ("inclusion_probability", "stratum") if name in labels.columns]
    drawn = labels.select("doc_id", "target", "coder", *known)
    same = config.stance.model_copy(update={"unmeasured_languages": "mark"})
    for name, settings in config.compared().items():
        own = judged.filter(scorer=name)
        if settings == same or own.is_empty():
            continue
        yield (
            name,
            drawn.join(own, on=["doc_id", "target", "coder"]).with_columns(
                relevant="detected", stance=pl.col("p_favourable") - pl.col("p_unfavourable")
            ),
        )
