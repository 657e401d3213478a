"""The rows of the report's tables, written for a reader."""

from typing import Any

import polars as pl

from geostance.publish.figures.basis import choose
from geostance.publish.words import Words

_WORDS_PER_TOPIC = 8
# Of the most dropped lines of an outlet, so many; and of outlets, those that lost most.
_LINES_PER_OUTLET, _MOST_OUTLETS = 15, 60
_LINE_CHARACTERS = 160


def _interval(row: dict[str, Any], say: Words, *, signed: bool) -> str:
    write = say.signed if signed else say.number
    return "–" if row["low"] is None else f"[{write(row['low'])}; {write(row['high'])}]"


def overall(estimates: pl.DataFrame, names: dict[str, str], say: Words) -> list[tuple[str, ...]]:
    """Return the rows of the table of overall estimates: every quantity of every target."""
    rows = []
    for quantity in ("stance", "share_favourable", "share_unfavourable"):
        for row in choose(estimates, "all", quantity).iter_rows(named=True):
            signed = quantity == "stance"
            write = say.signed if signed else say.number
            rows.append(
                (
                    names.get(row["target"], row["target"]),
                    say(f"quantity_{quantity}"),
                    write(row["estimate"]),
                    _interval(row, say, signed=signed),
                    say.count(row["n_documents"]),
                    say.count(row["n_labels"]),
                    say(f"method_{row['method']}"),
                )
            )
    return sorted(rows, key=lambda row: list(names.values()).index(row[0]))


def estimates(estimates: pl.DataFrame, names: dict[str, str], say: Words) -> list[dict[str, Any]]:
    """Return every estimate for the page's filterable table, methods side by side."""
    shown = estimates.filter(
        (pl.col("quantity") == "stance") & pl.col("estimate").is_finite()
    ).with_columns(pl.col("estimate", "low", "high").round(3))
    return [
        {
            "target": names.get(row["target"], row["target"]),
            "grouping": say.known("grouping", row["grouping"]),
            "group": row["group"],
            "estimate": row["estimate"],
            "low": row["low"],
            "high": row["high"],
            "documents": row["n_documents"],
            "labels": row["n_labels"],
            "method": row["method"],
            "unit": say.known("unit", row["unit"]),
        }
        for row in shown.iter_rows(named=True)
    ]


def agreement(agreement: pl.DataFrame, names: dict[str, str], say: Words) -> list[tuple[str, ...]]:
    """Return the rows of the table of agreement, in the order of ``agreement``."""
    names = names | {"all": say("all_targets")}
    return [
        (
            names.get(row["target"], row["target"]),
            say.known("measure", row["measure"]),
            say.number(row["estimate"]),
            _interval(row, say, signed=False),
            say.count(row["n_labels"]),
        )
        for row in agreement.iter_rows(named=True)
        if row["estimate"] is not None
    ]


def topics(topic_info: pl.DataFrame, topic_words: pl.DataFrame, say: Words) -> list[dict[str, Any]]:
    """Return each topic with its commonest words in each of its languages."""
    words: dict[int, dict[str, list[str]]] = {}
    for row in topic_words.sort("topic", "language", "rank").iter_rows(named=True):
        listed = words.setdefault(row["topic"], {}).setdefault(row["language"], [])
        if len(listed) < _WORDS_PER_TOPIC:
            listed.append(row["shown"])
    info = topic_info.filter(pl.col("topic") >= 0).sort(
        ["n_documents", "topic"], descending=[True, False]
    )
    return [
        {
            "label": row["label"],
            "n": say.count(row["n_documents"]),
            "words": [
                {"tag": tag, "name": say.tongue(tag), "words": ", ".join(listed)}
                for tag, listed in words.get(row["topic"], {}).items()
            ],
        }
        for row in info.iter_rows(named=True)
    ]


def dropped(
    dropped: pl.DataFrame, documents: pl.DataFrame, say: Words
) -> list[tuple[str, str, list[tuple[str, ...]]]]:
    """Return, for each outlet, its name, how many lines it lost, and the most dropped ones.

    A line is shown with its reason, the rule that decided, and in how many articles it was
    dropped. The outlets that lost most stand first.
    """
    named = documents.select("doc_id", pl.col("outlet").fill_null(say("report_no_outlet")))
    articles = dict(named.group_by("outlet").agg(n=pl.len()).iter_rows())
    # Lines that differ in their numbers alone ("14 comments") are one.
    lost = (
        dropped.drop("outlet")
        .join(named, on="doc_id")
        .with_columns(pl.col("text").str.replace_all(r"\d+", "#"))
    )
    lines = (
        lost.group_by("outlet", "text", "reason", "rule")
        .agg(n=pl.len(), n_documents=pl.col("doc_id").n_unique())
        .sort(["n_documents", "n", "text", "reason"], descending=[True, True, False, False])
    )
    order = lost.group_by("outlet").agg(n=pl.len()).sort(["n", "outlet"], descending=[True, False])
    listed = []
    for outlet, n in order[:_MOST_OUTLETS].iter_rows():
        rows = [
            (
                _shortened(row["text"]),
                say.known("reason", row["reason"]),
                row["rule"],
                say.count(row["n_documents"]),
                say.share(row["n_documents"] / articles[outlet]),
            )
            for row in lines.filter(outlet=outlet)[:_LINES_PER_OUTLET].iter_rows(named=True)
        ]
        listed.append((outlet, say("report_lines_dropped", n=say.count(n)), rows))
    return listed


def _shortened(text: str) -> str:
    return text if len(text) <= _LINE_CHARACTERS else text[:_LINE_CHARACTERS].rstrip() + "…"
