"""What coders answered differently, and the answers of the senior coder who decides."""

import polars as pl

from geostance.schema import TABLES
from geostance.validate.population import CHANCE

# A row that has this column filled in is a decision on the answers in it.
ADJUDICATES = "adjudicates"
# What the senior coder fills in.
ANSWERS = ("relevant", "stance", "voice", "evidence", "note")

_PAIR = ["doc_id", "target"]
_GIVEN = ["coder", "relevant", "stance", "voice"]


def coded(labels: pl.DataFrame) -> pl.DataFrame:
    """Return the labels that coders gave without seeing those of others."""
    return labels.filter(~_decides(labels))


def settled(labels: pl.DataFrame) -> pl.DataFrame:
    """Return the labels that count: a decision in place of the answers that it decides on."""
    decided = labels.filter(_decides(labels))
    return pl.concat([coded(labels).join(decided, on=_PAIR, how="anti"), decided]).sort(
        "doc_id", "target", "coder"
    )


def disagreements(labels: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """Return the table ``disagreements``: what coders answered differently, the gravest first.

    Opposite portrayals come first, then whether the target is spoken of at all, then neutral
    against one side, then the voice alone.

    Args:
        labels: from :func:`geostance.validate.labels.read_labels`.
        texts: ``doc_id``, ``title`` and ``outlet`` of their documents.
    """
    chance = pl.col(CHANCE).first() if CHANCE in labels.columns else pl.lit(None, pl.Float64)
    stance = pl.col("stance").drop_nulls()
    found = (
        coded(labels)
        .sort("doc_id", "target", "coder")
        .group_by(_PAIR, maintain_order=True)
        .agg(
            gap=pl.when(stance.len() > 1).then(stance.max() - stance.min()),
            _relevance=pl.col("relevant").n_unique() > 1,
            _voice=pl.col("voice").drop_nulls().n_unique() > 1,
            answers=pl.struct(_GIVEN),
            **{CHANCE: chance},
        )
        .with_columns(_portrayal=(pl.col("gap") > 0).fill_null(False))
    )
    named = [
        pl.when(pl.col(f"_{variable}")).then(pl.lit(variable))
        for variable in ("relevance", "portrayal", "voice")
    ]
    decided = labels.filter(_decides(labels)).select(_PAIR).unique()
    return (
        found.with_columns(variables=pl.concat_list(named).list.drop_nulls())
        .filter(pl.col("variables").list.len() > 0)
        .join(decided.with_columns(adjudicated=True), on=_PAIR, how="left")
        .with_columns(pl.col("adjudicated").fill_null(False))
        .join(texts.select("doc_id", "title", "outlet"), on="doc_id", how="left")
        .sort(
            pl.col("gap").fill_null(0) < 2,
            ~pl.col("_relevance"),
            -pl.col("gap").fill_null(0),
            *_PAIR,
        )
        .select(TABLES["disagreements"].keys())
    )


def adjudication_sheet(disagreements: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that a senior coder is to fill in: what nobody has decided yet.

    Args:
        disagreements: the table of that name.
        texts: ``doc_id``, ``date`` and ``text`` of the documents.
    """
    answer = pl.element().struct
    told = pl.concat_str(
        pl.format("{}: ", answer.field("coder")),
        pl.when(answer.field("relevant"))
        .then(pl.format("stance {}", answer.field("stance")))
        .otherwise(pl.lit("not relevant")),
        pl.format(", {}", answer.field("voice")).fill_null(""),
    )
    return (
        disagreements.filter(~pl.col("adjudicated"))
        .join(
            texts.select("doc_id", "date", "text"), on="doc_id", how="left", maintain_order="left"
        )
        .select(
            *("doc_id", "target", "outlet", "date", "title", "text", CHANCE),
            pl.col("answers").list.eval(told).list.join("; ").alias(ADJUDICATES),
            *(pl.lit(None, pl.String).alias(column) for column in ANSWERS),
        )
    )


def _decides(labels: pl.DataFrame) -> pl.Expr:
    # A file of coders may bring the column along empty.
    if ADJUDICATES not in labels.columns:
        return pl.lit(False)
    return pl.col(ADJUDICATES).is_not_null()
