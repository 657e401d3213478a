"""Where the scorer fails: the labels it does not share, the worst first."""

import polars as pl

from geostance.schema import TABLES
from geostance.validate.observed import beside


def scorer_errors(
    labels: pl.DataFrame, stance: pl.DataFrame, sentences: pl.DataFrame, texts: pl.DataFrame
) -> pl.DataFrame:
    """Return the table ``scorer_errors``.

    Args:
        labels: from :func:`geostance.validate.adjudication.settled`, only of targets and documents
            that were scored.
        stance: the table ``stance``.
        sentences: the table ``sentences``.
        texts: ``doc_id``, ``title`` and ``outlet`` of the documents.
    """
    label, predicted, score = pl.col("label"), pl.col("predicted"), pl.col("score")
    given = (
        pl.when(label == 1)
        .then(pl.col("p_favourable"))
        .when(label == -1)
        .then(pl.col("p_unfavourable"))
        .when(label == 0)
        .then(pl.col("p_neutral"))
    )
    kind = (
        pl.when(pl.col("relevant") & ~pl.col("detected"))
        .then(pl.lit("missed"))
        .when(~pl.col("relevant") & pl.col("detected"))
        .then(pl.lit("invented"))
        .when(label * predicted < 0)
        .then(pl.lit("opposite"))
        .when(label != predicted)
        .then(pl.lit("class"))
    )
    evidence = stance.select("doc_id", "target", sentence_id=pl.col("evidence").list.first())
    return (
        beside(labels, stance)
        .with_columns(kind=kind, p_label=given)
        .drop_nulls("kind")
        # What was not found, or is not spoken of, stands at 0.
        .with_columns(gap=(score.fill_null(0) - label.fill_null(0)).abs())
        .join(evidence, on=["doc_id", "target"], how="left")
        .join(sentences.select("sentence_id", sentence="text"), on="sentence_id", how="left")
        .join(texts.select("doc_id", "title", "outlet"), on="doc_id", how="left")
        .sort(-pl.col("gap"), pl.col("p_label"), "doc_id", "target", "coder", nulls_last=True)
        .rename({"score": "stance"})
        .select(TABLES["scorer_errors"].keys())
    )
