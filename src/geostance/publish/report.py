"""The report: one page that works from a disk, with figures, tables and every document."""

import base64
import hashlib
import json
from importlib import resources
from pathlib import Path
from typing import Any

import polars as pl
from markupsafe import Markup

from geostance.publish import listings
from geostance.publish.figures.basis import ordered
from geostance.publish.quality import quality_section
from geostance.publish.reading import MOST_DOCUMENTS, readings
from geostance.publish.style import target_colours
from geostance.publish.templating import render
from geostance.publish.validation import validation_section
from geostance.publish.words import Words
from geostance.settings.publishing import PublishSettings
from geostance.settings.stance import StanceSettings
from geostance.targets import load_targets

REPORT_TABLES = (
    "documents",
    "rejected",
    "cleaned",
    "dropped",
    "unique",
    "sentences",
    "topics",
    "topic_words",
    "topic_info",
    "topic_documents",
    "topic_quality",
    "topic_flags",
    "topic_languages",
    "mentions",
    "stance",
    "scorer_quality",
    "scorer_errors",
    "agreement",
    "disagreements",
    "estimates",
)
# Larger tables of numbers stay files beside the report.
_MOST_NUMBERS = 1_000_000


def build_report(
    frames: dict[str, pl.DataFrame],
    records: list[dict[str, Any]],
    figures: Path,
    *,
    settings: PublishSettings,
    stance: StanceSettings,
    limit: int = MOST_DOCUMENTS,
) -> str:
    """Return the report as one HTML page that asks nothing of any server.

    Texts reach the page as JSON and as escaped markup only, and its policy lets no script
    run but the two it was built with.

    Args:
        frames: the tables of ``REPORT_TABLES``, by name.
        records: the record of each figure, in order: id, title, caption, files, numbers.
        figures: the folder that holds the files of the records.
        settings: title and language of the page.
        stance: the targets and their names, the scorer and its threshold.
        limit: documents embedded at most, see :func:`geostance.publish.reading.chosen`.
    """
    say = Words(settings.language)
    known = load_targets(stance.targets_file)
    targets = ordered(pl.Series(list({*stance.targets, *frames["stance"]["target"]})))
    names = {
        target: known[target].label(settings.language) if target in known else say.target(target)
        for target in targets
    }
    documents = readings(frames, targets, limit)
    scripts = [_asset("vendor", "tabulator.min.js"), _asset("templates", "report.js")]
    styles = [_asset("vendor", "tabulator.min.css"), _asset("templates", "report.css")]
    data = {
        "documents": documents,
        "targets": [
            {"id": target, "name": names[target], "colour": target_colours(targets)[target]}
            for target in targets
        ],
        "topics": dict(frames["topic_info"].select("topic", "label").rows()),
        "languages": {tag: say.tongue(tag) for tag in sorted({d["language"] for d in documents})},
        "reasons": {
            piece["d"]: say.known("reason", piece["d"])
            for document in documents
            for piece in document["pieces"]
            if "d" in piece
        },
        "estimates": listings.estimates(frames["estimates"], names, say),
        "words": say.all_of("page"),
        "language": settings.language,
    }
    kept = frames["cleaned"].filter(pl.col("dropped_reason").is_null()).height
    return render(
        "report.html",
        title=settings.title,
        language=settings.language,
        say=say,
        counts=_counts(frames, kept, say),
        facts=_facts(
            frames["documents"]["date"].drop_nulls(),
            stance,
            [names[target] for target in stance.targets],
            say,
        ),
        figures=[_figure(record, figures) for record in records],
        overall=listings.overall(frames["estimates"], names, say),
        validation=validation_section(frames, Words(settings.language, names)),
        dropped=listings.dropped(frames["dropped"], frames["documents"], say),
        quality=quality_section(frames, say),
        topics=listings.topics(frames, say),
        embedded=say("report_selection", n=say.count(len(documents)), all=say.count(kept))
        if len(documents) < kept
        else say("report_all", n=say.count(kept)),
        policy=_policy(scripts),
        styles=[Markup(style) for style in styles],
        scripts=[Markup(script) for script in scripts],
        data=Markup(_json(data)),
    )


def _asset(folder: str, name: str) -> str:
    return (resources.files("geostance.publish") / folder / name).read_text(encoding="utf-8")


def _policy(scripts: list[str]) -> str:
    hashes = [
        "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"
        for script in scripts
    ]
    return (
        f"default-src 'none'; script-src {' '.join(hashes)}; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _json(value: Any) -> str:
    """Write JSON that no text can break out of, whatever element it stands in."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        written = written.replace(sign, f"\\u{ord(sign):04x}")
    return written


def _counts(frames: dict[str, pl.DataFrame], kept: int, say: Words) -> list[tuple[str, str]]:
    documents, unique, topics = frames["documents"], frames["unique"], frames["topics"]
    scored = frames["stance"]["doc_id"].n_unique()
    kept_languages = frames["cleaned"].filter(pl.col("dropped_reason").is_null())["language"]
    return [
        (say("flow_read"), say.count(documents.height + frames["rejected"].height)),
        (say("flow_kept"), say.count(kept)),
        (say("flow_distinct"), say.count(unique.filter("is_representative").height)),
        (say("report_outlets"), say.count(documents["outlet"].drop_nulls().n_unique())),
        (say("report_languages"), say.count(kept_languages.drop_nulls().n_unique())),
        (say("report_topics"), say.count(topics.filter(pl.col("topic") >= 0)["topic"].n_unique())),
        (say("report_scored"), say.count(scored)),
    ]


def _facts(
    dates: pl.Series, stance: StanceSettings, names: list[str], say: Words
) -> list[tuple[str, str]]:
    return [
        (say("report_dates"), f"{dates.min()} – {dates.max()}" if len(dates) else "–"),
        (say("report_targets"), say.joined(names)),
        (say("report_scorer"), stance.scorer),
        (say("report_threshold"), say.number(stance.relevance_threshold)),
        (say("report_unmeasured"), say(f"report_unmeasured_{stance.unmeasured_languages}")),
    ]


def _figure(record: dict[str, Any], folder: Path) -> dict[str, Any]:
    picture = next(name for name in record["files"] if name.endswith(".png"))
    numbers = (folder / record["numbers"]).read_bytes()
    small = len(numbers) <= _MOST_NUMBERS
    return {
        "id": record["id"],
        "title": record["title"],
        "caption": record["caption"],
        "picture": _uri("image/png", (folder / picture).read_bytes()),
        "numbers": _uri("text/csv;charset=utf-8", numbers)
        if small
        else f"{folder.name}/{record['numbers']}",
        "file": record["numbers"],
    }


def _uri(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
