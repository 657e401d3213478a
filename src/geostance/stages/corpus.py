"""The stages that read, clean and describe the corpus, and encode its sentences.

Each takes the config, the paths of what it reads by keyword, and ``output``, which it
writes last. It returns what the run record and the closing log line say.
"""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import polars as pl

from geostance.compute import available_processes, map_batches
from geostance.config import Config
from geostance.errors import InputError
from geostance.files import (
    PART_ROWS,
    read_parts,
    read_table,
    table_rows,
    write_parts,
    write_table,
)
from geostance.log import logger, progress
from geostance.stages.basis import Record, count_reasons, kept_documents
from geostance.stages.vectors import sentence_vectors

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
            for part, rejected in corpus_parts(corpus, config.ingest):
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


def clean(config: Config, *, documents: Path, output: Path) -> Record:
    """Take the site's furniture from every article, each dropped block with its reason.

    ``geostance clean --explain FILE`` shows one file's lines instead.
    """
    from geostance.clean import clean_tables, learn_repeats

    n_rows = table_rows(documents)
    learned = learn_repeats(read_parts(documents, "documents"), config.clean)
    work = partial(clean_tables, settings=config.clean, repeats=learned)
    processes = min(available_processes(), max(1, n_rows // WORTH_A_PROCESS))
    counts = Counter(read=0, kept=0, blocks=0, blocks_dropped=0)
    dropped: list[pl.DataFrame] = []
    reasons: list[pl.Series] = []

    def cleaned() -> Iterator[pl.DataFrame]:
        parts = map_batches(work, read_parts(documents, "documents"), processes)
        for part in progress(parts, -(-n_rows // PART_ROWS), "cleaning"):
            set_aside = part.cleaned["dropped_reason"].drop_nulls()
            counts.update(
                read=len(part.cleaned),
                kept=len(part.cleaned) - len(set_aside),
                blocks=part.cleaned["blocks"].list.len().sum(),
                blocks_dropped=len(part.dropped),
            )
            reasons.append(set_aside)
            dropped.append(part.dropped)
            yield part.cleaned
        write_table(output.with_name("dropped.parquet"), pl.concat(dropped), "dropped")

    write_parts(output, cleaned(), "cleaned")
    return dict(counts) | count_reasons(pl.concat(reasons))


def duplicates(config: Config, *, documents: Path, cleaned: Path, output: Path) -> Record:
    """Mark the copies of one text; none is deleted."""
    from geostance.clean import mark_duplicates, syndication_table

    printed = read_table(documents, "documents", ["text", "url", "source"]).select(
        "doc_id", "date", "date_precision", "outlet", "title"
    )
    unique = mark_duplicates(read_parts(cleaned, "cleaned", ["blocks"]), printed, config.duplicates)
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


def sentences(config: Config, *, cleaned: Path, output: Path) -> Record:
    """Split every kept article into sentences."""
    from geostance.sentences import sentence_table

    kept = kept_documents(cleaned)
    found = sentence_table(kept)
    write_table(output, found, "sentences")
    return {"read": len(kept), "sentences": len(found)}


def embed(config: Config, *, sentences: Path, output: Path) -> Record:
    """Give every sentence its vector."""
    read = read_table(sentences, "sentences")
    frame, encoder = sentence_vectors(read, config.encoder)
    write_table(output, frame, "embeddings")
    cut = encoder.truncated(read["text"].to_list())
    return {"read": len(read), "dimensions": encoder.dim} | ({"truncated": cut} if cut else {})
