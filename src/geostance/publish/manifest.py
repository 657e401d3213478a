"""What was published, from what, by which code: hashes that a reader can check."""

import platform
import subprocess
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from geostance.config import Config
from geostance.encoders import model_identity
from geostance.errors import StaleError
from geostance.files import read_json, sha256, table_rows
from geostance.publish.cards import model_cards

MANIFEST = "manifest.json"
TABLES = "tables.json"
# In a deposit: the hash of a table without its texts, and whether a figure is left out.
SHARED, WITHHELD = "shared_sha256", "withheld"


def table_record(path: Path) -> dict[str, Any]:
    """Return the hash, number of rows and columns of a Parquet file."""
    return {
        "file": path.name,
        "sha256": sha256(path),
        "rows": table_rows(path),
        "columns": list(pl.read_parquet_schema(path)),
    }


def figure_ids(published: Path) -> list[str]:
    """Return the ids of the figures in a published folder, in alphabetical order."""
    found = (published / "figures").glob("*.json")
    return sorted(path.stem for path in found if not path.name.endswith(".run.json"))


def build_manifest(
    config: Config, config_file: Path, lock: Path, published: Path
) -> dict[str, Any]:
    """Return the manifest of a published folder; it holds no clock time.

    Artefacts are every figure with its own record, the tables the run rests on, and
    every other published file with its hash.
    """
    figures = [read_json(published / "figures" / f"{name}.json") for name in figure_ids(published)]
    of_figures = {name for record in figures for name in record["files"]}
    others = {
        name: sha256(published / name)
        for name in _published(published)
        if name.removeprefix("figures/") not in of_figures
    }
    return {
        "run": {
            # Where parts were worked on says nothing of the results.
            "config": config.model_dump(mode="json", exclude={"compute"}),
            "config_sha256": sha256(config_file),
            "lock_sha256": sha256(lock),
            "geostance": version("geostance"),
            "code": git_state(),
            **machine(),
            "encoder": model_identity(config.encoder.name, config.encoder.revision),
            "models": [asdict(card) | {"base": list(card.base)} for card in model_cards(config)],
        },
        "tables": read_json(published / TABLES),
        "figures": figures,
        "artefacts": others | {f"figures/{n}": h for f in figures for n, h in f["files"].items()},
    }


def read_manifest(published: Path) -> dict[str, Any]:
    """Return the manifest of a published folder.

    Raises:
        StaleError: there is none.
    """
    path = published / MANIFEST
    if not path.exists():
        raise StaleError("there is no manifest", str(path), "run make all")
    return read_json(path)


def verify_manifest(published: Path) -> int:
    """Hash every published file again; return how many were checked.

    Raises:
        StaleError: a file is absent, differs from the manifest, or is not in it.
    """
    artefacts = read_manifest(published)["artefacts"]
    found = _published(published)
    faults = [
        *(f"{name} is absent" for name in artefacts if name not in found),
        *(f"{name} is not in it" for name in found if name not in artefacts),
        *(
            f"{name} is changed"
            for name in found
            if name in artefacts and sha256(published / name) != artefacts[name]
        ),
    ]
    if faults:
        raise StaleError(
            f"{len(faults)} published files differ from the manifest: " + "; ".join(faults[:5]),
            str(published),
            "restore the files, or delete that folder and run make all to publish again",
        )
    return len(artefacts)


def _published(folder: Path) -> list[str]:
    """Return what the manifest answers for: all but itself, run records and hidden files."""
    return [
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not path.name.startswith(".")
        and not path.name.endswith(".run.json")
        and path != folder / MANIFEST
    ]


def machine() -> dict[str, str]:
    """Return what a result may hang on besides the code: the Python and the kind of machine."""
    return {
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
    }


def git_state() -> dict[str, Any]:
    """Return the commit and whether the tree differs from it; null outside a checkout."""

    def ask(*words: str) -> str | None:
        try:
            found = subprocess.run(
                ["git", *words],
                cwd=Path(__file__).parent,
                capture_output=True,
                text=True,
                check=True,
            )
        except (OSError, subprocess.CalledProcessError):
            return None
        return found.stdout.strip()

    changes = ask("status", "--porcelain", "--untracked-files=no")
    return {"commit": ask("rev-parse", "HEAD"), "dirty": None if changes is None else bool(changes)}
