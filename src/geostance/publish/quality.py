"""What the report says of the quality of topics, in sentences and in tables."""

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from geostance.publish.words import Words

Rows = list[tuple[str, ...]]

# Of all topics together: measure, unit, and whether it is written as a share.
_OVERALL = (
    ("npmi", None, False),
    ("npmi_of_strangers", None, False),
    ("c_v", None, False),
    ("diversity", None, True),
    ("outlier_share", "distinct", True),
    ("outlier_share", "printed", True),
    ("largest_share", "distinct", True),
    ("effective_topics", "distinct", False),
    ("likeness", "distinct", False),
    ("likeness_of_others", "distinct", False),
    ("separation", "distinct", False),
    ("leakage", None, False),
    ("leakage_baseline", None, False),
    ("pairs_together", None, True),
    ("pairs_chance", None, True),
    ("pairs_outlier_share", None, True),
)
_SIGNED = {"npmi", "npmi_of_strangers", "separation", "likeness", "likeness_of_others"}
_MOST_TITLE = 80


def quality_section(frames: Mapping[str, pl.DataFrame], say: Words) -> dict[str, Any]:
    """Return what the section on the quality of topics shows.

    ``frames`` are the tables topic_quality, topic_flags, topic_languages, topic_info and
    documents.
    """
    quality = frames["topic_quality"]
    whole = _overall(quality)
    return {
        "sentences": _sentences(whole, frames["topic_flags"], say),
        "flags": _flags(frames, say),
        "all": _all_rows(quality, say),
        "topics": _topic_rows(frames, say),
    }


def _overall(quality: pl.DataFrame) -> dict[tuple[str, str | None], dict[str, Any]]:
    """Return the rows about all topics and languages, by measure and unit."""
    rows = quality.filter(pl.col("topic").is_null(), pl.col("language").is_null())
    return {(row["measure"], row["unit"]): row for row in rows.iter_rows(named=True)}


def _all_rows(quality: pl.DataFrame, say: Words) -> Rows:
    found = _overall(quality)
    rows = []
    for measure, unit, is_share in _OVERALL:
        row = found.get((measure, unit))
        if row is None or row["estimate"] is None:
            continue
        write: Callable[[float], str] = (
            say.share if is_share else say.signed if measure in _SIGNED else say.number
        )
        interval = f"[{write(row['low'])}; {write(row['high'])}]" if row["low"] is not None else "–"
        name = f"{measure}_printed" if unit == "printed" else measure
        rows.append(
            (say.known("quality", name), write(row["estimate"]), interval, say.count(row["n"]))
        )
    return rows


def _sentences(
    whole: dict[tuple[str, str | None], dict[str, Any]], flags: pl.DataFrame, say: Words
) -> list[str]:
    def value(measure: str) -> float:
        return whole[measure, None]["estimate"]

    told: list[str] = []
    if not whole:
        return told
    if ("leakage", None) in whole:
        told.append(
            say(
                "told_leakage" if value("leakage_excess") > 0 else "told_no_leakage",
                value=say.number(value("leakage")),
                floor=say.number(value("leakage_baseline")),
            )
        )
    else:
        told.append(say("told_one_tongue"))
    if ("pairs_together", None) in whole:
        chance = whole.get(("pairs_chance", None))
        told.append(
            say(
                "told_pairs",
                n=say.count(whole["pairs_together", None]["n"]),
                share=say.share(value("pairs_together")),
                chance=say.share(chance["estimate"]) if chance else "–",
                outliers=say.share(value("pairs_outlier_share")),
            )
        )
    elif ("pairs_outlier_share", None) not in whole:
        told.append(say("told_no_pairs"))
    if (flags["flag"] == "pairs_leakage").any():
        told.append(
            say(
                "told_pairs_leakage",
                value=say.number(value("pairs_leakage")),
                floor=say.number(value("pairs_leakage_baseline")),
            )
        )
    return told


def _flags(frames: Mapping[str, pl.DataFrame], say: Words) -> list[tuple[str, list[str]]]:
    """Return each flagged topic's label with what is told of it, the largest topic first."""
    names = dict(frames["topic_info"].select("topic", "label").iter_rows())
    sizes = dict(frames["topic_info"].select("topic", "n_documents").iter_rows())
    told: dict[int, list[str]] = {}
    for row in frames["topic_flags"].drop_nulls("topic").iter_rows(named=True):
        told.setdefault(row["topic"], []).append(
            say(
                f"told_{row['flag']}",
                share=say.share(row["estimate"]),
                limit=say.share(row["limit"]),
                value=say.signed(row["estimate"]),
                floor=say.signed(row["limit"]),
                group=_group(row, frames["documents"], say),
            )
        )
    order = sorted(told, key=lambda topic: (-sizes.get(topic, 0), topic))
    return [(str(names.get(topic, topic)), told[topic]) for topic in order]


def _group(row: dict[str, Any], documents: pl.DataFrame, say: Words) -> str:
    group = row["group"] or ""
    if row["flag"] == "one_language":
        return say.tongue(group)
    if row["flag"] != "one_story":
        return group
    titles = documents.filter(doc_id=group).select(
        pl.coalesce("title", pl.col("text").str.slice(0, _MOST_TITLE))
    )
    title = str(titles.item()) if len(titles) else group
    return title if len(title) <= _MOST_TITLE else title[:_MOST_TITLE].rstrip() + "…"


def _topic_rows(frames: Mapping[str, pl.DataFrame], say: Words) -> Rows:
    """Return the label, size and measures of each topic, the largest first."""
    own = frames["topic_quality"].filter(
        pl.col("topic").is_not_null(), pl.col("language").is_null()
    )
    values = {
        (topic, measure, unit): (estimate, n)
        for topic, measure, unit, estimate, n in own.select(
            "topic", "measure", "unit", "estimate", "n"
        ).iter_rows()
    }
    main = {
        row["topic"]: f"{say.tongue(row['language'])} {say.share(row['share'])}"
        for row in frames["topic_languages"]
        .sort(["topic", "n_documents", "language"], descending=[False, True, False])
        .unique("topic", keep="first", maintain_order=True)
        .iter_rows(named=True)
    }
    names = dict(frames["topic_info"].select("topic", "label").iter_rows())

    def write(topic: int, measure: str, unit: str | None, how: Callable[[float], str]) -> str:
        value, _ = values.get((topic, measure, unit), (None, 0))
        return "–" if value is None else how(value)

    sizes = {
        topic: n
        for (topic, measure, unit), (_, n) in values.items()
        if (measure, unit) == ("corpus_share", "distinct")
    }
    return [
        (
            str(names.get(topic, topic)),
            say.count(sizes[topic]),
            write(topic, "npmi", None, say.signed),
            write(topic, "separation", "distinct", say.signed),
            main.get(topic, "–"),
            write(topic, "copies_share", "printed", say.share),
            write(topic, "effective_outlets", "printed", say.number),
        )
        for topic in sorted(sizes, key=lambda topic: (-sizes[topic], topic))
    ]
