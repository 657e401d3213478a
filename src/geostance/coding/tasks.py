"""What a coder is given: an article and one target, without anything a model says of it."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from geostance.sentences import full_text, split_sentences
from geostance.targets import find_targets, load_targets


@dataclass(frozen=True)
class Task:
    """An article to be judged toward one target.

    Attributes:
        text: headline, blank line, body; every offset is one of characters into it.
        mentions: (start, end) where the text names the target.
        sentences: (start, end) of each sentence.
        label: the target's name in the coder's language.
        round: in which round of sampling it was drawn.
    """

    doc_id: str
    target: str
    label: str
    round: int
    outlet: str
    date: str
    language: str
    text: str
    mentions: tuple[tuple[int, int], ...]
    sentences: tuple[tuple[int, int], ...]

    @property
    def key(self) -> tuple[str, str]:
        """What tells one task from another."""
        return self.doc_id, self.target

    @property
    def source(self) -> str:
        """Outlet and date in a line."""
        return " · ".join(filter(None, (self.outlet, self.date)))


def coding_tasks(
    frame: pl.DataFrame,
    documents: pl.DataFrame,
    cleaned: pl.DataFrame,
    *,
    targets_file: str | Path | None = None,
    language: str = "en",
    since: int = 1,
) -> list[Task]:
    """Return what was drawn, an article after the other with all its targets, in order of chance.

    Args:
        frame: the table ``frame``.
        documents: the table ``documents``; its texts are not needed.
        cleaned: the table ``cleaned``; its blocks are not needed.
        targets_file: the study's own targets.
        language: of the targets' names.
        since: the first round that counts.
    """
    known = load_targets(targets_file)
    drawn = (
        frame.filter(pl.col("round") >= since)
        .join(cleaned.select("doc_id", "title", "text", "language"), on="doc_id")
        .join(documents.select("doc_id", "outlet", "date"), on="doc_id", how="left")
        # Coders who come to a new round find it behind the one they know.
        .sort("round", pl.col("number").min().over("doc_id"), "doc_id", "target")
    )
    found: dict[str, tuple[tuple[int, int], ...]] = {}
    tasks = []
    for row in drawn.iter_rows(named=True):
        text = full_text(row["title"], row["text"])
        spoken = row["language"] or "und"
        doc_id, target = row["doc_id"], row["target"]
        if doc_id not in found:
            found[doc_id] = tuple(split_sentences(text, spoken))
        tasks.append(
            Task(
                doc_id,
                target,
                known[target].label(language) if target in known else target,
                row["round"],
                row["outlet"] or "",
                str(row["date"] or ""),
                spoken,
                text,
                _mentions(text, row["language"], target, known, targets_file),
                found[doc_id],
            )
        )
    return tasks


def _mentions(
    text: str,
    language: str | None,
    target: str,
    known: Collection[str],
    targets_file: str | Path | None,
) -> tuple[tuple[int, int], ...]:
    if target not in known:
        return ()
    return tuple(
        (mention.start, mention.end)
        for mention in find_targets(text, language, [target], targets_file)
    )
