"""From sentences to scored mentions: one per sentence and target."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from geostance.schema import PORTRAYAL, TABLES, empty_table
from geostance.sentences import full_text
from geostance.settings.stance import StanceSettings
from geostance.stance.passages import Passage, Span, make_passage
from geostance.stance.scorer import Scorer, load_scorer
from geostance.targets import base_language, check_targets, find_any, find_targets, load_targets


def score_mentions(
    sentences: pl.DataFrame,
    cleaned: pl.DataFrame,
    settings: StanceSettings | None = None,
    scorer: Scorer | None = None,
) -> pl.DataFrame:
    """Return the table ``mentions``: the first mention of each target in each sentence, scored.

    Documents in a language the scorer was not measured on are left out if the settings say
    so. What the scorer did not answer is null, and such a mention counts for no document.

    Raises:
        ConfigError: a target is not known, or the targets file is wrong.
        ModelError: the scorer's model is absent or damaged.
    """
    settings = settings or StanceSettings()
    scorer = scorer or load_scorer(settings)
    check_targets(settings.targets, load_targets(settings.targets_file))
    rows, passages, places = [], [], []
    for document in _documents(sentences, cleaned):
        skipped = settings.unmeasured_languages == "skip"
        if skipped and base_language(document["language"]) not in scorer.measured_languages:
            continue
        for row, passage, sentence_ids in _mentions(document, settings):
            rows.append(row)
            passages.append(passage)
            places.append(sentence_ids)
    if not rows:
        return empty_table("mentions")
    judged = scorer.score(passages)
    evidence = [
        # An unanswered passage has no evidence, not evidence everywhere.
        [
            {"sentence_id": sentence_id, "share": float(share)}
            for sentence_id, share in zip(sentence_ids, shares, strict=True)
            if share > 0
        ]
        for sentence_ids, shares in zip(places, judged.evidence, strict=True)
    ]
    frame = pl.DataFrame(rows, orient="row").with_columns(
        _answered("relevance", judged.relevance),
        *(_answered(column, judged.portrayal[:, n]) for n, column in enumerate(PORTRAYAL)),
        _answered("p_quoted", judged.quoted),
        pl.Series("evidence", evidence, TABLES["mentions"]["evidence"]),
        pl.lit(scorer.name).alias("scorer"),
    )
    frame = frame.with_columns(
        (pl.col("relevance") >= settings.relevance_threshold).alias("relevant"),
        pl.when(pl.col("p_quoted") >= 0.5)
        .then(pl.lit("quoted"))
        .when(pl.col("p_quoted").is_not_null())
        .then(pl.lit("author"))
        .alias("voice"),
    )
    return frame.select(*TABLES["mentions"])


def _answered(name: str, values: np.ndarray) -> pl.Series:
    # Polars holds NaN for greater than every number: a missing answer must be null.
    return pl.Series(name, values, pl.Float64).fill_nan(None)


def _documents(sentences: pl.DataFrame, cleaned: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield title, text, language and sentences of each document, by document id."""
    grouped = (
        sentences.sort("doc_id", "start")
        .group_by("doc_id", maintain_order=True)
        .agg("sentence_id", "start", "end")
    )
    columns = ["doc_id", "title", "text", "language"]
    yield from grouped.join(
        cleaned.select(columns), on="doc_id", how="inner", maintain_order="left"
    ).iter_rows(named=True)


def _mentions(
    document: dict[str, Any], settings: StanceSettings
) -> Iterator[tuple[dict[str, Any], Passage, list[str]]]:
    text, language = full_text(document["title"], document["text"]), document["language"]
    found = find_targets(text, language, settings.targets, settings.targets_file)
    if not found:
        return
    spans: list[Span] = list(zip(document["start"], document["end"], strict=True))
    others = find_any(text, language)
    for target in dict.fromkeys(mention.target for mention in found):
        own = [mention for mention in found if mention.target == target]
        same = [(mention.start, mention.end) for mention in own]
        seen: set[int] = set()
        for mention in own:
            at = bisect_right(document["start"], mention.start) - 1
            # A name that the segmentation left between two sentences is not scored.
            if at < 0 or mention.start >= spans[at][1] or at in seen:
                continue
            seen.add(at)
            row = {
                "doc_id": document["doc_id"],
                "sentence_id": document["sentence_id"][at],
                "target": target,
                "start": mention.start,
                "end": mention.end,
                "surface": mention.surface,
            }
            span = (mention.start, mention.end)
            passage = make_passage(text, span, spans, language=language, same=same, others=others)
            low = mention.start - passage.start
            first = bisect_left(document["start"], low + passage.sentences[0][0])
            ids = document["sentence_id"][first : first + len(passage.sentences)]
            yield row, passage, ids
