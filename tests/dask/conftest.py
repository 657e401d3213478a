"""A study in parts, and clusters to work on them."""

from pathlib import Path

import polars as pl
import pytest

from geostance import files, workers
from geostance.config import Config
from geostance.ingest import corpus
from geostance.settings.compute import LOCAL, ComputeSettings
from geostance.stages import parts
from geostance.stages.corpus import clean, duplicates, embed, ingest, sentences
from geostance.stages.measurement import mentions

ARTICLES = 50
STORIES = (
    "Le ministre a reçu le délégué numéro {n} de la Russie. La réunion a duré {n} heures à Paris.",
    "L'Otan a envoyé un navire au port, le numéro {n}. Personne n'a répondu.",
    "India signed agreement number {n} with the harbour towns on Monday. It was welcomed.",
)
# Printed twice, so that there are copies.
COPIED = (
    "La Russie a coupé les livraisons de gaz vers le port de Trévaric sans prévenir personne, et "
    "les pêcheurs du village voisin ont passé la nuit dans la salle des fêtes de la commune. "
)
STAGES = ("ingest", "clean", "duplicates", "sentences", "embed", "mentions")


@pytest.fixture(scope="session")
def articles(tmp_path_factory) -> Path:
    """A corpus folder of fifty small files, one of which cannot be read."""
    folder = tmp_path_factory.mktemp("corpus")
    for n in range(ARTICLES):
        text = COPIED if n % 10 == 0 else STORIES[n % len(STORIES)].format(n=n)
        outlet = folder / ("Le Phare" if n % 2 else "The Quay")
        outlet.mkdir(exist_ok=True)
        (outlet / f"2024-03-{n % 28 + 1:02}_{n:02}.txt").write_text(f"Titre {n}\n\n{text}\n")
    (folder / "broken.zip").write_bytes(b"PK\x03\x04 broken")
    return folder


class Study:
    """The stages that work in parts, each of so many rows, on one engine."""

    def __init__(self, folder: Path, articles: Path, engine: ComputeSettings) -> None:
        self.folder, self.articles, self.config = folder, articles, Config(compute=engine)
        folder.mkdir(parents=True)
        self.mark = folder / "fingerprint.json"
        self.mark.write_text("{}")

    def path(self, table: str) -> Path:
        return self.folder / f"{table}.parquet"

    def run(self, stage: str) -> dict:
        mark = {"fingerprint": self.mark}
        documents, cleaned = self.path("documents"), self.path("cleaned")
        cut = self.path("sentences")
        match stage:
            case "ingest":
                return ingest(self.config, corpus=self.articles, output=documents)
            case "clean":
                return clean(self.config, documents=documents, output=cleaned, **mark)
            case "duplicates":
                output = self.path("unique")
                return duplicates(self.config, documents=documents, cleaned=cleaned, output=output)
            case "sentences":
                return sentences(self.config, cleaned=cleaned, output=cut, **mark)
            case "embed":
                output = self.path("embeddings")
                return embed(self.config, sentences=cut, output=output, **mark)
            case "mentions":
                return mentions(
                    self.config,
                    cleaned=cleaned,
                    sentences=cut,
                    responses=self.folder / "responses",
                    output=self.path("mentions"),
                    **mark,
                )
        raise KeyError(stage)

    def run_all(self) -> tuple[list[dict], dict[str, bytes]]:
        """Return the records of all stages and the bytes of all tables."""
        records = [self.run(stage) for stage in STAGES]
        assert not list(self.folder.glob(".*"))
        return records, {path.name: path.read_bytes() for path in self.folder.glob("*.parquet")}


@pytest.fixture
def of_rows(monkeypatch):
    """Cut tables into parts of so many rows, and the corpus into as many files."""

    def cut(rows: int) -> None:
        for module in (files, parts, corpus):
            monkeypatch.setattr(module, "PART_ROWS", rows)
        monkeypatch.setattr(corpus, "_FILES", rows)

    return cut


@pytest.fixture(scope="session")
def expected(tmp_path_factory, articles):
    """What the local engine makes of the corpus in one part."""
    study = Study(tmp_path_factory.mktemp("local") / "study", articles, LOCAL)
    records, tables = study.run_all()
    assert records[0]["kept"] == ARTICLES
    assert len(pl.read_parquet(study.path("mentions"))) > 30
    unique = pl.read_parquet(study.path("unique"))
    assert unique["is_representative"].sum() < len(unique)
    return records, tables


@pytest.fixture
def study(tmp_path, articles):
    def made(engine: ComputeSettings, name: str = "study") -> Study:
        return Study(tmp_path / name, articles, engine)

    return made


@pytest.fixture
def after(monkeypatch):
    """Do something once so many results came from workers; return a list that counts them."""

    def watch(n_results: int = -1, act=None) -> list[int]:
        got, whole = [], workers._result

        def result(*arguments):
            if len(got) == n_results:
                act()
            got.append(1)
            return whole(*arguments)

        monkeypatch.setattr(workers, "_result", result)
        return got

    return watch
