"""The stages of ``make all`` one by one, so that each can be watched, killed or moved by itself.

The Makefile is what users run and what decides; a test holds these commands against its rules.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.result import REPOSITORY

MAKEFILE = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
Run = Callable[[Sequence[str]], object]


@dataclass(frozen=True)
class Study:
    """Where a study's files are; ``data`` is the folder that everything is written below."""

    data: Path
    config: Path
    corpus: Path
    annotations: Path
    parallel: Path | None = None

    @property
    def published(self) -> Path:
        """The folder that is published."""
        return self.data / "published"


@dataclass(frozen=True)
class Step:
    """One call of the command line, and the file that is there when it is done."""

    output: Path
    arguments: tuple[str, ...]

    @property
    def stage(self) -> str:
        """The stage's name, of two words where it has them."""
        words = [word for word in self.arguments[:2] if not word.startswith("--")]
        return "-".join(words)


# Enough for topics to be clustered, small enough for a run of seconds a stage.
_ARTICLES = 24
_STORIES = (
    "La Russie a coupé les livraisons de gaz vers le port de Trévaric sans prévenir personne.",
    "L'Otan a envoyé un navire pour secourir les pêcheurs pris dans la tempête de mardi soir.",
    "India signed a trade agreement on tea and steel with the harbour towns on Monday.",
)


def tiny_study(data: Path) -> Study:
    """Write a study of a few invented articles in two languages; nothing is made of it yet."""
    for number in range(_ARTICLES):
        month, outlet = number % 9 + 1, "Le Phare" if number % 2 else "The Quay"
        path = data / "raw" / outlet / f"2024-0{month}-01_{number:02}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        more = " Ville" * (number % 5)
        text = f"Report {number}\n\n{_STORIES[number % len(_STORIES)]}{more} {number}.\n"
        path.write_text(text, encoding="utf-8")
    (data / "annotations").mkdir(parents=True, exist_ok=True)
    config = data / "study.yml"
    config.write_text("publish: {title: A tiny study}\n", encoding="utf-8")
    return Study(data, config, data / "raw", data / "annotations")


def figure_ids() -> list[str]:
    """Return the figures that ``make all`` draws."""
    listed = re.search(r"^FIGURE_IDS := (.*?)\n\n?NOTEBOOK", MAKEFILE, re.DOTALL | re.MULTILINE)
    if listed is None:
        raise ValueError("the Makefile lists no figures")
    return listed[1].replace("\\\n", " ").split()


def apart_ids() -> list[str]:
    """Return the figures with goals of their own."""
    listed = re.search(r"^APART_IDS := (.*)$", MAKEFILE, re.MULTILINE)
    return listed[1].split() if listed else []


def notebooks() -> list[Path]:
    """Return the notebooks of the project."""
    return sorted((REPOSITORY / "notebooks").glob("[0-9]*.ipynb"))


def fingerprints(study: Study) -> tuple[str, ...]:
    """Return the call that brings the fingerprints up to date."""
    return (
        *("fingerprint", "--config", str(study.config), "--corpus", str(study.corpus)),
        *("--annotations", str(study.annotations), "--notebooks", str(REPOSITORY / "notebooks")),
        *("--figures", *figure_ids(), *apart_ids(), "--output", str(study.data / ".fingerprints")),
        *(("--parallel", str(study.parallel)) if study.parallel else ()),
    )


def steps(study: Study, notebooks: Sequence[Path] = ()) -> list[Step]:
    """Return the calls of ``make all`` in order; ``notebooks`` are run in the middle."""
    interim, processed = study.data / "interim", study.data / "processed"
    published, prints = study.published, study.data / ".fingerprints"
    made: list[Step] = []

    def step(command: str, output: Path, **options: object) -> None:
        given = [word for name, value in options.items() for word in _option(name, value)]
        call = (*command.split(), "--config", str(study.config), *given, "--output", str(output))
        made.append(Step(output, call))

    table = {
        name: interim / f"{name}.parquet"
        for name in ("documents", "rejected", "cleaned", "unique", "sentences", "embeddings")
    } | {
        name: processed / f"{name}.parquet"
        for name in ("topics_fitted", "topics", "mentions", "stance")
    }

    def tables(*names: str) -> dict[str, Path]:
        return {name: table[name] for name in names}

    step("ingest", table["documents"], corpus=study.corpus)

    def kept(stage: str) -> dict[str, Path]:
        return {"fingerprint": prints / f"{stage}.json"}

    step("clean", table["cleaned"], **tables("documents"), **kept("clean"))
    step("duplicates", table["unique"], **tables("documents", "cleaned"))
    described = tables("documents", "rejected", "cleaned", "unique")
    step("corpus describe", processed / "description.parquet", **described)
    step("sentences", table["sentences"], **tables("cleaned"), **kept("sentences"))
    step("embed", table["embeddings"], **tables("sentences"), **kept("embed"))
    basis = tables("cleaned", "unique", "sentences", "embeddings")
    step("topics fit", table["topics_fitted"], **basis, fits=study.data / "fits")
    step(
        *("topics describe", table["topics"]),
        **{"fitted": table["topics_fitted"], "responses": study.data / "responses"},
        **(tables("documents") | basis),
    )
    step(
        *("topics assess", processed / "topic_quality.parquet"),
        **tables("documents", "cleaned", "unique", "embeddings", "topics"),
        **({"parallel": study.parallel} if study.parallel else {}),
    )
    scored = tables("cleaned", "sentences") | {"responses": study.data / "responses"}
    step("mentions", table["mentions"], **scored, **kept("mentions"))
    step("stance", table["stance"], **tables("cleaned", "mentions"))
    measured = tables("documents", "unique", "cleaned", "sentences", "topics", "stance")
    estimates = processed / "estimates.parquet"
    step("validate", estimates, annotations=study.annotations, **measured)
    folders = [processed, interim]
    held = tables("documents", "unique", "cleaned", "topics", "mentions")
    step("sensitivity", processed / "sensitivity.parquet", annotations=study.annotations, **held)
    step("tables", published / "tables.json", tables=folders)
    for name in figure_ids():
        own = {"figure": name, "tables": folders, "fingerprint": prints / f"figure-{name}.json"}
        step("figure", published / "figures" / f"{name}.json", **own)
    for path in notebooks:
        page = published / "notebooks" / f"{path.stem}.html"
        step("notebook", page, notebook=path, published=published)
    step(
        *("report", published / "report.html"),
        **{"tables": folders, "figures": published / "figures"},
        **{"corpus": study.corpus, "annotations": study.annotations},
    )
    told = {"apart": [study.data / "stability"], "references": published / "references.bib"}
    step("methods", published / "methods.md", tables=folders, **told)
    step("data-card", published / "data-card.md", tables=folders)
    step(
        *("manifest", published / "manifest.json"),
        config_file=study.config,
        lock=REPOSITORY / "requirements.lock",
        published=published,
    )
    return made


def make_missing(study: Study, run: Run, notebooks: Sequence[Path] = ()) -> list[Step]:
    """Run every stage whose file is not there, in order; return them.

    That is what Make does with a study whose corpus and configuration have not changed.
    """
    run(fingerprints(study))
    made = [step for step in steps(study, notebooks) if not step.output.exists()]
    for step in made:
        run(step.arguments)
    return made


def _option(name: str, value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [f"--{name.replace('_', '-')}", *map(str, values)]
