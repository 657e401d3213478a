"""Read the human labels of a study: who judged which document toward which target."""

import unicodedata
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import polars as pl

from geostance.coding.words import VOICES, meaning
from geostance.errors import AnnotationError
from geostance.validate.annotations import Annotation, read_annotations

LABELS = {
    "doc_id": pl.String,
    "target": pl.String,
    "relevant": pl.Boolean,
    "stance": pl.Int64,
    "voice": pl.String,
    "coder": pl.String,
}

NEEDED = ("target", "relevant", "stance")
TYPED = frozenset({*LABELS, "source", "position", "inclusion_probability"})
_LISTED = 5


def read_labels(
    paths: Iterable[Path],
    documents: pl.DataFrame,
    targets: Collection[str],
    frame: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return one row per label, sorted by document, target and coder.

    Files are CSV (comma, semicolon or tab), JSONL, a workbook or the export of an annotation
    tool (:mod:`geostance.coding.returned`), with the columns ``doc_id`` or
    ``source`` (path relative to the corpus root, with ``position`` where a file holds
    several records), ``target``, ``relevant`` (0, 1), ``stance`` (−1, 0, 1), and where
    known ``voice`` (author, quoted, none), ``coder`` and ``inclusion_probability``, the
    chance with which the document was drawn for labelling. Without a coder the file's
    name stands for one. Other columns are kept as text. Notes beside the labels (.md,
    .txt) and hidden files are passed over.

    A label that finds the target not relevant is no stance: ``stance`` is null there,
    never 0. A row in which neither is filled in is not labelled yet and passed over.
    ``inclusion_probability`` is a column of the result only where a file has it, or where a
    ``frame`` says what was drawn: that then decides, with the ``stratum``, and labels of what was
    not drawn have neither.

    Args:
        paths: the files of the annotation folder, in any order.
        documents: the table ``documents``.
        targets: every target id the labels may use.
        frame: the table ``frame`` of the rounds drawn so far.

    Raises:
        AnnotationError: a malformed file, an unknown target, value or document, two
            labels of one coder for one document and target.
    """
    rows = [
        row
        for path in sorted(paths)
        for row in read_annotations(path, NEEDED)
        if row.text("relevant") or row.text("stance")
    ]
    index = DocumentIndex(documents)
    found = [(row, index.find(row)) for row in rows]
    unknown = [row for row, doc_id in found if doc_id is None]
    if unknown:
        listed = "; ".join(
            f"{row.text('doc_id') or row.text('source')} ({row.where})" for row in unknown[:_LISTED]
        )
        raise AnnotationError(
            f"{len(unknown)} of {len(rows)} labels are of documents that are not in the corpus",
            listed,
            "give the doc_id, or the source as its path below the corpus folder",
        )
    judged = [label_of(row, str(doc_id), targets) for row, doc_id in found]
    _check_coders(rows, judged)
    extras = sorted({column for row in rows for column in row.values} - TYPED)
    chances = any("inclusion_probability" in row.values for row in rows)
    schema = (
        LABELS
        | ({"inclusion_probability": pl.Float64} if chances else {})
        | dict.fromkeys(extras, pl.String)
    )
    records = [
        label | {column: row.text(column) for column in extras}
        for row, label in zip(rows, judged, strict=True)
    ]
    labels = pl.DataFrame(
        {column: [record[column] for record in records] for column in schema}, schema=schema
    )
    return (labels if frame is None else _drawn(labels, frame)).sort("doc_id", "target", "coder")


def _drawn(labels: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    chosen = frame.filter(pl.col("round").is_not_null())
    return labels.drop("inclusion_probability", "stratum", strict=False).join(
        chosen.select("doc_id", "target", "inclusion_probability", "stratum"),
        on=["doc_id", "target"],
        how="left",
    )


def label_of(row: Annotation, doc_id: str, targets: Collection[str]) -> dict[str, Any]:
    """Return the typed columns of one row.

    Raises:
        AnnotationError: a value is not one of those allowed, or two contradict each other.
    """
    target = row.text("target")
    if target not in targets:
        raise row.fault(f"unknown target {target!r}", f"known are {', '.join(sorted(targets))}")
    relevant = row.choice("relevant", (0, 1))
    stance = row.choice("stance", (-1, 0, 1))
    if relevant is None:
        raise row.fault("relevant is empty", "write 1 if the text speaks of the target, else 0")
    if relevant and stance is None:
        raise row.fault("stance is empty for a relevant target", "write -1, 0 or 1")
    if not relevant and stance:
        raise row.fault(
            f"stance is {stance} although relevant is 0", "set relevant to 1, or stance to 0"
        )
    voice = row.text("voice")
    voice = voice and meaning("voice", voice)
    if voice is not None and voice not in VOICES:
        raise row.fault(f"voice is {voice!r}", f"voice is one of {', '.join(VOICES)}")
    chance = row.number("inclusion_probability")
    if chance is not None and not 0 < chance <= 1:
        raise row.fault(
            f"inclusion_probability is {chance:g}", "it is above 0 and at most 1, or empty"
        )
    return {
        "doc_id": doc_id,
        "target": target,
        "relevant": bool(relevant),
        "stance": stance if relevant else None,
        "voice": voice,
        "coder": row.text("coder") or row.file_coder,
        "inclusion_probability": chance,
    }


def _check_coders(rows: list[Annotation], judged: list[dict[str, Any]]) -> None:
    seen: dict[tuple[str, ...], str] = {}
    chances: dict[tuple[str, ...], float | None] = {}
    for row, label in zip(rows, judged, strict=True):
        pair = (label["doc_id"], label["target"])
        key = (*pair, label["coder"])
        if key in seen:
            raise row.fault(
                f"coder {key[2]!r} labels {key[1]} in document {key[0]} again (first: {seen[key]})",
                "keep one of the two, or tell the coders apart in the column coder",
            )
        seen[key] = row.where
        chance = label["inclusion_probability"]
        if chances.setdefault(pair, chance) != chance:
            raise row.fault(
                f"inclusion_probability is {chance} here and {chances[pair]} for another coder",
                "it belongs to the document and target: give every coder's row the same",
            )


class DocumentIndex:
    """Finds documents by id, or by source and position."""

    def __init__(self, documents: pl.DataFrame) -> None:
        """Take the table ``documents``; its texts are not needed."""
        self._ids = set(documents["doc_id"])
        self._of_source: dict[str, dict[int, str]] = {}
        for doc_id, source, position in documents.select("doc_id", "source", "position").rows():
            self._of_source.setdefault(_plain(source), {})[position] = doc_id

    def find(self, row: Annotation) -> str | None:
        """Return the id of a row's document, None where the corpus has no such document.

        Raises:
            AnnotationError: the row does not say which document it is.
        """
        doc_id = row.text("doc_id")
        if doc_id is not None:
            return doc_id if doc_id in self._ids else None
        source = row.text("source")
        if source is None:
            raise row.fault("neither doc_id nor source is given", "fill one of the two columns")
        there = self._of_source.get(_plain(source), {})
        position = row.number("position")
        if position is None and len(there) > 1:
            raise row.fault(
                f"{source} holds {len(there)} documents and no position says which",
                "add the column position, counted from 1, or give the doc_id",
            )
        if position is None:
            return next(iter(there.values()), None)
        if not position.is_integer():
            raise row.fault(f"position is {position:g}", "count the file's records from 1")
        return there.get(int(position))


def _plain(source: str) -> str:
    # macOS hands out decomposed names, Windows backslashes; the corpus may come from either.
    return unicodedata.normalize("NFC", source).replace("\\", "/").removeprefix("./")
