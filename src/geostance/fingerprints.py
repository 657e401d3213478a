"""What each stage depends on, and the small files that tell Make when it changed.

Make decides order; fingerprints decide staleness. One is rewritten only where
it differs, so that a comment, a touch or a new date reruns nothing.
"""

import ast
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from geostance.config import Config
from geostance.encoders import model_identity
from geostance.errors import ConfigError, GeostanceError
from geostance.files import sha256, write_json
from geostance.targets import labels_of

PACKAGE = Path(__file__).parent
STAGE_FILES = PACKAGE / "stages"


@dataclass(frozen=True)
class Stage:
    """What a stage's result follows from, besides its code and the files Make sees.

    ``settings`` are the config values it reads; ``packages`` have their installed version
    recorded; ``data`` are globs in the package.
    """

    settings: Callable[[Config], Any]
    packages: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    # "corpus" or "annotations": the folder whose listing counts.
    listing: str | None = None
    # The identity of the model it runs, where the configuration names one.
    model: Callable[[Config], str | None] | None = None


def _stance(config: Config) -> tuple[Any, ...]:
    # The targets file is named in the configuration, so Make does not see it change.
    own = config.stance.targets_file
    return config.stance, own and sha256(Path(own))


def _encoder(config: Config) -> str:
    return model_identity(config.encoder.name, config.encoder.revision)


def _scorer(config: Config) -> str | None:
    # The embedded scorer's files are data of the package.
    match config.stance.scorer:
        case "nli" | "transformer" | "llm" as kind:
            own = getattr(config.stance, kind)
            if own.model is None:
                raise ConfigError(
                    f"the scorer {kind} has no model",
                    f"stance.{kind}.model",
                    "name the model as the service does"
                    if kind == "llm"
                    else "name a model folder, or owner/model with its revision",
                )
            # A service shows no files: its model's name, among the settings, is all there is.
            if kind != "llm":
                return model_identity(own.model, own.revision, f"stance.{kind}")
    return None


def _compared(config: Config) -> tuple[Any, ...]:
    chosen = config.compared()
    return list(chosen), *chosen.values(), config.validation, config.seed, _stance(config)[1]


def _compared_models(config: Config) -> str:
    # No part of make all: a model that is not there stops the comparison, not the study.
    found = []
    for settings in config.compared().values():
        try:
            found.append(_scorer(config.model_copy(update={"stance": settings})) or "")
        except GeostanceError as error:
            found.append(error.what)
    return _digest(found)


