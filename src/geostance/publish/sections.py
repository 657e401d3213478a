"""What each section of the report shows, from the study."""

from pathlib import Path
from typing import Any

import polars as pl

from geostance.publish import listings
from geostance.publish.figure_citation import figure_citation
from geostance.publish.graph import graph
from geostance.publish.paging import BESIDE
from geostance.publish.provenance import provenance
from geostance.publish.quality import quality_section
from geostance.publish.scripts import data_uri
from geostance.publish.study import Study
from geostance.publish.validation import validation_section
from geostance.publish.words import Words
from geostance.sheets import without_formulas

# Larger tables stay files beside the report.
_MOST_NUMBERS = 1_000_000
# Files of the researcher that are listed one by one; the list to download has all.
_MOST_FILES, _LIST = 200, "raw-files.csv"


def overview(study: Study) -> dict[str, Any]:
    """Return the counts of the corpus and what the measure rests on."""
    frames, say = study.frames, study.say
    documents, unique, topics = frames["documents"], frames["unique"], frames["topics"]
    kept = frames["cleaned"].filter(pl.col("dropped_reason").is_null())
    dates = documents["date"].drop_nulls()
    targets = [study.names[target] for target in study.stance.targets]
    return {
        "counts": [
            (say("flow_read"), say.count(documents.height + frames["rejected"].height)),
            (say("flow_kept"), say.count(kept.height)),
            (say("flow_distinct"), say.count(unique.filter("is_representative").height)),
            (say("report_outlets"), say.count(documents["outlet"].drop_nulls().n_unique())),
            (say("report_languages"), say.count(kept["language"].drop_nulls().n_unique())),
            (
                say("report_topics"),
                say.count(topics.filter(pl.col("topic") >= 0)["topic"].n_unique()),
            ),
            (say("report_scored"), say.count(frames["stance"]["doc_id"].n_unique())),
        ],
        "facts": [
            (say("report_dates"), f"{dates.min()} – {dates.max()}" if len(dates) else "–"),
            (say("report_targets"), say.joined(targets)),
            (say("report_scorer"), study.stance.scorer),
            (say("report_threshold"), say.number(study.stance.relevance_threshold)),
            (
                say("report_unmeasured"),
                say(f"report_unmeasured_{study.stance.unmeasured_languages}"),
            ),
        ],
    }


def figures(study: Study) -> list[dict[str, Any]]:
    """Return each figure with its picture, its numbers and how it is cited."""
    return [_figure(record, study.folder, study) for record in study.figures]


def _figure(record: dict[str, Any], folder: Path, study: Study) -> dict[str, Any]:
    picture = next(name for name in record["files"] if name.endswith(".png"))
    numbers = (folder / record["numbers"]).read_bytes()
    text, bibtex = figure_citation(record, study.settings.title, study.say)
    return {
        "id": record["id"],
        "title": record["title"],
        "caption": record["caption"],
        "picture": data_uri("image/png", (folder / picture).read_bytes()),
        "numbers": data_uri("text/csv;charset=utf-8", numbers)
        if len(numbers) <= _MOST_NUMBERS
        else f"{folder.name}/{record['numbers']}",
        "file": record["numbers"],
        "text": text,
        "bibtex": bibtex,
    }


def tables(study: Study) -> dict[str, Any]:
    """Return the overall estimates and the topics."""
    frames, say = study.frames, study.say
    return {
        "overall": listings.overall(frames["estimates"], study.names, say),
        "topics": listings.topics(frames, say),
    }


def quality(study: Study) -> dict[str, Any]:
    """Return what is told of the quality of topics."""
    return quality_section(study.frames, study.say)


def validation(study: Study) -> dict[str, Any]:
    """Return what is told of labels, coders and scorer."""
    return validation_section(study.frames, Words(study.settings.language, study.names))


def cleaning(study: Study) -> dict[str, Any]:
    """Return what was rejected, set aside and dropped, by reason, and the lines by outlet."""
    frames, say = study.frames, study.say
    return {
        "losses": [
            *_counted(say("lost_records"), frames["rejected"]["reason"], say),
            *_counted(say("lost_documents"), frames["cleaned"]["dropped_reason"].drop_nulls(), say),
            *_counted(say("lost_blocks"), frames["dropped"]["reason"], say),
        ],
        "lines": listings.dropped(frames["dropped"], frames["documents"], say),
    }


def _counted(what: str, reasons: pl.Series, say: Words) -> list[tuple[str, ...]]:
    counted = (
        reasons.rename("reason").value_counts().sort("count", "reason", descending=[True, False])
    )
    return [(what, say.known("reason", reason), say.count(n)) for reason, n in counted.iter_rows()]


def documents(study: Study) -> dict[str, str]:
    """Return what the page says of which documents it has, and how far they are searched."""
    say, shown = study.say, study.documents
    kept, n = study.frames["cleaned"]["dropped_reason"].null_count(), len(shown["documents"])
    told = (
        say("report_selection", n=say.count(n), all=say.count(kept))
        if n < kept
        else say("report_all", n=say.count(kept))
    )
    if "files" in shown:
        told += " " + say("report_beside", n=len(shown["files"]), folder=shown["folder"])
    searched = say("report_searched", n=say.count(shown["searched"]))
    return {"embedded": told, "searched": "" if shown["whole"] else searched}


def provenance_of(study: Study) -> dict[str, Any] | None:
    """Return the graph from the researcher's files to each figure, and all its hashes."""
    if not study.tables:
        return None
    nodes = provenance(study)
    raw = [
        (name, path, digest) for name, files in study.raw.items() for path, digest in files.items()
    ]
    files = pl.DataFrame(raw, schema=["folder", "file", "sha256"], orient="row")
    listed = without_formulas(files).write_csv()
    address = data_uri("text/csv;charset=utf-8", listed.encode())
    if len(listed) > _MOST_NUMBERS:
        study.save(_LIST, listed)
        address = f"{BESIDE}/{_LIST}"
    return {
        "nodes": nodes,
        "graph": graph(nodes, study.say),
        "raw": [node.name for node in nodes if node.kind == "raw"],
        "most": _MOST_FILES,
        "list": address if raw else "",
    }
