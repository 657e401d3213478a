"""The words of the topics of many fits, kept beside them."""

from collections.abc import Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from geostance.digests import code_digest, digest
from geostance.files import read_table
from geostance.settings.basis import Auto
from geostance.settings.topics import DescriptionSettings
from geostance.stages.fits import FitJob, Sources, kept_results, read_sources
from geostance.stages.vectors import study_encoder

if TYPE_CHECKING:
    from geostance.topics.lexicon import Lexicon

# What the words of a topic follow from.
_TOLD = {"words", "lemmas", "terms", "stopwords", "representation"}


def describe_fits(
    jobs: Sequence[FitJob], folder: Path, processes: int | Auto
) -> list[pl.DataFrame]:
    """Return the table ``topic_words`` of each job's fit; ``folder`` holds the fits.

    Words and terms are looked up once, in all documents; those of a fit are counted in the
    documents that it saw.
    """
    paths = [folder / f"{_name(job)}.words.parquet" for job in jobs]
    work = partial(_describe, folder)
    return kept_results(jobs, paths, work, "topic_words", processes, "words of the fits")


def _name(job: FitJob) -> str:
    settings = job.settings.model_dump(mode="json", include=_TOLD)
    return digest([job.name, settings, code_digest(("geostance.topics.words",))])[:24]


def _describe(folder: Path, job: FitJob) -> pl.DataFrame:
    from geostance.topics.fits import of_units
    from geostance.topics.words import restricted, topic_words

    fitted = of_units(read_table(folder / f"{job.name}.parquet", "fit_assignments"))
    documents, passages = read_sources(job.sources)
    units = passages.units if passages else documents
    topics = pl.DataFrame({"doc_id": units.doc_ids}).join(
        fitted, on="doc_id", how="left", maintain_order="left"
    )["topic"]
    own = job.settings
    read = DescriptionSettings(lemmas=own.lemmas, terms=own.terms, stopwords=own.stopwords)
    found = restricted(_lexicons(job.sources, read), topics.is_not_null().to_numpy())
    encode = None if own.representation == "ctfidf" else _encoder(job.sources.encoder).encode
    # Documents that the fit has not seen are in none of the lexicons.
    return topic_words(found, topics.fill_null(-1).to_list(), own, units.vectors, encode)


# Two, because a multiverse goes to and fro between function words left out and kept.
@lru_cache(maxsize=2)
def _lexicons(
    sources: Sources, settings: DescriptionSettings
) -> "dict[str, tuple[np.ndarray, Lexicon]]":
    from geostance.topics.words import lexicons

    documents, passages = read_sources(sources)
    units = passages.units if passages else documents
    return lexicons(units.texts, units.languages, settings)


_encoder = lru_cache(maxsize=1)(study_encoder)