STAGES: dict[str, Stage] = {
    "ingest": Stage(
        lambda c: c.ingest,
        ("polars", "trafilatura", "charset-normalizer"),
        listing="corpus",
    ),
    "clean": Stage(
        lambda c: c.clean, ("ftfy", "lingua-language-detector"), data=("clean/rules/*.yml",)
    ),
    "duplicates": Stage(lambda c: c.duplicates, ("datasketch",)),
    "sentences": Stage(lambda c: None, ("sentencex",)),
    "embed": Stage(lambda c: c.encoder, ("model2vec", "tokenizers"), model=_encoder),
    "topics": Stage(
        lambda c: (c.topics, c.seed),
        ("bertopic", "umap-learn", "hdbscan", "numba", "scikit-learn", "stopwordsiso"),
        data=("topics/stopwords.yml",),
    ),
    "mentions": Stage(
        _stance,
        ("numpy",),
        data=("targets.yml", "models/stance/*", "stance/hypotheses.yml", "stance/codebook.yml"),
        model=_scorer,
    ),
    "stance": Stage(_stance, ("polars",)),
    "validate": Stage(
        lambda c: (c.validation, c.seed), ("numpy", "scikit-learn"), listing="annotations"
    ),
    "compare-scorers": Stage(
        _compared,
        ("numpy", "polars"),
        data=("targets.yml", "models/stance/*", "stance/*.yml"),
        listing="annotations",
        model=_compared_models,
    ),
    "tables": Stage(lambda c: None),
    "figure": Stage(
        lambda c: (c.publish.language, labels_of(c.stance.targets_file, c.publish.language)),
        ("matplotlib",),
        data=("publish/fonts/*", "publish/words.yml"),
    ),
    "notebook": Stage(lambda c: None, ("nbclient", "nbconvert")),
    "report": Stage(
        lambda c: (c.publish.title, c.publish.language, *_stance(c)),
        ("jinja2",),
        data=("publish/templates/report*", "publish/vendor/*", "publish/words.yml", "targets.yml"),
    ),
    "methods": Stage(
        lambda c: (c.seed, c.duplicates, c.encoder, c.stance),
        ("jinja2",),
        data=("publish/templates/methods*", "publish/references.bib"),
    ),
    "manifest": Stage(lambda c: c),
}


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
        name: fingerprint(name, config, listings.get(stage.listing or ""))
        for name, stage in STAGES.items()
    }
    figure, notebook = wanted.pop("figure"), wanted.pop("notebook")
    for name in figures:
        own = config.publish.figures.get(name)
        wanted[f"figure-{name}"] = figure | {"figure": _plain(own)}
    for path in sorted(notebooks.glob("[0-9]*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        wanted[f"notebook-{path.stem}"] = notebook | {"cells": _digest(cells)}
    for name, value in wanted.items():
        path = folder / f"{name}.json"
        if not path.exists() or path.read_text(encoding="utf-8") != _text(value):
            write_json(path, value)


def fingerprint(name: str, config: Config, files: str | None) -> dict[str, Any]:
    """Return what the result of one stage follows from, as a JSON object."""
    stage = STAGES[name]
    own, imports = _stage_code(name)
    value: dict[str, Any] = {
        "settings": _plain(stage.settings(config)),
        "code": code_digest(imports),
        "stage": own,
        "packages": {package: _version(package) for package in stage.packages},
    }
    if stage.data:
        value["data"] = _digest(
            [
                [path.name, sha256(path)]
                for pattern in stage.data
                for path in sorted(PACKAGE.glob(pattern))
            ]
        )
    if files is not None:
        value["files"] = files
    if stage.model and (identity := stage.model(config)):
        value["model"] = identity
    return value


def listing(folder: Path) -> str:
    """Return the digest of a folder's listing: path, size and time of each file."""
    found = [
        [path.relative_to(folder).as_posix(), path.stat().st_size, path.stat().st_mtime_ns]
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    return _digest(found)


def code_digest(modules: Iterable[str]) -> str:
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


@dataclass(frozen=True)
class _Function:
    code: str
    imports: tuple[str, ...]
    helpers: frozenset[str]


@cache
def _functions(path: Path) -> dict[str, _Function]:
    return {
        node.name: _Function(
            _bare(node),
            tuple(_imports(node)),
            frozenset(
                part.id
                for part in ast.walk(node)
                if isinstance(part, ast.Name) and part.id.startswith("_")
            ),
        )
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }


@cache
def _parse(path: Path) -> tuple[str, tuple[str, ...]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return _digest(_bare(tree)), tuple(_imports(tree))


def _imports(tree: ast.AST) -> Iterator[str]:
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


def _stage_code(name: str) -> tuple[str, tuple[str, ...]]:
    """Return the digest of a stage's function and its helpers beside it, and what they import."""
    for path in sorted(STAGE_FILES.glob("*.py")):
        functions = _functions(path)
        if (function := name.replace("-", "_")) in functions:
            used = [function]
            for one in used:
                # The list grows while it is read: a helper may call a helper.
                used += sorted((functions[one].helpers & functions.keys()) - set(used))
            parts = [functions[one] for one in used]
            return _digest([p.code for p in parts]), tuple(m for p in parts for m in p.imports)
    raise KeyError(name)


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
    # Escaped, because a file name need not be text that UTF-8 can write.
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()
