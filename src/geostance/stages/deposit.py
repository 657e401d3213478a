"""The stage that puts together what an archive gets: a folder, and the same as a ZIP file."""

import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geostance.config import Config
from geostance.errors import StaleError
from geostance.files import (
    files_below,
    read_json,
    read_parts,
    read_table,
    replacing_folder,
    sha256,
    write_json,
    write_parts,
    write_text,
    write_zip,
)
from geostance.schema import TABLES
from geostance.stages.basis import Record, found_table

if TYPE_CHECKING:
    from geostance.publish.disclosure import Quotations

_NOTES = ("topic_model.json", "estimates.notes.json")


def deposit(
    config: Config,
    *,
    published: Path,
    tables: list[Path],
    apart: list[Path],
    notebooks: list[Path],
    environment: list[Path],
    output: Path,
    with_text: bool = False,
) -> Record:
    """Put together a deposit: what was published, tables without texts, notebooks, environment.

    OUTPUT is the ZIP file; the folder of that name lies beside it. APART are folders of goals of
    their own, where they are there. With texts only on --with-text: then you need the right to
    share them.
    """
    from geostance.publish.checksums import SUMS, checksums
    from geostance.publish.deposit import (
        Deposit,
        citation_file,
        licence_note,
        readme,
        zenodo_record,
    )
    from geostance.publish.disclosure import Quotations
    from geostance.publish.manifest import SHARED, read_manifest, verify_manifest
    from geostance.publish.manifest import TABLES as TABLES_FILE
    from geostance.publish.notebooks import run_notebook

    verify_manifest(published)
    with replacing_folder(output.with_suffix("")) as folder:
        here = folder / "published"
        shutil.copytree(published, here, ignore=_unshared(with_text))
        quotations = Quotations([] if with_text else _texts(tables))
        put = _copied_tables if with_text else partial(_shared_tables, quotations)
        shared = dict(put(tables, folder))
        # Goals of their own have tables of the same names, which are not the recorded ones.
        dict(put(apart, folder))
        records = read_json(published / TABLES_FILE)
        for name, record in records.items():
            found = shared.get(name)
            record["file"] = found.name if found else None
            if found:
                record[SHARED] = sha256(found)
        write_json(here / TABLES_FILE, records)
        for path in (path for part in tables for path in part.glob("*.json")):
            if path.name in _NOTES:
                _copy(path, folder / path.parent.name)
        withheld = _withhold(here / "figures", quotations)
        for path in notebooks:
            _copy(path, folder / "notebooks")
            if not with_text:
                page, _ = run_notebook(folder / "notebooks" / path.name, here, config.secrets())
                write_text(here / "notebooks" / f"{path.stem}.html", page)
        own = [config.stance.targets_file] if config.stance.targets_file else []
        for path in (*environment, *map(Path, own)):
            _copy(path, folder / "environment")
        made = Deposit(
            config.publish,
            read_manifest(published)["run"],
            {
                name: record | {"file": _place(shared.get(name), folder)}
                for name, record in records.items()
            },
            withheld,
            tuple(sorted(path.name for path in (folder / "environment").iterdir())),
            with_text,
        )
        write_text(folder / "README.md", readme(made, "en"))
        write_text(folder / "README.fr.md", readme(made, "fr"))
        write_text(folder / "LICENCE.md", licence_note(made))
        write_text(folder / "CITATION.cff", citation_file(made))
        write_json(folder / ".zenodo.json", zenodo_record(made))
        if found := quotations.in_files(files_below(folder)):
            file, words = next(iter(found.items()))
            raise StaleError(
                f"{len(found)} files of the deposit quote the articles, as: {words} …",
                ", ".join(str(path.relative_to(folder)) for path in found),
                f"look into {file.name}; name the column in schema.TEXTS, or deposit --with-text",
            )
        write_text(folder / SUMS, checksums(folder))
        n_files = len(files_below(folder))
    write_zip(output, output.with_suffix(""))
    return {"files": n_files, "bytes": output.stat().st_size, "withheld": list(withheld)}


def _unshared(with_text: bool) -> Callable[[Any, list[str]], set[str]]:
    """Return what copytree passes over: run records, hidden files and, without text, pages."""
    kept = () if with_text else ("report*", "*.html")
    return shutil.ignore_patterns("*.run.json", ".*", *kept)


def _copied_tables(folders: list[Path], deposit: Path) -> Iterator[tuple[str, Path]]:
    for path in (path for part in folders for path in sorted(part.glob("*.parquet"))):
        _copy(path, deposit / path.parent.name)
        yield path.stem, deposit / path.parent.name / path.name


def _shared_tables(
    quotations: "Quotations", folders: list[Path], deposit: Path
) -> Iterator[tuple[str, Path]]:
    from geostance.publish.disclosure import is_shared, without_texts

    for path in (path for part in folders for path in sorted(part.glob("*.parquet"))):
        # Fitted topics have the columns of topics.
        table = path.stem.removesuffix("_fitted")
        if table not in TABLES or not is_shared(table):
            continue
        parts = (without_texts(frame, table) for frame in read_parts(path, table))
        if "source" in TABLES[table]:
            # Files may be named by their headlines.
            parts = (quotations.unnamed(frame, "source") for frame in parts)
        target = deposit / path.parent.name / path.name
        write_parts(target, parts, table)
        yield path.stem, target


def _texts(tables: list[Path]) -> list[str]:
    """Return the sentences and headlines of the study, those that cleaning dropped too."""
    texts: list[str] = []
    for name, column in (("sentences", "text"), ("documents", "title"), ("dropped", "text")):
        texts += read_table(found_table(tables, name), name)[column].drop_nulls().to_list()
    return texts


def _withhold(figures: Path, quotations: "Quotations") -> tuple[str, ...]:
    """Take out the figures that quote, but for a record that says so; return their ids."""
    from geostance.publish.manifest import WITHHELD, figure_ids

    quoting = {path.name.partition(".")[0] for path in quotations.in_files(files_below(figures))}
    found = tuple(figure for figure in figure_ids(figures.parent) if figure in quoting)
    for figure in found:
        record = read_json(figures / f"{figure}.json")
        for name in record["files"]:
            (figures / name).unlink()
        write_json(
            figures / f"{figure}.json",
            record | {"files": {}, "caption": "", WITHHELD: True},
        )
    return found


def _copy(path: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, folder / path.name)


def _place(path: Path | None, folder: Path) -> str | None:
    return path.relative_to(folder).as_posix() if path else None
