"""Many fits of one study: in several processes, each kept as soon as it is there.

What a fit follows from is in the name of its file, so that an interrupted run goes on where it
was, and a fit of other documents, settings or code is never taken for one of these.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl

from geostance.compute import available_processes, map_batches
from geostance.digests import code_digest, digest
from geostance.files import read_table, sha256, write_table
from geostance.log import progress
from geostance.settings.basis import Auto
from geostance.settings.topics import TopicSettings
from geostance.stages.basis import kept_documents
from geostance.topics import TopicDocuments, describe_topics, document_vectors
from geostance.topics.fits import FitPlan, carried_out

Unit = Literal["distinct", "printed"]

_PACKAGES = ("bertopic", "hdbscan", "numba", "numpy", "pynndescent", "scikit-learn", "umap-learn")
# What a fit does not follow from: how it is described, held against others and published.
_AFTERWARDS = {
    *("words", "representative_documents", "stopwords"),
    *("solution", "stability", "multiverse", "unit"),
}


@dataclass(frozen=True)
class Sources:
    """The tables that documents are made of; ``identity`` is a digest of what they hold."""

    cleaned: Path
    unique: Path
    embeddings: Path
    unit: Unit
    identity: str

    @classmethod
    def of(cls, cleaned: Path, unique: Path, embeddings: Path, unit: Unit) -> "Sources":
        """Take the tables as they are now."""
        paths = cleaned, unique, embeddings
        return cls(*paths, unit, digest([unit, *map(sha256, paths)]))


@dataclass(frozen=True)
class FitJob:
    """One fit to make: from which documents, with which settings, by which plan."""

    sources: Sources
    settings: TopicSettings
    plan: FitPlan

    @property
    def name(self) -> str:
        """The name of its file, which follows from all that the fit does."""
        settings = self.settings.model_dump(mode="json", exclude=_AFTERWARDS)
        code = _code(("geostance.topics.fits", "geostance.topics.vectors"))
        return digest([self.sources.identity, settings, asdict(self.plan), code])[:24]

    @property
    def described_name(self) -> str:
        """The name of the file of its topics' words."""
        settings = self.settings.model_dump(mode="json", include={"words", "stopwords"})
        code = _code(("geostance.topics.description",))
        return digest([self.name, settings, code])[:24]


def topic_documents(sources: Sources) -> TopicDocuments:
    """Return the documents that topics are made of, in the order that counts."""
    from geostance.sentences import full_text

    clusters = read_table(sources.unique, "unique")
    chosen = clusters.filter("is_representative") if sources.unit == "distinct" else clusters
    texts = kept_documents(sources.cleaned).join(chosen, on="doc_id", how="semi")
    doc_ids, vectors = document_vectors(
        read_table(sources.embeddings, "embeddings").join(chosen, on="doc_id", how="semi")
    )
    texts = pl.DataFrame({"doc_id": doc_ids}).join(texts, on="doc_id", maintain_order="left")
    return TopicDocuments.of(
        doc_ids,
        [full_text(title, text) for title, text in texts.select("title", "text").iter_rows()],
        texts["language"].to_list(),
        vectors,
    )


def copies_follow(topics: pl.DataFrame, clusters: pl.DataFrame) -> pl.DataFrame:
    """Give each copy the topic of the text that stands for its cluster."""
    of_cluster = clusters.select("doc_id", "cluster_id").join(topics, on="doc_id")
    return (
        clusters.select("doc_id", "cluster_id")
        .join(of_cluster.drop("doc_id").unique("cluster_id"), on="cluster_id")
        .drop("cluster_id")
        .sort("doc_id")
        if len(of_cluster) < len(clusters)
        else topics
    )


def run_fits(
    jobs: Sequence[FitJob], folder: Path, processes: int | Auto, label: str = "fits"
) -> list[pl.DataFrame]:
    """Return doc_id and topic of each fit; those that ``folder`` has are not made again."""
    paths = {job.name: folder / f"{job.name}.parquet" for job in jobs}
    _resume({job.name: job for job in jobs}, _fit, paths, "fit_assignments", processes, label)
    return [read_table(paths[job.name], "fit_assignments") for job in jobs]


def describe_fits(
    jobs: Sequence[FitJob], folder: Path, processes: int | Auto
) -> list[pl.DataFrame]:
    """Return the words of each fit's topics; ``folder`` holds the fits."""
    paths = {job.described_name: folder / f"{job.described_name}.words.parquet" for job in jobs}
    work = partial(_describe, folder)
    wanted = {job.described_name: job for job in jobs}
    _resume(wanted, work, paths, "topic_words", processes, "words of the fits")
    return [read_table(paths[job.described_name], "topic_words") for job in jobs]


def _resume(
    jobs: dict[str, FitJob],
    work: Callable[[FitJob], pl.DataFrame],
    paths: dict[str, Path],
    table: str,
    processes: int | Auto,
    label: str,
) -> None:
    missing = [name for name in jobs if not paths[name].exists()]
    n_processes = available_processes() if processes == "auto" else processes
    # Documents of one corpus after another, so that a process reads each once.
    results = map_batches(work, [jobs[name] for name in missing], min(n_processes, len(missing)))
    for name, frame in zip(missing, progress(results, len(missing), label), strict=True):
        write_table(paths[name], frame, table)


def _fit(job: FitJob) -> pl.DataFrame:
    return carried_out(job.plan, _documents(job.sources), job.settings)


def _describe(folder: Path, job: FitJob) -> pl.DataFrame:
    fitted = read_table(folder / f"{job.name}.parquet", "fit_assignments")
    documents = _documents(job.sources)
    drawn = documents.take(np.flatnonzero(np.isin(documents.doc_ids, fitted["doc_id"].to_numpy())))
    return describe_topics(drawn, fitted.sort("doc_id"), job.settings).words


@lru_cache(maxsize=1)
def _documents(sources: Sources) -> TopicDocuments:
    return topic_documents(sources)


@lru_cache
def _code(modules: tuple[str, ...]) -> list[str]:
    return [code_digest(modules), *(f"{name} {version(name)}" for name in _PACKAGES)]
