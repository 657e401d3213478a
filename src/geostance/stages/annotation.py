"""The stages before coders work: what they are to label, and how much of it is enough."""

from pathlib import Path

import polars as pl

from geostance.config import Config
from geostance.files import read_table, write_table, write_text
from geostance.stages.basis import Record, described_documents, kept_documents

# Filled in by the coder.
_ANSWERS = ("relevant", "stance", "voice", "evidence", "coder", "note")


def annotate_sample(
    config: Config,
    *,
    documents: Path,
    unique: Path,
    cleaned: Path,
    topics: Path,
    stance: Path,
    output: Path,
) -> Record:
    """Draw a round of articles to label: a sheet for coders, and the chance of each.

    The sheet is ``round-N.csv`` beside ``output``, which holds what all rounds drew. Filled in, it
    goes into the study's folder of annotations under any name.
    """
    from geostance.groups import grouped
    from geostance.sheets import spreadsheet
    from geostance.validate.sampling import SCORE, draw, sampling_frame

    own = config.annotation
    distinct = read_table(unique, "unique").filter("is_representative").select("doc_id")
    kept = kept_documents(cleaned)
    described = described_documents(documents, kept, topics).join(distinct, on="doc_id")
    columns = [column for column in own.by if column != SCORE]
    scores = read_table(stance, "stance").filter(pl.col("target").is_in(config.stance.targets))
    whole = sampling_frame(
        scores, grouped(described, columns), own.by, config.seed_for("annotate-sample")
    )
    earlier = read_table(output, "frame") if output.exists() else None
    frame = draw(whole, earlier, own.size, own.allocation)
    last = 0 if earlier is None else int(earlier["round"].max() or 0)
    fresh = (
        frame.filter(pl.col("round") > last)
        .join(described.select("doc_id", "outlet", "date"), on="doc_id")
        .join(kept.select("doc_id", "title", "text"), on="doc_id")
        # One article after the other with all its targets, in the order of chance.
        .sort(pl.col("number").min().over("doc_id"), "doc_id", "target")
        .select("doc_id", "target", "outlet", "date", "title", "text")
        .with_columns(pl.lit(None, pl.String).alias(answer) for answer in _ANSWERS)
    )
    if len(fresh):
        write_text(output.with_name(f"round-{last + 1}.csv"), spreadsheet(fresh))
    write_table(output, frame, "frame")
    counts = frame.filter(pl.col("round").is_not_null()).group_by("target").len().sort("target")
    return {"to_label": len(fresh), "drawn": dict(counts.iter_rows())}


def plan(config: Config, *, unique: Path, stance: Path, quality: Path) -> pl.DataFrame:
    """Return how wide intervals will be by number of labels; nothing is written.

    Where labels of a target have measured how its scores correlate, that is reckoned with.
    """
    from geostance.validate.sampling import expected_widths

    distinct = read_table(unique, "unique").filter("is_representative")
    scores = read_table(stance, "stance").join(distinct, on="doc_id", how="semi")
    scores = scores.filter(pl.col("target").is_in(config.stance.targets)).sort("target", "doc_id")
    measured = dict(
        read_table(quality, "scorer_quality")
        .filter(measure="correlation", grouping="target")
        .filter(pl.col("estimate").is_finite())
        .select("group", "estimate")
        .iter_rows()
    )
    correlations = {
        target: [max(0.0, measured[target])]
        if target in measured
        else list(config.annotation.correlations)
        for target in scores["target"].unique()
    }
    return expected_widths(scores, correlations, _SIZES, config.validation.confidence)


_SIZES = (25, 50, 100, 200, 300, 500, 1000)
