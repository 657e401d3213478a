"""What each stage depends on, and the small files that tell Make when it changed.

Make decides order; fingerprints decide staleness. One is rewritten only where
it differs, so that a comment, a touch or a new date reruns nothing.
"""

import ast
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from geostance.config import Config
from geostance.encoders import model_identity
from geostance.files import write_json

PACKAGE = Path(__file__).parent
STAGE_FILES = PACKAGE / "stages"


@dataclass(frozen=True)
class Stage:
    """What a stage's result follows from, besides the files Make sees.

    ``settings`` are the config values it reads; ``modules`` those it calls (what they
    import comes along); ``data`` are globs in the package; ``packages`` have their
    installed version recorded.
    """

    settings: Callable[[Config], Any]
    modules: tuple[str, ...]
    packages: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    # "corpus" or "annotations": the folder whose listing counts.
    listing: str | None = None
    encoder: bool = False


STAGES: dict[str, Stage] = {
    "ingest": Stage(
        lambda c: c.ingest,
        ("geostance.ingest",),
        ("polars", "trafilatura", "charset-normalizer"),
        listing="corpus",
    ),
    "clean": Stage(
        lambda c: c.clean,
        ("geostance.clean",),
        ("ftfy", "lingua-language-detector"),
        data=("clean/rules/*.yml",),
    ),
    "duplicates": Stage(lambda c: c.duplicates, ("geostance.clean",), ("datasketch",)),
    "sentences": Stage(lambda c: None, ("geostance.sentences",), ("sentencex",)),
    "embed": Stage(
        lambda c: c.encoder,
        ("geostance.encoders",),
        ("model2vec", "tokenizers"),
        encoder=True,
    ),
    "topics": Stage(
        lambda c: (c.topics, c.seed),
        ("geostance.topics",),
        ("bertopic", "umap-learn", "hdbscan", "numba", "scikit-learn", "stopwordsiso"),
        data=("topics/stopwords.yml",),
    ),
    "mentions": Stage(
        lambda c: c.stance,
        ("geostance.stance", "geostance.targets"),
        ("numpy",),
        data=("targets.yml", "models/stance/*"),
    ),
    "stance": Stage(lambda c: c.stance, ("geostance.stance",), ("polars",)),
    "validate": Stage(
        lambda c: (c.validation, c.topics.unit, c.seed),
        ("geostance.validate",),
        ("numpy", "scikit-learn"),
        listing="annotations",
    ),
    "tables": Stage(lambda c: None, ("geostance.publish.manifest",)),
    "methods": Stage(
        lambda c: (c.seed, c.duplicates, c.encoder, c.stance),
        ("geostance.publish.methods",),
        data=("publish/templates/methods*", "publish/references.bib"),
    ),
    "report": Stage(
        lambda c: (c.publish.title, c.publish.language, c.stance),
        ("geostance.publish.report",),
        ("jinja2",),
        data=("publish/templates/report*", "publish/vendor/*", "publish/words.yml", "targets.yml"),
    ),
    "manifest": Stage(lambda c: c, ("geostance.publish.manifest",)),
}

FIGURE = Stage(
    lambda c: None,
    ("geostance.publish.figures", "geostance.publish.style"),
    ("matplotlib",),
    data=("publish/fonts/*", "publish/words.yml"),
)


def write_fingerprints(
    folder: Path,
    config: Config,
    *,
    corpus: Path,
    annotations: Path,
    notebooks: Path,
    figures: list[str],
) -> None:
    """Bring the fingerprint files of a study up to date, touching only those that differ."""
    listings = {"corpus": listing(corpus), "annotations": listing(annotations)}
    wanted = {
        name: fingerprint(stage, config, name, listings.get(stage.listing or ""))
        for name, stage in STAGES.items()
    }
    figure = fingerprint(FIGURE, config, "figure", None)
    for figure_id in figures:
        own = config.publish.figures.get(figure_id)
        wanted[f"figure-{figure_id}"] = {
            **figure,
            "settings": _plain((own, config.publish.language)),
        }
    for notebook in sorted(notebooks.glob("[0-9]*.ipynb")):
        wanted[f"notebook-{notebook.stem}"] = {
            "cells": _digest(json.loads(notebook.read_text(encoding="utf-8"))["cells"]),
            "code": code_digest(("geostance.published", "geostance.publish.notebooks")),
        }
    for name, value in wanted.items():
        path = folder / f"{name}.json"
        if not path.exists() or path.read_text(encoding="utf-8") != _text(value):
            write_json(path, value)


def fingerprint(stage: Stage, config: Config, name: str, files: str | None) -> dict[str, Any]:
    """Return what the result of one stage follows from, as a JSON object."""
    value: dict[str, Any] = {
        "settings": _plain(stage.settings(config)),
        "code": code_digest(stage.modules),
        "stage": _digest([_function(path, name) for path in sorted(STAGE_FILES.glob("*.py"))]),
        "packages": {package: _version(package) for package in stage.packages},
    }
    if stage.data:
        value["data"] = _digest(
            [
                [path.name, hashlib.sha256(path.read_bytes()).hexdigest()]
                for pattern in stage.data
                for path in sorted(PACKAGE.glob(pattern))
            ]
        )
    if files is not None:
        value["files"] = files
    if stage.encoder:
        value["model"] = model_identity(config.encoder.name, config.encoder.revision)
    return value


def listing(folder: Path) -> str:
    """Return the digest of a folder's listing: path, size and time of each file."""
    found = [
        [path.relative_to(folder).as_posix(), path.stat().st_size, path.stat().st_mtime_ns]
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    return _digest(found)


def code_digest(modules: tuple[str, ...]) -> str:
    """Return the digest of modules, and of those of ours they import, without their comments."""
    seen: dict[str, str] = {}
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        path = _path(module)
        if module in seen or path is None:
            continue
        tree, imports = _parse(path)
        seen[module] = tree
        waiting += imports
    return _digest(sorted(seen.items()))


def _path(module: str) -> Path | None:
    base = PACKAGE.joinpath(*module.split(".")[1:])
    return next(
        (path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()), None
    )


@cache
def _parse(path: Path) -> tuple[str, tuple[str, ...]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return _digest(_bare(tree)), tuple(_imports(tree))


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("geostance"):
            yield str(node.module)
            # "from geostance.clean import blocks" may name a module as well as a value.
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.startswith("geostance"))


def _bare(tree: ast.AST) -> str:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if (
            isinstance(body, list)
            and body
            and isinstance(body[0], ast.Expr)
            and isinstance(body[0].value, ast.Constant)
            and isinstance(body[0].value.value, str)
        ):
            node.body = body[1:]
    return ast.dump(tree)


def _function(path: Path, name: str) -> str:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return next(
        (_bare(n) for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name), ""
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else value


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()
