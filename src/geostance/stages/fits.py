"""Many fits of one study: in several processes, each kept as soon as it is there.

What a fit follows from is in the name of its file, so that an interrupted run goes on where it
was, and a fit of other documents, settings or code is never taken for one of these.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import polars as pl

from geostance.compute import available_processes, map_batches
from geostance.digests import code_digest, digest
from geostance.files import read_table, sha256, write_table
from geostance.log import progress
from geostance.settings.basis import Auto
from geostance.settings.corpus import EncoderSettings
from geostance.settings.topics import FitSettings, TopicSettings
from geostance.stages.basis import kept_documents
from geostance.stages.topicbasis import (
    chosen_documents,
    read_documents,
    topic_guidance,
    topic_passages,
)

if TYPE_CHECKING:
    from geostance.topics.documents import TopicDocuments
    from geostance.topics.fits import FitPlan
    from geostance.topics.passages import Passages

_PACKAGES = ("bertopic", "hdbscan", "numba", "numpy", "pynndescent", "scikit-learn", "umap-learn")
# What the documents follow from is in their sources; what is published, from no fit.
_DECISIVE = set(FitSettings.model_fields) - {"unit", "passage_words", "solution"}


@dataclass(frozen=True)
class Sources:
    """The tables that documents are made of, and how; ``identity`` is a digest of all that.

    ``encoder`` is the one that made the table ``embeddings``.
    """

    cleaned: Path
    unique: Path
    sentences: Path
    embeddings: Path
    encoder: EncoderSettings
    unit: Literal["distinct", "printed"]
    passage_words: int | None
    identity: str

    @classmethod
    def of(
        cls, paths: Mapping[str, Path], encoder: EncoderSettings, settings: FitSettings
    ) -> "Sources":
        """Take the tables cleaned, unique, sentences and embeddings as they are now."""
        basis = settings.unit, settings.passage_words
        held = [[name, sha256(path)] for name, path in sorted(paths.items())]
        return cls(**paths, encoder=encoder, unit=basis[0], passage_words=basis[1],
                   identity=digest([*held, *basis]))  # fmt: skip


@dataclass(frozen=True)
class FitJob:
    """One fit to make: from which documents, with which settings, by which plan."""

    sources: Sources
    settings: TopicSettings
    plan: "FitPlan"

    @property
    def name(self) -> str:
        """The name of its file, which follows from all that the fit does."""
        settings = self.settings.model_dump(mode="json", include=_DECISIVE)
        return digest([self.sources.identity, settings, asdict(self.plan), code_of_fits()])[:24]


@lru_cache(maxsize=1)
def read_sources(sources: Sources) -> "tuple[TopicDocuments, Passages | None]":
    """Return the documents that topics are made of, and their passages where these are."""
    settings = TopicSettings(unit=sources.unit, passage_words=sources.passage_words)
    chosen = chosen_documents(settings, read_table(sources.unique, "unique"))
    documents = read_documents(kept_documents(sources.cleaned), sources.embeddings, chosen)
    passages = topic_passages(settings, documents, sources.sentences, sources.embeddings)
    return documents, passages


def run_fits(
    jobs: Sequence[FitJob], folder: Path, processes: int | Auto, label: str = "fits"
) -> list[pl.DataFrame]:
    """Return the table ``fit_assignments`` of each job; ``folder`` keeps them."""
    paths = [folder / f"{job.name}.parquet" for job in jobs]
    return kept_results(jobs, paths, _fit, "fit_assignments", processes, label)


def kept_results(
    jobs: Sequence[FitJob],
    paths: Sequence[Path],
    work: Callable[[FitJob], pl.DataFrame],
    table: str,
    processes: int | Auto,
    label: str,
) -> list[pl.DataFrame]:
    """Return what ``work`` makes of each job; what its path has already is not made again."""
    missing = {path: job for path, job in zip(paths, jobs, strict=True) if not path.exists()}
    n_processes = available_processes() if processes == "auto" else processes
    # Documents of one corpus after another, so that a process reads each once.
    results = map_batches(work, missing.values(), min(n_processes, len(missing)))
    for path, frame in zip(missing, progress(results, len(missing), label), strict=True):
        write_table(path, frame, table)
    return [read_table(path, table) for path in paths]


def _fit(job: FitJob) -> pl.DataFrame:
    from geostance.topics.fits import carried_out

    documents, passages = read_sources(job.sources)
    guidance = topic_guidance(job.settings, job.sources.encoder)
    return carried_out(job.plan, documents, job.settings, guidance, passages)


@lru_cache
def code_of_fits() -> list[str]:
    """Return what a fit follows from besides documents, settings and plan."""
    code = code_digest(("geostance.topics.fits", "geostance.stages.topicbasis"))
    return [code, *(f"{name} {version(name)}" for name in _PACKAGES)]
