"""What each stage depends on, and the small files that tell Make when it changed.

Make decides order; fingerprints decide staleness. One is rewritten only where
it differs, so that a comment, a touch or a new date reruns nothing.
"""

import json
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from geostance.config import Config
from geostance.digests import PACKAGE, code_digest, digest, remember, remembered, stage_code
from geostance.encoders import model_identity
from geostance.errors import ConfigError, GeostanceError, SchemaError
from geostance.files import read_json, sha256, write_json
from geostance.log import logger
from geostance.publish.packages import PACKAGES
from geostance.settings.topics import DescriptionSettings, FitSettings
from geostance.targets import labels_of

# Beside the fingerprints, what was found in the sources of the package; only time hangs on it.
KNOWN_SOURCES = "sources.cache"


@dataclass(frozen=True)
class Stage:
    """What a stage's result follows from, besides its code and the files Make sees.

    ``settings`` are the config values it reads; ``packages`` have their installed version
    recorded; ``data`` are globs in the package.
    """

    settings: Callable[[Config], Any]
    packages: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    # "corpus" or "annotations": the folder whose listing counts; "parallel": the bytes of that
    # file; "edits": what that file says.
    listing: str | None = None
    # The identity of the model it runs, where the configuration names one.
    model: Callable[[Config], str | None] | None = None


# In nanoseconds.
_SECOND = 10**9


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
    return digest(found)


# What describes topics leaves the fit as it is.
_FITTED = set(FitSettings.model_fields)
_TOLD = set(DescriptionSettings.model_fields)


def _fit(config: Config) -> tuple[Any, ...]:
    own = config.topics
    # What topics are held against afterwards leaves them as they are.
    fits = own.stability if own.solution == "consensus" else None
    return own.model_dump(mode="json", include=_FITTED), fits, config.seed


def _description(config: Config) -> tuple[Any, ...]:
    # Which documents are described counts, too; the prompt and the service where they are used.
    own = config.topics
    return (
        own.model_dump(mode="json", include=_TOLD | {"unit", "passage_words", "edits"}),
        config.encoder if own.representation != "ctfidf" else None,
        config.stance.llm if own.labels == "llm" else None,
    )


def _held_against(config: Config, *sections: str) -> dict[str, Any]:
    # How topics are edited, judged and tested says nothing of other fits.
    return config.topics.model_dump(mode="json", include=_FITTED | _TOLD | {*sections})


def _multiverse_models(config: Config) -> str:
    # No part of make all: universes whose encoder is not there are reported as not run.
    found = []
    for encoder in config.topics.multiverse.encoders:
        try:
            found.append(model_identity(encoder.name, encoder.revision))
        except GeostanceError as error:
            found.append(error.what)
    return digest(found)


def _told_in_methods(config: Config) -> tuple[Any, ...]:
    return (
        *(config.seed, config.publish.language, config.ingest, config.clean, config.duplicates),
        *(config.encoder, config.topics, config.validation, config.annotation, config.sensitivity),
        *(*_stance(config), platform.python_version()),
    )


_FITTED_AND_TOLD = (
    *("bertopic", "gensim", "hdbscan", "numba", "scikit-learn", "scipy", "simplemma"),
    *("stopwordsiso", "umap-learn"),
)

# The figures that mark the events of the researcher's file.
_WITH_EVENTS = ("stance-trajectories",)

STAGES: dict[str, Stage] = {
    "ingest": Stage(
        lambda c: c.ingest,
        (
            *("feedparser", "lxml", "numpy", "polars", "python-calamine", "striprtf"),
            *("trafilatura", "warcio"),
        ),
        data=("ingest/*.yml",),
        listing="corpus",
    ),
    "clean": Stage(lambda c: c.clean, ("ftfy", "py3langid"), data=("clean/rules/*.yml",)),
    "duplicates": Stage(lambda c: c.duplicates, ("numpy", "polars", "scipy")),
    "corpus-describe": Stage(lambda c: None, ("polars",)),
    "sentences": Stage(lambda c: None, ("sentencex",)),
    "embed": Stage(lambda c: c.encoder, ("model2vec", "tokenizers"), model=_encoder),
    "topics-fit": Stage(
        _fit,
        ("bertopic", "umap-learn", "hdbscan", "numba", "scikit-learn", "scipy"),
        model=_encoder,
    ),
    "topics-describe": Stage(
        _description,
        ("gensim", "numpy", "scikit-learn", "scipy", "simplemma", "stopwordsiso"),
        data=("topics/*.yml",),
        listing="edits",
        model=lambda c: None if c.topics.representation == "ctfidf" else _encoder(c),
    ),
    "topics-intrusion": Stage(
        lambda c: (c.topics.intrusion, c.validation, c.seed), ("numpy", "scipy")
    ),
    "topics-assign": Stage(lambda c: c.topics, ("numpy", "polars"), model=_encoder),
    "topics-assess": Stage(
        lambda c: (c.topics.quality, c.seed),
        ("gensim", "numpy", "polars", "scipy", "stopwordsiso"),
        data=("topics/*.yml",),
        listing="parallel",
    ),
    "mentions": Stage(
        _stance,
        ("numpy", "onnxruntime", "tokenizers"),
        data=("targets.yml", "models/stance/*", "stance/*.yml"),
        model=_scorer,
    ),
    "stance": Stage(_stance, ("polars",)),
    "validate": Stage(
        lambda c: (c.validation, c.seed),
        ("numpy", "polars", "scikit-learn", "scipy"),
        listing="annotations",
    ),
    "sensitivity": Stage(
        lambda c: (
            *(c.sensitivity, c.validation, c.compare, c.stance.targets),
            c.stance.relevance_threshold,
        ),
        ("numpy", "polars"),
        listing="annotations",
    ),
    "annotate-sample": Stage(lambda c: (c.annotation, c.stance.targets, c.seed), ("polars",)),
    "annotate-adjudicate": Stage(lambda c: None, ("polars",)),
    "annotate-export": Stage(
        lambda c: (_stance(c), c.publish.language),
        ("polars", "sentencex", "xlsxwriter"),
        data=("targets.yml", "coding/codebook.yml"),
    ),
    "annotate-import": Stage(_stance, ("polars",), data=("targets.yml",)),
    "compare-scorers": Stage(
        _compared,
        ("numpy", "onnxruntime", "polars", "tokenizers"),
        data=("targets.yml", "models/stance/*", "stance/*.yml"),
        listing="annotations",
        model=_compared_models,
    ),
    "topics-stability": Stage(
        lambda c: (_held_against(c, "stability"), c.validation.confidence, c.seed),
        _FITTED_AND_TOLD,
        data=("topics/*.yml",),
    ),
    "topics-multiverse": Stage(
        lambda c: (
            _held_against(c, "stability", "multiverse"),
            *(c.encoder, c.validation.confidence, c.seed),
        ),
        _FITTED_AND_TOLD,
        data=("topics/*.yml",),
        model=_multiverse_models,
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
        _told_in_methods,
        ("jinja2", *PACKAGES),
        data=(
            *("publish/templates/methods/*", "publish/references.yml", "publish/words.yml"),
            *("models/*/README.md", "targets.yml"),
        ),
    ),
    "data-card": Stage(
        lambda c: (c.publish.title, c.publish.language, c.ingest, c.clean),
        ("jinja2",),
        data=("publish/templates/data-card*", "publish/words.yml"),
    ),
    # Where parts were worked on leaves no trace.
    "manifest": Stage(lambda c: c.model_dump(mode="json", exclude={"compute"})),
    # Made anew each time it is asked for.
    "deposit": Stage(
        lambda c: None,
        ("jinja2", "polars"),
        data=("publish/templates/deposit/*", "publish/words.yml"),
    ),
}


