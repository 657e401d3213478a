"""The stages that publish what the others measured.

They look for tables by name in the folders given as ``tables``, in that order.
"""

from pathlib import Path

from geostance.config import Config
from geostance.files import (
    file_hashes,
    keep_only,
    read_json,
    read_table,
    sha256,
    write_json,
    write_text,
)
from geostance.log import logger
from geostance.settings.publishing import LANGUAGES
from geostance.stages.basis import Record, found_table


def tables(config: Config, *, tables: list[Path], output: Path) -> Record:
    """Record the hash, rows and columns of every table, so that readers can check them."""
    from geostance.publish.manifest import table_record

    found = {path.stem: path for folder in tables for path in sorted(folder.glob("*.parquet"))}
    write_json(output, {name: table_record(path) for name, path in sorted(found.items())})
    return {"tables": len(found)}


def figure(
    config: Config,
    *,
    figure: str,
    tables: list[Path],
    fingerprint: Path,
    output: Path,
    events: Path | None = None,
) -> Record:
    """Draw one figure as PDF, SVG and PNG beside its plotted numbers and its record."""
    from geostance.publish.events import read_events
    from geostance.publish.figures import APART, FIGURES
    from geostance.publish.style import save_figure
    from geostance.sheets import without_formulas
    from geostance.targets import labels_of

    spec = (FIGURES | APART)[figure]
    language = config.publish.language
    own = {"names": labels_of(config.stance.targets_file, language)} if spec.named else {}
    marked = {"events": events} if events and "events" in spec.optional else {}
    read = {name for name in (*spec.tables, *spec.optional) if name != "events"}
    paths = {name: found_table(tables, name) for name in sorted(read)}
    plot = spec.draw(
        **{name: read_table(path, name) for name, path in paths.items()},
        **{name: read_events(path) for name, path in marked.items()},
        settings=config.publish.figure(figure),
        language=language,
        **own,
    )
    files = save_figure(plot.figure, output.parent, figure)
    numbers = output.with_name(f"{figure}.csv")
    write_text(numbers, without_formulas(plot.numbers).write_csv())
    write_json(
        output,
        {
            "id": figure,
            "title": plot.title,
            "caption": plot.caption,
            "files": {path.name: sha256(path) for path in (*files, numbers)},
            "numbers": numbers.name,
            "inputs": {name: sha256(path) for name, path in paths.items()},
            **({"events": sha256(events)} if marked else {}),
            "fingerprint": sha256(fingerprint),
            "n_documents": plot.n_documents,
            "calibrated": plot.calibrated,
        },
    )
    return {"id": figure, "documents": plot.n_documents}


def notebook(config: Config, *, notebook: Path, published: Path, output: Path) -> Record:
    """Run a notebook on the published figures and tables, and export it as HTML."""
    from geostance.publish.notebooks import run_notebook

    html, cells = run_notebook(notebook, published, config.secrets())
    write_text(output, html)
    return {"id": notebook.stem, "cells": cells}


def report(
    config: Config,
    *,
    tables: list[Path],
    figures: Path,
    corpus: Path,
    annotations: Path,
    output: Path,
) -> Record:
    """Write the one-page report: figures, tables and every document with its evidence.

    Texts of a large corpus lie in files beside it, written first, so that the page is whole
    when it takes its name.
    """
    from geostance.publish.paging import BESIDE
    from geostance.publish.report import REPORT_TABLES, build_report

    frames = {name: read_table(found_table(tables, name), name) for name in REPORT_TABLES}
    folder, written = output.with_name(BESIDE), set()

    def save(name: str, content: str) -> None:
        write_text(folder / name, content)
        written.add(name)

    page = build_report(
        frames,
        _figure_records(figures),
        figures,
        tables=read_json(output.with_name("tables.json")),
        raw={"corpus": file_hashes(corpus), "annotations": file_hashes(annotations)},
        settings=config.publish,
        stance=config.stance,
        save=save,
    )
    keep_only(folder, written)
    write_text(output, page)
    beside = sum((folder / name).stat().st_size for name in written)
    return {"bytes": len(page.encode()), "files": len(written), "bytes_beside": beside}


def methods(
    config: Config, *, tables: list[Path], apart: list[Path], references: Path, output: Path
) -> Record:
    """Write the methods with this run's own figures, in both languages, and their bibliography.

    OUTPUT is in the language of what is published; the other language has its own in its name.
    APART are folders of goals of their own, which a study need not have.
    """
    from geostance.publish.cards import model_cards
    from geostance.publish.methods import NEEDED, Study, bibliography, methods_text
    from geostance.publish.packages import versions
    from geostance.targets import labels_of

    frames = {name: read_table(found_table(tables, name), name) for name in sorted(NEEDED)}
    topics = found_table(tables, "topics")
    checked = _of_these_topics(apart, topics)
    study = Study(
        config=config,
        tables=frames | {name: read_table(path, name) for name, path in checked.items()},
        topic_model=read_json(topics.with_name("topic_model.json")),
        cards=tuple(model_cards(config)),
        names={lang: labels_of(config.stance.targets_file, lang) for lang in LANGUAGES},
        versions=versions(),
    )
    texts = {language: methods_text(study, language) for language in LANGUAGES}
    write_text(references, bibliography(list(texts.values()), study))
    for language in sorted(texts, key=lambda one: one == config.publish.language):
        own = language == config.publish.language
        name = output if own else output.with_suffix(f".{language}{output.suffix}")
        write_text(name, texts[language])
    return {"references": references.name, "apart": sorted(checked)}


def _of_these_topics(folders: list[Path], topics: Path) -> dict[str, Path]:
    """Return what the methods tell of ``folders``, but for tables made of earlier topics.

    What was drawn for coders does not hang on topics.
    """
    from geostance.publish.methods import OPTIONAL

    found = {
        path.stem: path
        for folder in folders
        for path in (folder / f"{name}.parquet" for name in sorted(OPTIONAL))
        if path.exists()
    }
    made = topics.stat().st_mtime_ns
    old = [n for n, path in found.items() if n != "frame" and path.stat().st_mtime_ns < made]
    for name in old:
        logger.warning("the methods leave %s out: it is of earlier topics", found[name])
    return {name: path for name, path in found.items() if name not in old}


def data_card(config: Config, *, tables: list[Path], output: Path) -> Record:
    """Write the corpus's data card, a datasheet for the appendix."""
    from geostance.publish.datacard import data_card as card

    names = ("description", "missing", "losses")
    frames = (read_table(found_table(tables, name), name) for name in names)
    own = {"ingest": config.ingest, "clean": config.clean, "publish": config.publish}
    write_text(output, card(*frames, **own))
    return {"tables": len(names)}


def manifest(
    config: Config, *, config_file: Path, lock: Path, published: Path, output: Path
) -> Record:
    """Write the manifest: every artefact with its hash, and what the run rested on."""
    from geostance.publish.manifest import build_manifest

    value = build_manifest(config, config_file, lock, published)
    write_json(output, value)
    return {"artefacts": len(value["artefacts"])}


def _figure_records(folder: Path) -> list[dict]:
    from geostance.publish.figures import FIGURES

    return [read_json(folder / f"{figure}.json") for figure in FIGURES]
