"""Tables made part by part: in bounded memory, and after a crash only what is missing."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import polars as pl

from geostance.compute import map_batches
from geostance.digests import digest
from geostance.errors import StaleError
from geostance.files import PART_ROWS, part_folder, read_parts, sha256, table_rows, write_part
from geostance.log import logger, progress
from geostance.settings.compute import LOCAL, ComputeSettings

Batch = TypeVar("Batch")
Frames = tuple[pl.DataFrame, ...]


class Parts:
    """The parts of a stage's tables, each a file of its own until all are there."""

    def __init__(self, folder: Path, tables: Sequence[str], output: Path) -> None:
        self._folder, self._tables, self._output = folder, tables, output
        self._n_parts = 0

    def make(
        self,
        work: Callable[[Batch], Frames],
        batches: Iterable[Batch],
        n_parts: int,
        label: str,
        processes: int = 1,
        engine: ComputeSettings = LOCAL,
    ) -> Iterator[Frames]:
        """Yield what ``work`` makes of each batch, a frame for each table, and keep it.

        What an earlier run has kept is read, and ``work`` not asked for it again. ``processes``
        and ``engine`` are those of :func:`map_batches`, and so leave no trace.
        """
        kept = {n for n in range(n_parts) if all(path.exists() for path in self._paths(n))}
        if kept:
            logger.info("%s: %d of %d parts are there already", label, len(kept), n_parts)
        missing = (batch for n, batch in enumerate(batches) if n not in kept)
        made = map_batches(work, missing, processes, engine)
        yield from progress((self._part(n, kept, made) for n in range(n_parts)), n_parts, label)
        # Batches behind the last that was missing are read too, and the processes come to an end.
        for _ in made:
            pass

    def _part(self, n: int, kept: set[int], made: Iterator[Frames]) -> Frames:
        self._n_parts = n + 1
        if n in kept:
            return tuple(pl.read_parquet(path) for path in self._paths(n))
        frames = next(made)
        for path, frame, table in zip(self._paths(n), frames, self._tables, strict=True):
            write_part(path, frame, table, where=self._output)
        return frames

    def files(self, table: str) -> list[Path]:
        """Return the files of one table, in the order of the batches."""
        at = self._tables.index(table)
        return [self._paths(n)[at] for n in range(self._n_parts)]

    def _paths(self, n: int) -> list[Path]:
        return [self._folder / f"{table}-{n:06}.parquet" for table in self._tables]


@contextmanager
def kept_parts(
    output: Path, tables: Sequence[str], sources: Sequence[Path], fingerprint: Path | None
) -> Iterator[Parts]:
    """Give the parts of the tables of ``output``; they go once the block is left in order.

    They stay after a crash, for a run over the same ``sources`` with the same ``fingerprint``
    of code and settings. Without one, or where all is one part, nothing is kept.
    """
    identity = None
    if fingerprint is not None and n_parts_of(sources[0]) > 1:
        held = [sha256(path) for path in (fingerprint, *sources)]
        identity = digest([*held, PART_ROWS])[:24]
    # Not the folder that writing the output makes for itself.
    with part_folder(output.with_suffix(""), identity) as folder:
        yield Parts(folder, tables, output)


def n_parts_of(source: Path) -> int:
    """Return in how many parts a table is read."""
    return max(1, -(-table_rows(source) // PART_ROWS))


def cut_documents(cleaned: Path, sentences: Path) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Yield the kept documents part by part, each part with its sentences.

    Raises:
        StaleError: the sentences are not those of these documents, in their order.
    """
    later = read_parts(sentences, "sentences")
    waiting = next(later)
    for part in read_parts(cleaned, "cleaned", ["blocks"]):
        kept = part.filter(pl.col("dropped_reason").is_null())
        own = pl.col("doc_id").is_in(kept["doc_id"].implode())
        # The last sentence that was read may not be the last of its document.
        while waiting.is_empty() or waiting.tail(1).select(own).item():
            if (more := next(later, None)) is None:
                break
            waiting = pl.concat([waiting, more])
        yield kept, waiting.filter(own)
        waiting = waiting.filter(~own)
    if len(waiting) or next(later, None) is not None:
        raise StaleError(
            "there are sentences of other documents than those cleaned",
            str(sentences),
            "delete the file and run make again",
        )
