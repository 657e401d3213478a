"""The stages that read, clean and describe the corpus, and encode its sentences.

Each takes the config, the paths of what it reads by keyword, and ``output``, which it
writes last. It returns what the run record and the closing log line say.
"""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import polars as pl

from geostance.compute import n_workers
from geostance.config import Config
from geostance.errors import InputError
from geostance.files import (
    join_parts,
    read_parts,
    read_table,
    table_rows,
    write_parts,
    write_table,
)
from geostance.log import logger
from geostance.settings.corpus import EncoderSettings
from geostance.stages.basis import Record, count_reasons
from geostance.stages.parts import kept_parts, n_parts_of
from geostance.stages.vectors import sentence_vectors, study_encoder

# A process takes two seconds to start, in which it could clean so many articles.
WORTH_A_PROCESS = 3_000


def ingest(config: Config, *, corpus: Path, output: Path) -> Record:
    """Read every article of the corpus folder; what cannot be read is kept with its reason."""
    from geostance.ingest import corpus_parts

    counts = {"read": 0, "kept": 0}
    refused: list[pl.DataFrame] = []
    listed = output.with_name("rejected.parquet")

    def documents() -> Iterator[pl.DataFrame]:
        try:
            for part, rejected in corpus_parts(corpus, config.ingest, config.compute):
                counts["read"] += len(part) + len(rejected)
                counts["kept"] += len(part)
                refused.append(rejected)
                yield part
        except InputError:
            # Who is told to mend the files needs the list of them.
            if any(map(len, refused)):
                list_refused()
                logger.warning("every rejected record with its reason: %s", listed)
            raise
        list_refused()

    def list_refused() -> None:
        write_table(listed, pl.concat(refused), "rejected")

    write_parts(output, documents(), "documents")
    return counts | count_reasons(pl.concat(refused)["reason"])


def clean(
    config: Config, *, documents: Path, output: Path, fingerprint: Path | None = None
) -> Record:
    """Take the site's furniture from every article, each dropped block with its reason.

    ``geostance clean --explain FILE`` shows one file's lines instead.
    """
    from geostance.clean import clean_tables, learn_repeats

    n_rows = table_rows(documents)
    learned = learn_repeats(read_parts(documents, "documents"), config.clean)
    work = partial(clean_tables, settings=config.clean, repeats=learned)
    processes = min(n_workers(config.compute), max(1, n_rows // WORTH_A_PROCESS))
    counts = Counter(read=0, kept=0, blocks=0, blocks_dropped=0)
    reasons: list[pl.Series] = []
    with kept_parts(output, ("cleaned", "dropped"), [documents], fingerprint) as parts:
        batches = read_parts(documents, "documents")
        for cleaned, dropped in parts.make(
            work, batches, n_parts_of(documents), "cleaning", processes, config.compute
        ):
            set_aside = cleaned["dropped_reason"].drop_nulls()
            counts.update(
                read=len(cleaned),
                kept=len(cleaned) - len(set_aside),
                blocks=cleaned["blocks"].list.len().sum(),
                blocks_dropped=len(dropped),
            )
            reasons.append(set_aside)
        join_parts(output.with_name("dropped.parquet"), parts.files("dropped"), "dropped")
        join_parts(output, parts.files("cleaned"), "cleaned")
    return dict(counts) | count_reasons(pl.concat(reasons))


def duplicates(config: Config, *, documents: Path, cleaned: Path, output: Path) -> Record:
    """Mark the copies of one text; none is deleted."""
    from geostance.clean import mark_duplicates, syndication_table

    printed = read_table(documents, "documents", ["text", "url", "source"]).select(
        "doc_id", "date", "date_precision", "outlet", "title"
    )
    parts = read_parts(cleaned, "cleaned", ["blocks"])
    unique = mark_duplicates(parts, printed, config.duplicates, config.compute)
    syndication = syndication_table(unique, printed)
    write_table(output.with_name("syndication.parquet"), syndication, "syndication")
    write_table(output, unique, "unique")
    return {"read": len(unique), "distinct": int(unique["is_representative"].sum())}


def corpus_describe(
    config: Config,
    *,
    documents: Path,
    rejected: Path,
    cleaned: Path,
    unique: Path,
    output: Path,
) -> Record:
    """Count what the corpus holds, what its records lack, and what was lost with its reason."""
    from geostance.description import describe, measure

    found = describe(
        read_table(documents, "documents", ["text"]),
        read_table(rejected, "rejected"),
        measure(read_parts(cleaned, "cleaned")),
        read_table(unique, "unique"),
    )
    write_table(output.with_name("missing.parquet"), found.missing, "missing")
    write_table(output.with_name("losses.parquet"), found.losses, "losses")
    write_table(output, found.groups, "description")
    return {"groups": len(found.groups), "reasons": len(found.losses)}


def sentences(
    config: Config, *, cleaned: Path, output: Path, fingerprint: Path | None = None
) -> Record:
    """Split every kept article into sentences."""
    counts = Counter(read=0, sentences=0)

    def articles() -> Iterator[pl.DataFrame]:
        for part in read_parts(cleaned, "cleaned", ["blocks"]):
            counts["read"] += part["dropped_reason"].null_count()
            yield part

    with kept_parts(output, ("sentences",), [cleaned], fingerprint) as parts:
        for (found,) in parts.make(
            _split, articles(), n_parts_of(cleaned), "sentences", engine=config.compute
        ):
            counts["sentences"] += len(found)
        join_parts(output, parts.files("sentences"), "sentences")
    return dict(counts)


def _split(part: pl.DataFrame) -> tuple[pl.DataFrame]:
    from geostance.sentences import sentence_table

    return (sentence_table(part),)


def embed(
    config: Config, *, sentences: Path, output: Path, fingerprint: Path | None = None
) -> Record:
    """Give every sentence its vector."""
    encoder = study_encoder(config.encoder)
    counts = Counter(read=0, truncated=0)

    def texts() -> Iterator[pl.DataFrame]:
        for part in read_parts(sentences, "sentences"):
            counts["read"] += len(part)
            counts["truncated"] += encoder.truncated(part["text"].to_list())
            yield part

    work = partial(_vectors, settings=config.encoder)
    with kept_parts(output, ("embeddings",), [sentences], fingerprint) as parts:
        for _ in parts.make(
            work, texts(), n_parts_of(sentences), "embedding", engine=config.compute
        ):
            pass
        join_parts(output, parts.files("embeddings"), "embeddings")
    cut = {"truncated": counts["truncated"]} if counts["truncated"] else {}
    return {"read": counts["read"], "dimensions": encoder.dim} | cut


def _vectors(part: pl.DataFrame, settings: EncoderSettings) -> tuple[pl.DataFrame]:
    # A process loads the encoder once.
    return (sentence_vectors(part, settings)[0],)
