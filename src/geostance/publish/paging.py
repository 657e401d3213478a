"""The documents of the report: a row of each in the page, the texts there or in files beside it."""

import hashlib
from collections.abc import Callable
from typing import Any

import polars as pl

from geostance.publish.reading import PER_FILE, readings
from geostance.publish.scripts import embedded_json

# The folder of the files beside the page.
BESIDE = "report-data"
# So many documents stand in the page itself.
INLINE_DOCUMENTS = 2_000
# Characters that the search reads, of all texts together: its index takes six bytes for each.
_SEARCHED = 30_000_000
_LEAST_SEARCHED = 200

Save = Callable[[str, str], None]


def paged_documents(
    frames: dict[str, pl.DataFrame], targets: list[str], limit: int, inline: int, save: Save
) -> dict[str, Any]:
    """Return what the page knows of its documents; texts past ``inline`` of them go to ``save``.

    ``save`` is given the name and the content of each file beside the page. A name holds the
    hash of the content, so that a page never reads the texts of another.
    """
    outlets: dict[str, int] = {}
    tags: dict[str, int] = {}
    rows: list[list[Any]] = []
    texts: list[dict[str, Any]] = []
    files: list[str] = []
    longest = 0

    def flush() -> None:
        content = f"geostance.page({len(files)},{embedded_json(texts)});\n"
        digest = hashlib.sha256(content.encode()).hexdigest()[:16]
        files.append(f"documents-{len(files) + 1:03d}-{digest}.js")
        save(files[-1], content)
        texts.clear()

    kept = frames["cleaned"]["dropped_reason"].null_count()
    beside = min(kept, limit) > inline
    for record in readings(frames, targets, limit):
        rows.append(_row(record, outlets, tags, len(targets)))
        texts.append({name: record[name] for name in _TEXT})
        longest = max(longest, sum(len(piece["x"]) for piece in record["pieces"]))
        if beside and len(texts) == PER_FILE:
            flush()
    if beside and texts:
        flush()
    searched = max(_LEAST_SEARCHED, _SEARCHED // max(len(rows), 1))
    return {
        "documents": rows,
        "outlets": list(outlets),
        "tags": list(tags),
        "searched": searched,
        "whole": longest <= searched,
        "perFile": PER_FILE,
        **({"folder": BESIDE, "files": files} if beside else {"texts": texts}),
    }


_TEXT = ("url", "source", "copy", "scores", "pieces", "headline", "cut")


def _row(
    record: dict[str, Any], outlets: dict[str, int], tags: dict[str, int], n_targets: int
) -> list[Any]:
    """Return id, title, outlet and date, language and topic, and the score of each target."""
    scores = record["scores"]
    return [
        record["id"],
        record["title"],
        outlets.setdefault(record["outlet"], len(outlets)),
        record["date"],
        tags.setdefault(record["language"], len(tags)),
        record["topic"],
        [scores[at][0] if at in scores else None for at in range(n_targets)] if scores else [],
    ]
