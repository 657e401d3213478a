"""The stages that publish what the others measured.

They look for tables by name in the folders given as ``tables``, in that order.
"""

from pathlib import Path

from geostance.config import Config
from geostance.files import read_json, read_table, sha256, write_json, write_text
from geostance.settings.publishing import FigureSettings
from geostance.stages.basis import Record, found_table


def tables(config: Config, *, tables: list[Path], output: Path) -> Record:
    """Record the hash, rows and columns of every table, so that readers can check them."""
    from geostance.publish.manifest import table_record

    found = {path.stem: path for folder in tables for path in sorted(folder.glob("*.parquet"))}
    write_json(output, {name: table_record(path) for name, path in sorted(found.items())})
    return {"tables": len(found)}


def figure(
    config: Config, *, figure: str, tables: list[Path], fingerprint: Path, output: Path
) -> Record:
    """Draw one figure as PDF, SVG and PNG beside its plotted numbers and its record."""
    from geostance.publish.figures import APART, FIGURES
    from geostance.publish.style import save_figure
    from geostance.targets import labels_of

    spec = (FIGURES | APART)[figure]
    language = config.publish.language
    own = {"names": labels_of(config.stance.targets_file, language)} if spec.named else {}
    paths = {name: found_table(tables, name) for name in spec.tables}
    plot = spec.draw(
        **{name: read_table(path, name) for name, path in paths.items()},
        settings=config.publish.figures.get(figure, FigureSettings()),
        language=language,
        **own,
    )
    files = save_figure(plot.figure, output.parent, figure)
    numbers = output.with_name(f"{figure}.csv")
    write_text(numbers, plot.numbers.write_csv())
    write_json(
        output,
        {
            "id": figure,
            "title": plot.title,
            "caption": plot.caption,
            "files": {path.name: sha256(path) for path in (*files, numbers)},
            "numbers": numbers.name,
            "inputs": {name: sha256(path) for name, path in paths.items()},
            "fingerprint": sha256(fingerprint),
            "n_documents": plot.n_documents,
            "calibrated": plot.calibrated,
        },
    )
    return {"id": figure, "documents": plot.n_documents}


def notebook(config: Config, *, notebook: Path, published: Path, output: Path) -> Record:
    """Run a notebook on the published figures and tables, and export it as HTML."""
    from geostance.publish.notebooks import run_notebook

    html, cells = run_notebook(notebook, published)
    write_text(output, html)
    return {"id": notebook.stem, "cells": cells}


def report(config: Config, *, tables: list[Path], figures: Path, output: Path) -> Record:
    """Write the one-page report: figures, tables and every document with its evidence."""
    from geostance.publish.report import REPORT_TABLES, build_report

    frames = {name: read_table(found_table(tables, name), name) for name in REPORT_TABLES}
    page = build_report(
        frames,
        _figure_records(figures),
        figures,
        settings=config.publish,
        stance=config.stance,
    )
    write_text(output, page)
    return {"bytes": len(page.encode())}


def methods(config: Config, *, tables: list[Path], references: Path, output: Path) -> Record:
    """Write the paragraph of methods with this run's own figures, and its bibliography."""
    from geostance.publish.methods import bibliography, methods_text

    names = (
        *("documents", "rejected", "cleaned", "unique", "topics", "topic_quality"),
        *("topic_flags", "stance", "scorer_quality"),
    )
    frames = {name: read_table(found_table(tables, name), name) for name in names}
    model = read_json(found_table(tables, "topics").with_name("topic_model.json"))
    write_text(references, bibliography())
    write_text(output, methods_text(config, frames, model))
    return {"references": references.name}


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
