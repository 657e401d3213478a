"""What every section of the report is made from."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from geostance.publish.paging import Save
from geostance.publish.words import Words
from geostance.settings.publishing import PublishSettings
from geostance.settings.stance import StanceSettings


@dataclass(frozen=True)
class Study:
    """A finished study, as the report is told of it.

    Attributes:
        frames: the tables of ``REPORT_TABLES``, by name.
        figures: the record of each figure, in order: id, title, caption, files, numbers, inputs.
        folder: the folder that holds the files of the figures.
        tables: the record of every table, by name: file, sha256, rows, columns.
        raw: hashes of the researcher's own files by path, for each folder of them.
        settings: title and language of the page.
        stance: the targets, the scorer and its threshold.
        names: the name of each target, in the order of the page.
        documents: what the page knows of its documents, as
            :func:`geostance.publish.paging.paged_documents` gives it.
        say: the words of the language of the page.
        save: takes the name and the content of each file beside the page.
    """

    frames: dict[str, pl.DataFrame]
    figures: list[dict[str, Any]]
    folder: Path
    tables: dict[str, dict[str, Any]]
    raw: dict[str, dict[str, str]]
    settings: PublishSettings
    stance: StanceSettings
    names: dict[str, str]
    documents: dict[str, Any]
    say: Words
    save: Save
