"""The stage that hands a senior coder what the others answered differently."""

from pathlib import Path

from geostance.config import Config
from geostance.errors import AnnotationError
from geostance.files import read_table, write_text
from geostance.stages.basis import Record, kept_documents


def annotate_adjudicate(
    config: Config, *, disagreements: Path, documents: Path, cleaned: Path, output: Path
) -> Record:
    """Write the sheet in which a senior coder decides where coders disagree.

    OUTPUT is the sheet, worst disagreements first. Filled in, it goes into the study's folder of
    annotations under any name, which is the coder's where it has no column coder: its answers then
    count in place of those it decides on.
    """
    from geostance.sheets import spreadsheet
    from geostance.validate import adjudication_sheet
    from geostance.validate.annotations import read_annotations

    if output.exists() and any(
        row.text("relevant") or row.text("stance") for row in read_annotations(output, ())
    ):
        raise AnnotationError(
            "a sheet with answers is already there, and would be lost",
            str(output),
            "move it into the folder of annotations, run make all, then this again",
        )
    kept = kept_documents(cleaned).select("doc_id", "text")
    dates = read_table(documents, "documents", ["text"]).select("doc_id", "date")
    found = read_table(disagreements, "disagreements")
    rows = adjudication_sheet(found, kept.join(dates, on="doc_id"))
    write_text(output, spreadsheet(rows))
    return {"to_decide": len(rows), "decided": int(found["adjudicated"].sum())}
