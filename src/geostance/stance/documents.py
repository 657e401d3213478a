"""From mentions to documents: one row per document and target it speaks of."""

from collections.abc import Sequence

import polars as pl

from geostance.clean.language import UNKNOWN, detect
from geostance.schema import PORTRAYAL, TABLES
from geostance.sentences import sentence_table
from geostance.settings.stance import StanceSettings
from geostance.stance.mentions import score_mentions
from geostance.stance.scorer import Scorer, load_scorer

# Evidence is named until so large a share of the evaluation is accounted for.
COVERED = 0.9


def score_documents(
    mentions: pl.DataFrame,
    cleaned: pl.DataFrame,
    settings: StanceSettings | None = None,
    scorer: Scorer | None = None,
) -> pl.DataFrame:
    """Return the table ``stance`` from the relevant ones among ``mentions``.

    To what :func:`document_scores` returns come the evidence and what the language tells of the
    scorer. Evidence are the sentences that carry the evaluation toward the sign of the stance, by
    the scorer's shares over all mentions, the one that carries most first.
    """
    settings = settings or StanceSettings()
    scorer = scorer or load_scorer(settings)
    keys = ["doc_id", "target"]
    base = pl.col("language").str.split("-").list.first().str.to_lowercase()
    return (
        document_scores(mentions)
        .join(_evidence(_relevant(mentions)), on=keys, how="left", maintain_order="left")
        .with_columns(pl.col("evidence").fill_null([]))
        .join(cleaned.select("doc_id", "language"), on="doc_id", how="left", maintain_order="left")
        .with_columns(
            base.is_in(sorted(scorer.measured_languages))
            .fill_null(False)
            .alias("measured_language"),
            base.is_in(sorted(scorer.calibrated_languages)).fill_null(False).alias("calibrated"),
        )
        .select(*TABLES["stance"])
    )


def document_scores(mentions: pl.DataFrame) -> pl.DataFrame:
    """Return the scores of each document and target over the relevant ones among ``mentions``.

    stance is the mean of p_favourable − p_unfavourable, stance_sd its standard deviation
    (n − 1; 0 for a single mention). A document without a relevant mention of a target has no row.
    """
    keys = ["doc_id", "target"]
    return (
        _relevant(mentions)
        .sort(*keys, "sentence_id")
        .group_by(keys, maintain_order=True)
        .agg(
            pl.col("stance").mean(),
            pl.col("stance").std().fill_null(0.0).alias("stance_sd"),
            pl.col("stance").filter(pl.col("voice") == "author").mean().alias("author_stance"),
            pl.len().cast(pl.Int64).alias("n_mentions"),
            pl.col(*PORTRAYAL).mean(),
            (pl.col("voice") == "quoted").mean().alias("quoted_share"),
            pl.col("scorer").first(),
        )
    )


def _relevant(mentions: pl.DataFrame) -> pl.DataFrame:
    return mentions.filter("relevant").with_columns(
        (pl.col("p_favourable") - pl.col("p_unfavourable")).alias("stance")
    )


def _evidence(relevant: pl.DataFrame) -> pl.DataFrame:
    """Return doc_id, target and the ids of the sentences that carry the stance, best first."""
    keys = ["doc_id", "target"]
    towards = pl.when(pl.col("stance").mean().over(keys) < 0).then("p_unfavourable")
    shared = (
        relevant.with_columns(towards.otherwise("p_favourable").alias("towards"))
        .select(*keys, "towards", pl.col("evidence"))
        .explode("evidence")
        .unnest("evidence")
        .with_columns((pl.col("share") * pl.col("towards")).alias("carried"))
        .group_by(*keys, "sentence_id")
        .agg(pl.col("carried").sum())
        .sort(*keys, "carried", "sentence_id", descending=[False, False, True, False])
    )
    before = pl.col("carried").cum_sum().over(keys) - pl.col("carried")
    return (
        shared.filter(
            pl.col("sentence_id").is_not_null(),
            before < COVERED * pl.col("carried").sum().over(keys),
        )
        .group_by(keys, maintain_order=True)
        .agg(pl.col("sentence_id").alias("evidence"))
    )


def score_stance(
    texts: Sequence[str],
    targets: Sequence[str] | None = None,
    languages: Sequence[str | None] | None = None,
    scorer: Scorer | None = None,
) -> pl.DataFrame:
    """Return how ``texts`` portray ``targets`` (Russia, NATO and India by default).

    Columns: document (position in ``texts``), target, stance, stance_sd, the three
    probabilities, n_mentions, quoted_share and evidence (sentences, best first). A text that
    does not speak of a target has no row. Languages are detected when they are not given.

    Raises:
        ConfigError: a target is not known.
        ValueError: ``languages`` has another length than ``texts``.
    """
    if languages is None:
        languages = [detect(text).language for text in texts]
    if len(languages) != len(texts):
        raise ValueError(f"{len(texts)} texts but {len(languages)} languages")
    settings = StanceSettings() if targets is None else StanceSettings(targets=tuple(targets))
    scorer = scorer or load_scorer(settings)
    cleaned = pl.DataFrame(
        {
            "doc_id": [f"{n:09d}" for n in range(len(texts))],
            "title": pl.Series([None] * len(texts), dtype=pl.String),
            "text": list(texts),
            "language": [language or UNKNOWN for language in languages],
            "dropped_reason": pl.Series([None] * len(texts), dtype=pl.String),
        },
        schema_overrides={"doc_id": pl.String, "text": pl.String, "language": pl.String},
    )
    sentences = sentence_table(cleaned)
    mentions = score_mentions(sentences, cleaned, settings, scorer)
    scored = score_documents(mentions, cleaned, settings, scorer)
    wording = dict(sentences.select("sentence_id", "text").iter_rows())
    return scored.select(
        pl.col("doc_id").cast(pl.Int64).alias("document"),
        "target",
        "stance",
        "stance_sd",
        *PORTRAYAL,
        "n_mentions",
        "quoted_share",
        pl.col("evidence").list.eval(pl.element().replace_strict(wording, return_dtype=pl.String)),
    )
