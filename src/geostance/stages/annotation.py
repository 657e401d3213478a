"""The stages around the coders: what they are to label, in which files, and what came back."""

import json
from collections import Counter
from pathlib import Path

import polars as pl

from geostance.config import Config
from geostance.errors import ConfigError, StaleError
from geostance.files import read_table, write_table, write_text
from geostance.stages.basis import Record, described_documents, kept_documents


def annotate_sample(
    config: Config,
    *,
    documents: Path,
    unique: Path,
    cleaned: Path,
    topics: Path,
    stance: Path,
    codebook: Path,
    output: Path,
) -> Record:
    """Draw a round of articles to label: a sheet for coders, and the chance of each.

    The sheet is ``round-N.csv`` beside ``output``, which holds what all rounds drew. Filled in, it
    goes into the study's folder of annotations under any name. Where there is no CODEBOOK yet,
    that of the package is put there, to be made the study's own before anybody codes.
    """
    from geostance.coding import read_codebook, shipped_text
    from geostance.coding.sheet import ANSWERS
    from geostance.groups import grouped
    from geostance.sheets import spreadsheet
    from geostance.validate.sampling import SCORE, draw, sampling_frame

    if not codebook.exists():
        write_text(codebook, shipped_text())
    version = read_codebook(codebook).hash

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
        .with_columns(
            *(pl.lit(None, pl.String).alias(answer) for answer in ANSWERS),
            codebook=pl.lit(version),
        )
    )
    if len(fresh):
        write_text(output.with_name(f"round-{last + 1}.csv"), spreadsheet(fresh))
    write_table(output, frame, "frame")
    counts = frame.filter(pl.col("round").is_not_null()).group_by("target").len().sort("target")
    return {"to_label": len(fresh), "drawn": dict(counts.iter_rows()), "codebook": version}


def annotate_export(
    config: Config,
    *,
    frame: Path,
    documents: Path,
    cleaned: Path,
    codebook: Path,
    to: str,
    output: Path,
    since: int = 1,
) -> Record:
    """Write what was drawn for coders as files of an annotation tool, or as a sheet.

    TO is label-studio, inception, doccano, csv or xlsx. OUTPUT is the file of tasks; what a tool
    needs besides (its labels, layers or interface) is written beside it. SINCE is the first round
    that counts. Nothing of what the model found goes along.
    """
    from geostance.coding import coding_tasks, read_codebook
    from geostance.stages.exports import EXPORTS

    if to not in EXPORTS:
        raise ConfigError(f"there is no export {to!r}", "--to", f"choose from {', '.join(EXPORTS)}")
    if not frame.exists():
        raise StaleError(
            "nothing has been drawn for coders yet", str(frame), "run make annotate first"
        )
    book = read_codebook(codebook if codebook.exists() else None)
    language = config.publish.language
    tasks = coding_tasks(
        read_table(frame, "frame"),
        read_table(documents, "documents", ["text"]),
        kept_documents(cleaned),
        targets_file=config.stance.targets_file,
        language=language,
        since=since,
    )
    EXPORTS[to](tasks, book, language, output)
    return {"tasks": len(tasks), "to": to, "codebook": book.hash}


def annotate_import(config: Config, *, files: list[Path], documents: Path, output: Path) -> Record:
    """Take the labels out of returned files of any kind; what is wrong is kept beside, with why.

    OUTPUT is a file of the study's folder of annotations, its name ending in .jsonl; what was
    rejected lies beside it in a sheet that is not read as labels. The files themselves must lie
    elsewhere, or their labels would count twice.
    """
    from geostance.sheets import spreadsheet
    from geostance.targets import load_targets
    from geostance.validate.imports import import_labels

    if output.suffix != ".jsonl":
        raise ConfigError(
            f"labels are written as JSONL, not to {output.name}", "--output", "name it *.jsonl"
        )
    if inside := [str(path) for path in files if path.resolve().parent == output.resolve().parent]:
        raise ConfigError(
            "the files lie in the folder of annotations, where they are read as they are",
            ", ".join(inside),
            "take them out of it first, or leave them there and import nothing",
        )
    labels, rejected = import_labels(
        files,
        read_table(documents, "documents", ["text"]),
        load_targets(config.stance.targets_file),
    )
    refused = output.with_name(f"{output.stem}.rejected.csv")
    if len(rejected):
        write_text(refused, spreadsheet(rejected))
    else:
        refused.unlink(missing_ok=True)
    write_text(output, "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in labels))
    coders = Counter(row["coder"] for row in labels)
    return {
        "labels": len(labels),
        "rejected": len(rejected),
        "coders": dict(sorted(coders.items())),
    }


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
