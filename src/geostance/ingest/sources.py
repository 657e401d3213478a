"""What a reader reads: a file of the corpus, or a member of an archive in it."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

# Formats that must be held whole are refused above this size; larger corpora come as
# jsonl, csv, Parquet or WARC, which are read record by record.
MAX_BYTES = 512 * 2**20
# Enough to tell one kind of file from another.
_HEAD_BYTES = 64 * 2**10


class TooLargeError(Exception):
    """A source holds more than can be read whole; its one argument is the reason."""


@dataclass(frozen=True)
class Source:
    r"""A file, or a member of an archive, that can be opened any number of times.

    ``name`` is its path below the corpus, that of a member behind its archive's
    (``export.zip/2024/a.html``); what is not UTF-8 in it is written as \xNN.
    """

    name: str
    opener: Callable[[], BinaryIO]

    @classmethod
    def of_file(cls, path: Path, name: str) -> "Source":
        """Return the source of a file on disk."""
        return cls(name, lambda: path.open("rb"))

    @classmethod
    def of_bytes(cls, data: bytes, name: str) -> "Source":
        """Return a source that is in memory."""
        return cls(name, lambda: io.BytesIO(data))

    def open(self) -> BinaryIO:
        """Return a new stream at the first byte; the caller closes it."""
        return self.opener()

    @cached_property
    def head(self) -> bytes:
        """The first 64 KiB."""
        with self.open() as stream:
            return stream.read(_HEAD_BYTES)

    def read(self) -> bytes:
        """Return all bytes.

        Raises:
            TooLargeError: there are more than ``MAX_BYTES``.
        """
        with self.open() as stream:
            data = stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise TooLargeError(f"larger than {MAX_BYTES // 2**20} MB")
        return data