def write_fingerprints(
    folder: Path,
    config: Config,
    *,
    corpus: Path,
    annotations: Path,
    notebooks: Path,
    figures: list[str],
    edits: Path | None = None,
    parallel: Path | None = None,
    events: Path | None = None,
) -> None:
    """Bring the fingerprint files of a study up to date, touching only those that differ.

    Raises:
        ConfigError: the topic ``edits`` are wrong.
    """
    decided = []
    if edits:
        from geostance.topics.edits import read_edits

        decided = [edit.model_dump(mode="json") for edit in read_edits(edits)]
    listings = {
        "corpus": listing(corpus),
        "annotations": listing(annotations),
        "edits": digest(decided),
        "parallel": sha256(parallel) if parallel else "none",
    }
    known = folder / KNOWN_SOURCES
    before = _known(known)
    remember(before)
    wanted = {
        name: fingerprint(name, config, listings.get(stage.listing or ""))
        for name, stage in STAGES.items()
    }
    figure, notebook = wanted.pop("figure"), wanted.pop("notebook")
    for name in figures:
        own = config.publish.figure(name)
        wanted[f"figure-{name}"] = figure | {"figure": _plain(own)}
        if name in _WITH_EVENTS and events:
            wanted[f"figure-{name}"]["events"] = sha256(events)
    for path in sorted(notebooks.glob("[0-9]*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        wanted[f"notebook-{path.stem}"] = notebook | {"cells": digest(cells)}
    changed = {
        folder / f"{name}.json": value
        for name, value in wanted.items()
        if not _holds(folder / f"{name}.json", _text(value).encode())
    }
    if changed:
        _bring_back(folder.parent, {corpus.absolute(), annotations.absolute()})
    for path, value in changed.items():
        write_json(path, value)
    if remembered() != before:
        write_json(known, remembered())


def _holds(path: Path, data: bytes) -> bool:
    return path.exists() and path.read_bytes() == data


def _bring_back(study: Path, apart: set[Path]) -> None:
    """Give results from the future a date of now, in their order.

    Where the clock went back since they were made, Make would take them for newer than what
    changes from now on, and leave them as they are.
    """
    now = time.time_ns()
    records = (
        record
        for part in study.absolute().glob("*/")
        if part not in apart and not part.name.startswith(".")
        for record in part.rglob("*.run.json")
    )
    results = [record.with_name(record.name.removesuffix(".run.json")) for record in records]
    dates = {path: path.stat().st_mtime_ns for path in results if path.exists()}
    future = sorted((date, path) for path, date in dates.items() if date > now + _SECOND)
    if not future:
        return
    logger.warning("warning: the clock went back; %d results get the date of now", len(future))
    for place, (_, path) in enumerate(future):
        date = now - _SECOND + place
        os.utime(path, ns=(date, date))


def _known(path: Path) -> dict[str, Any]:
    """Return what was found in the sources before; nothing where that is lost."""
    try:
        return read_json(path)
    except (FileNotFoundError, SchemaError):
        return {}


def fingerprint(name: str, config: Config, files: str | None) -> dict[str, Any]:
    """Return what the result of one stage follows from, as a JSON object."""
    stage = STAGES[name]
    own, imports = stage_code(name)
    value: dict[str, Any] = {
        "settings": _plain(stage.settings(config)),
        "code": code_digest(imports),
        "stage": own,
        "packages": {package: _version(package) for package in stage.packages},
    }
    if stage.data:
        value["data"] = digest(
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
    return digest(found)


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
