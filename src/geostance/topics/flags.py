"""Topics that need a second look before anything is said of them."""

import polars as pl

from geostance.schema import TABLES
from geostance.settings.topics import QualitySettings

# With many topics one is lopsided by chance: this level is shared among them.
_LEVEL = 0.01


def flags_of(
    quality: pl.DataFrame,
    languages: pl.DataFrame,
    outlets: pl.DataFrame,
    printed: pl.DataFrame,
    settings: QualitySettings,
) -> pl.DataFrame:
    """Return the schema's table ``topic_flags``.

    Args:
        quality: the table ``topic_quality``.
        languages: shares of the languages among the distinct texts of each topic.
        outlets: shares of the outlets among the printed documents of each topic.
        printed: topic and cluster_id of each document in a topic, as printed.
        settings: from where on a topic is flagged.
    """
    parts = [
        _above_chance(quality),
        _lopsided(languages, "one_language", settings.one_language_share),
        _lopsided(outlets, "one_outlet", settings.one_outlet_share),
        _one_story(quality, printed, settings.copies_share),
        _mostly_copies(quality, settings.copies_share),
        _below(quality, "incoherent", "npmi", "npmi_of_strangers"),
        _below(quality, "scattered", "separation", 0.0),
    ]
    schema = TABLES["topic_flags"]
    return pl.concat(part.select(*schema).cast(schema) for part in parts).sort(
        "topic", "flag", maintain_order=True
    )


def _above_chance(quality: pl.DataFrame) -> pl.DataFrame:
    """Return a row about all topics where they tell more of the language than chance would."""
    whole = quality.filter(pl.col("topic").is_null(), pl.col("language").is_null())
    found = dict(whole.select("measure", "estimate").iter_rows())
    rows = [
        (None, name, None, found[measure], found[f"{measure}_baseline"])
        for measure, name in (("leakage", "leakage"), ("pairs_leakage", "pairs_leakage"))
        if found.get(f"{measure}_excess", 0) > 0
    ]
    return pl.DataFrame(rows, schema=TABLES["topic_flags"], orient="row")


def _lopsided(shares: pl.DataFrame, flag: str, limit: float) -> pl.DataFrame:
    # Of a corpus in one language every topic is of that language.
    return shares.filter(
        (pl.col("share") >= limit)
        & (pl.col("corpus_share") < limit)
        & (pl.col("p_value") * pl.col("topic").n_unique() < _LEVEL)
    ).select("topic", "group", flag=pl.lit(flag), estimate="share", limit=pl.lit(limit))


def _one_story(quality: pl.DataFrame, printed: pl.DataFrame, limit: float) -> pl.DataFrame:
    stories = (
        printed.group_by("topic", "cluster_id")
        .len("n")
        .sort(["topic", "n", "cluster_id"], descending=[False, True, False])
        .unique("topic", keep="first", maintain_order=True)
    )
    return (
        quality.filter(pl.col("measure") == "story_share", pl.col("estimate") >= limit)
        .join(stories, on="topic")
        .select(
            "topic",
            "estimate",
            group="cluster_id",
            flag=pl.lit("one_story"),
            limit=pl.lit(limit),
        )
    )


def _below(quality: pl.DataFrame, flag: str, measure: str, limit: str | float) -> pl.DataFrame:
    """Return the topics of which ``measure`` is below a number, or below another measure."""
    own = quality.filter(pl.col("topic").is_not_null(), pl.col("language").is_null())
    found = own.filter(measure=measure).select("topic", "estimate")
    if isinstance(limit, str):
        found = found.join(own.filter(measure=limit).select("topic", limit="estimate"), on="topic")
    else:
        found = found.with_columns(limit=pl.lit(limit))
    return found.filter(pl.col("estimate") < pl.col("limit")).with_columns(
        flag=pl.lit(flag), group=pl.lit(None, pl.String)
    )


def _mostly_copies(quality: pl.DataFrame, limit: float) -> pl.DataFrame:
    return quality.filter(pl.col("measure") == "copies_share", pl.col("estimate") >= limit).select(
        "topic",
        "estimate",
        flag=pl.lit("mostly_copies"),
        group=pl.lit(None, pl.String),
        limit=pl.lit(limit),
    )
