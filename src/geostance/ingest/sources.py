"""What a reader reads: a file of the corpus, or a member of an archive in it."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, NoReturn

from geostance.ingest.encodings import decode
from geostance.ingest.records import UnreadableError
from geostance.ingest.zips import is_zip, open_zip

# Formats that must be held whole are refused above this size; larger corpora come as
# jsonl, csv, Parquet or WARC, which are read record by record.
MAX_BYTES = 512 * 2**20
# Enough to tell one kind of file from another.
HEAD_BYTES = 64 * 2**10
_CHUNK_BYTES = 2**20


class TooLargeError(UnreadableError):
    """A source holds more than can be read whole; its one argument is the reason."""


@dataclass(frozen=True)
class Source:
    r"""A file, or a member of an archive, that can be opened any number of times.

    ``name`` is its path below the corpus, that of a member behind its archive's
    (``export.zip/2024/a.html``); what is not UTF-8 in it is written as \xNN. ``folder`` is
    the name of the folder it lies in, which may be the outlet's. ``path`` is there for a file
    on disk only. ``packed`` counts the bytes it takes up on disk, for a member those in its
    archive; 0 when unknown.
    """

    name: str
    opener: Callable[[], BinaryIO]
    folder: str | None = None
    path: Path | None = None
    packed: int = 0

    @classmethod
    def of_file(cls, path: Path, name: str) -> "Source":
        """Return the source of a file on disk."""
        folder = name.rsplit("/", 2)[-2] if "/" in name else None
        return cls(name, lambda: path.open("rb"), folder, path, path.stat().st_size)

    @classmethod
    def of_bytes(cls, data: bytes, name: str) -> "Source":
        """Return a source that is in memory."""
        return cls(name, lambda: io.BytesIO(data), packed=len(data))

    @classmethod
    def refused(cls, name: str, error: Exception) -> "Source":
        """Return a source that raises ``error`` when it is opened."""

        def refuse() -> NoReturn:
            raise error

        return cls(name, refuse)

    @property
    def ending(self) -> str:
        """The file name's ending in small letters with its dot, or nothing."""
        return Path(self.name).suffix.lower()

    def open(self) -> BinaryIO:
        """Return a new stream at the first byte; the caller closes it."""
        return self.opener()

    def chunks(self, size: int = _CHUNK_BYTES) -> Iterator[bytes]:
        """Yield all bytes, ``size`` or somewhat more at a time.

        Raises:
            UnreadableError: damage, behind the bytes that precede it.
        """
        with self.open() as stream:
            held, length = [], 0
            try:
                while piece := stream.read1(size):
                    held.append(piece)
                    length += len(piece)
                    if length >= size:
                        yield b"".join(held)
                        held, length = [], 0
            except UnreadableError:
                if held:
                    yield b"".join(held)
                raise
            if held:
                yield b"".join(held)

    @cached_property
    def head(self) -> bytes:
        """The first 64 KiB; fewer when there are no more, or damage follows."""
        return next(self.chunks(HEAD_BYTES), b"")[:HEAD_BYTES]

    @cached_property
    def head_text(self) -> str:
        """The first 64 KiB as text, in the encoding that they seem to have."""
        return decode(self.head)

    @cached_property
    def zip_names(self) -> frozenset[str]:
        """The names in the directory of a zip, those of Office formats too; else none."""
        if not is_zip(self.head):
            return frozenset()
        try:
            with self.open_seekable() as stream, open_zip(stream, self.packed) as archive:
                return frozenset(archive.namelist())
        except UnreadableError:
            return frozenset()

    def open_seekable(self) -> BinaryIO:
        """Return a new stream in which one can go back; the caller closes it.

        Raises:
            TooLargeError: it must be held in memory and is larger than ``MAX_BYTES``.
        """
        stream = self.open()
        if stream.seekable():
            return stream
        stream.close()
        return io.BytesIO(self.read())

    def read(self) -> bytes:
        """Return all bytes.

        Raises:
            TooLargeError: there are more than ``MAX_BYTES``.
        """
        if self.path is not None and self.packed > MAX_BYTES:
            raise TooLargeError(f"larger than {MAX_BYTES // 2**20} MB")
        parts, length = [], 0
        for chunk in self.chunks():
            length += len(chunk)
            if length > MAX_BYTES:
                raise TooLargeError(f"larger than {MAX_BYTES // 2**20} MB")
            parts.append(chunk)
        return b"".join(parts)
