"""The report: one page that works from a disk, with figures, tables and every document.

A section is one template and one function. To add a section ``x``:

1. a function of the :class:`geostance.publish.study.Study` that returns what the section shows,
   or None to leave it out; tables it reads are named in ``REPORT_TABLES``;
2. ``templates/report-x.html``, which finds that value as ``own`` and the words as ``say``; the
   heading is written for it, and ``plain`` of report-macros.html writes a sortable table;
3. ``report_x`` in words.yml, its heading and its link;
4. one line in ``SECTIONS``, where it is to stand.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
from markupsafe import Markup

from geostance.publish import listings, sections
from geostance.publish.figures.basis import ordered
from geostance.publish.paging import INLINE_DOCUMENTS, Save, paged_documents
from geostance.publish.reading import MOST_DOCUMENTS
from geostance.publish.scripts import asset, embedded_json, policy
from geostance.publish.study import Study
from geostance.publish.templating import render
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
SECTIONS: dict[str, Callable[[Study], Any]] = {
    "overview": sections.overview,
    "figures": sections.figures,
    "tables": sections.tables,
    "quality": sections.quality,
    "validation": sections.validation,
    "cleaning": sections.cleaning,
    "provenance": sections.provenance_of,
    "documents": sections.documents,
}

_STYLES = (("vendor", "tabulator.min.css"), ("templates", "report.css"))
_SCRIPTS = (
    ("vendor", "tabulator.min.js"),
    ("templates", "report.js"),
    ("templates", "report-documents.js"),
)
_WORKER = (("vendor", "flexsearch.light.min.js"), ("templates", "report-worker.js"))
# Rows of a sortable table that stand on one page of it.
_PER_PAGE = 20


def build_report(
    frames: dict[str, pl.DataFrame],
    figures: list[dict[str, Any]],
    folder: Path,
    *,
    tables: dict[str, dict[str, Any]],
    raw: dict[str, dict[str, str]],
    settings: PublishSettings,
    stance: StanceSettings,
    save: Save,
    limit: int = MOST_DOCUMENTS,
    inline: int = INLINE_DOCUMENTS,
) -> str:
    """Return the report as one HTML page that asks nothing of any server.

    Texts reach the page as JSON and as escaped markup only, and its policy lets no script
    run but those it was built with and the files of texts that these read.

    Args:
        frames: the tables of ``REPORT_TABLES``, by name.
        figures: the record of each figure, in order.
        folder: the folder that holds the files of the figures.
        tables: the record of every table, by name.
        raw: hashes of the researcher's own files by path, for each folder of them.
        settings: title and language of the page.
        stance: the targets and their names, the scorer and its threshold.
        save: takes the name and the content of each file beside the page.
        limit: documents shown at most, see :func:`geostance.publish.reading.chosen`.
        inline: documents whose texts stand in the page itself at most.
    """
    say = Words(settings.language)
    known = load_targets(stance.targets_file)
    targets = ordered(pl.Series(list({*stance.targets, *frames["stance"]["target"]})))
    names = {
        target: known[target].label(settings.language) if target in known else say.target(target)
        for target in targets
    }
    documents = paged_documents(frames, targets, limit, inline, save)
    study = Study(
        *(frames, figures, folder, tables, raw, settings, stance, names, documents, say, save)
    )
    shown = {name: build(study) for name, build in SECTIONS.items()}
    scripts = [asset(*name) for name in _SCRIPTS]
    return render(
        "report.html",
        title=settings.title,
        language=settings.language,
        say=say,
        sections=[{"id": name, "own": own} for name, own in shown.items() if own is not None],
        policy=policy(scripts),
        styles=[Markup(asset(*name)) for name in _STYLES],
        scripts=[Markup(script) for script in scripts],
        worker=Markup("\n".join(asset(*name) for name in _WORKER)),
        data=Markup(embedded_json(_data(study))),
    )


def _data(study: Study) -> dict[str, Any]:
    """Return what the page's scripts work on."""
    say = study.say
    reasons = study.frames["dropped"]["reason"].drop_nulls().unique().sort()
    return study.documents | {
        "targets": [{"id": target, "name": name} for target, name in study.names.items()],
        "topics": dict(study.frames["topic_info"].select("topic", "label").rows()),
        "languages": {tag: say.tongue(tag) for tag in sorted(study.documents["tags"])},
        "reasons": {reason: say.known("reason", reason) for reason in reasons},
        "estimates": listings.estimates(study.frames["estimates"], study.names, say),
        "words": say.all_of("page"),
        "language": study.settings.language,
        "page": _PER_PAGE,
    }
