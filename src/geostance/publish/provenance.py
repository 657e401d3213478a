"""Which files each figure follows from, back to the researcher's own, with their hashes."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from geostance.publish.study import Study

# Each step of the workflow by its main table: the tables written beside it, and what it reads.
# The Makefile says the same; a test holds the two together.
STEPS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "documents": (("rejected",), ("corpus",)),
    "cleaned": (("dropped",), ("documents",)),
    "unique": (("syndication",), ("documents", "cleaned")),
    "description": (("missing", "losses"), ("documents", "cleaned", "unique")),
    "sentences": ((), ("cleaned",)),
    "embeddings": ((), ("sentences",)),
    "topics_fitted": (
        ("topic_info_fitted", "topic_passages_fitted", "topic_words_fitted", "topic_centres"),
        ("cleaned", "unique", "embeddings"),
    ),
    "topics": (
        (
            *("topic_documents", "topic_edits", "topic_hierarchy", "topic_info", "topic_passages"),
            *("topic_shares", "topic_trends", "topic_words"),
        ),
        ("documents", "cleaned", "unique", "embeddings", "topics_fitted"),
    ),
    "topic_quality": (
        ("topic_flags", "topic_languages", "topic_pairs"),
        ("documents", "cleaned", "unique", "embeddings", "topics"),
    ),
    "mentions": ((), ("cleaned", "sentences")),
    "stance": ((), ("cleaned", "mentions")),
    "estimates": (
        (
            *("agreement", "coder_confusion", "coefficients", "differences", "disagreements"),
            *("labelled", "labels", "reliability", "scorer_errors", "scorer_quality"),
        ),
        ("annotations", "documents", "unique", "cleaned", "sentences", "topics", "stance"),
    ),
    "sensitivity": (
        (),
        ("annotations", "documents", "unique", "cleaned", "topics", "mentions"),
    ),
}


@dataclass(frozen=True)
class Node:
    """One thing that was made: the researcher's files, the tables of a step, or a figure.

    Attributes:
        name: id of the node.
        kind: ``raw``, ``table`` or ``figure``.
        hashes: SHA-256 in hexadecimal, by file.
        inputs: names of the nodes it follows from.
        n: files of a raw node, rows of the main table of a step.
    """

    name: str
    kind: str
    hashes: dict[str, str]
    inputs: tuple[str, ...] = ()
    n: int = 0
    title: str = ""
    digest: str = field(default="")


def provenance(study: Study) -> list[Node]:
    """Return every node from the researcher's files to the figures, inputs before outputs."""
    raw = {name: files for name, files in study.raw.items() if files}
    nodes = [
        Node(name, "raw", files, (), len(files), digest=_whole(files))
        for name, files in raw.items()
    ]
    owner: dict[str, str] = {}
    for name, (others, inputs) in _steps(study.tables).items():
        tables = [table for table in (name, *others) if table in study.tables]
        owner |= dict.fromkeys(tables, name)
        if tables:
            hashes = {
                study.tables[table]["file"]: study.tables[table]["sha256"] for table in tables
            }
            own = study.tables[tables[0]]
            known = {node.name for node in nodes}
            nodes.append(
                Node(
                    name,
                    "table",
                    hashes,
                    tuple(one for one in inputs if one in known),
                    own["rows"],
                    digest=own["sha256"],
                )
            )
    for record in study.figures:
        inputs = tuple(dict.fromkeys(owner[table] for table in record["inputs"] if table in owner))
        nodes.append(
            Node(
                record["id"],
                "figure",
                record["files"],
                inputs,
                title=record["title"],
                digest=record["files"][record["numbers"]],
            )
        )
    return nodes


def _steps(tables: Mapping[str, Any]) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return ``STEPS`` and, without known inputs, each table that none of them writes."""
    known = {*STEPS, *(table for others, _ in STEPS.values() for table in others)}
    return STEPS | {table: ((), ()) for table in tables if table not in known}


def _whole(files: Mapping[str, str]) -> str:
    """Return one SHA-256 for many files: that of the lines ``hash  path``, by path."""
    lines = "".join(f"{files[path]}  {path}\n" for path in sorted(files))
    return hashlib.sha256(lines.encode()).hexdigest()


def direct(nodes: Sequence[Node]) -> dict[str, tuple[str, ...]]:
    """Return, for each node, the inputs that no other of its inputs already follows from."""
    inputs = {node.name: node.inputs for node in nodes}
    above: dict[str, set[str]] = {}
    for node in nodes:
        above[node.name] = {*node.inputs, *(far for one in node.inputs for far in above[one])}
    return {
        name: tuple(one for one in own if not any(one in above[other] for other in own))
        for name, own in inputs.items()
    }
