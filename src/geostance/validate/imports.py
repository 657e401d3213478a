"""Take the labels of returned files one by one: what is wrong is set aside with its reason."""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import polars as pl

from geostance.errors import AnnotationError
from geostance.validate.annotations import Annotation, read_annotations
from geostance.validate.labels import NEEDED, DocumentIndex, label_of

_REJECTED = {"where": pl.String, "reason": pl.String, "mend": pl.String, "row": pl.String}


def import_labels(
    paths: Iterable[Path], documents: pl.DataFrame, targets: Collection[str]
) -> tuple[list[dict[str, Any]], pl.DataFrame]:
    """Return the labels as rows of an annotation file, and what was rejected.

    Rows not filled in are neither. Of two labels of one coder for one document and target the
    second is rejected. A file that breaks off is rejected from there on, as one row.

    Args:
        paths: the files, of any kind that :func:`read_annotations` reads.
        documents: the table ``documents``.
        targets: every target id the labels may use.

    Returns:
        The labels, by document, target and coder; and ``where``, ``reason``, ``mend`` and ``row``
        of each row that was rejected.
    """
    index = DocumentIndex(documents)
    labels: dict[tuple[str, str, str], dict[str, Any]] = {}
    rejected: list[tuple[str, str, str, str]] = []
    for path in sorted(paths):
        rows = read_annotations(path, NEEDED)
        row: Annotation | None = None
        while True:
            try:
                row = None
                row = next(rows)
                if row.text("relevant") or row.text("stance"):
                    _take(row, index, targets, labels)
            except StopIteration:
                break
            except AnnotationError as error:
                text = "" if row is None else str(row.values)
                rejected.append((error.where, error.what, error.mend, text))
                if row is None:
                    break
    return [labels[key] for key in sorted(labels)], pl.DataFrame(
        rejected, schema=_REJECTED, orient="row"
    )


def _take(
    row: Annotation,
    index: DocumentIndex,
    targets: Collection[str],
    labels: dict[tuple[str, str, str], dict[str, Any]],
) -> None:
    doc_id = index.find(row)
    if doc_id is None:
        raise row.fault(
            f"the document {row.text('doc_id') or row.text('source')} is not in the corpus",
            "give the doc_id, or the source as its path below the corpus folder",
        )
    label = label_of(row, doc_id, targets)
    key = (doc_id, label["target"], label["coder"])
    if key in labels:
        raise row.fault(
            f"coder {key[2]!r} labels {key[1]} in document {key[0]} again",
            "keep one of the two, or tell the coders apart in the column coder",
        )
    beside = {
        name: value
        for name, value in row.values.items()
        if name not in label and name not in ("source", "position") and value not in (None, "")
    }
    labels[key] = {**label, "relevant": int(label["relevant"]), **beside}
    if label["inclusion_probability"] is None:
        del labels[key]["inclusion_probability"]
