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


def topics(frames: dict[str, pl.DataFrame], say: Words) -> list[dict[str, Any]]:
    """Return each topic with its words and the documents that stand for it, by language.

    A document is told by the reason it was chosen for, its title, its outlet and its date.
    """
    words: dict[int, dict[str, list[str]]] = {}
    for row in frames["topic_words"].sort("topic", "language", "rank").iter_rows(named=True):
        listed = words.setdefault(row["topic"], {}).setdefault(row["language"], [])
        if len(listed) < _WORDS_PER_TOPIC:
            listed.append(row["shown"])
    documents = _representatives(frames, say)
    info = (
        frames["topic_info"]
        .filter(pl.col("topic") >= 0)
        .sort(["n_documents", "topic"], descending=[True, False])
    )
    return [
        {
            "label": row["label"],
            "n": say.count(row["n_documents"]),
            "words": [
                {
                    "tag": tag,
                    "name": say.tongue(tag),
                    "words": ", ".join(listed),
                    "documents": documents.get((row["topic"], tag), []),
                }
                for tag, listed in words.get(row["topic"], {}).items()
            ],
        }
        for row in info.iter_rows(named=True)
    ]


def _representatives(
    frames: dict[str, pl.DataFrame], say: Words
) -> dict[tuple[int, str], list[tuple[str, str, str]]]:
    found: dict[tuple[int, str], list[tuple[str, str, str]]] = {}
    told = (
        frames["topic_documents"]
        .join(frames["documents"].select("doc_id", "outlet", "date"), on="doc_id", how="left")
        .join(frames["cleaned"].select("doc_id", "title"), on="doc_id", how="left")
        .sort("topic", "language", "rank")
    )
    for row in told.iter_rows(named=True):
        where = ", ".join(str(part) for part in (row["outlet"], row["date"]) if part is not None)
        title = row["title"] or say("page_untitled")
        found.setdefault((row["topic"], row["language"]), []).append(
            (say.known("representative", row["reason"]), title, where)
        )
    return found


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
                shortened(row["text"], _LINE_CHARACTERS),
                say.known("reason", row["reason"]),
                row["rule"],
                say.count(row["n_documents"]),
                say.share(row["n_documents"] / articles[outlet]),
            )
            for row in lines.filter(outlet=outlet)[:_LINES_PER_OUTLET].iter_rows(named=True)
        ]
        listed.append((outlet, say("report_lines_dropped", n=say.count(n)), rows))
    return listed


def shortened(text: str, most: int) -> str:
    """Return ``text`` cut to ``most`` characters, with a mark where it was cut."""
    return text if len(text) <= most else text[:most].rstrip() + "…"
