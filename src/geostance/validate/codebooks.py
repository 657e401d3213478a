"""Labels made by different codebooks answer different questions: how many, by which."""

import polars as pl

from geostance.validate.adjudication import coded


def label_table(labels: pl.DataFrame) -> pl.DataFrame:
    """Return the schema's table ``labels``: who judged what, when, by which codebook.

    Args:
        labels: from :func:`read_labels`; ``codebook``, ``coded_at`` and ``note`` may be absent.
    """
    given = set(labels.columns)
    optional = {
        name: pl.col(name) if name in given else pl.lit(None, pl.String)
        for name in ("evidence", "note", "codebook", "coded_at")
    }
    return labels.select("doc_id", "target", "relevant", "stance", "voice", "coder", **optional)


def codebook_notes(labels: pl.DataFrame) -> list[str]:
    """Return what must be said of the codebooks of ``labels``: nothing if it is one.

    The sheet of decisions names none: a decision is by the codebook of the answers it decides on.
    """
    if "codebook" not in labels.columns:
        return []
    counts = (
        coded(labels)
        .group_by("codebook")
        .len()
        .sort(pl.col("len"), "codebook", descending=[True, False], nulls_last=True)
    )
    if len(counts) < 2:
        return []
    listed = ", ".join(f"{name or 'none named'} ({n})" for name, n in counts.iter_rows())
    return [
        f"labels were made by {len(counts)} codebooks: {listed}; they are used together, "
        "the column codebook of the table labels tells them apart"
    ]
