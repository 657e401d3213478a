"""The only writer: every file takes its final name whole, in one move."""

import errno
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
from filelock import FileLock, Timeout

from geostance.errors import SchemaError, StaleError
from geostance.schema import check_table


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside ``path``; on success it takes the final name, else it goes.

    The data reach the disk before the name does, so that a power loss leaves the
    old file or the new one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield temporary
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Delete what killed processes left half-written in ``folder``."""
    for path in folder.glob(".*.part"):
        process = path.name.split(".")[-2]
        if process.isdecimal() and not _is_alive(int(process)):
            path.unlink(missing_ok=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def write_bytes(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` in one move."""
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def write_text(path: Path, text: str) -> None:
    r"""Write ``text`` as UTF-8 with ``\n`` line ends, in one move."""
    write_bytes(path, text.encode())


def write_json(path: Path, value: Any) -> None:
    """Write ``value`` as indented JSON with sorted keys, in one move."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def read_json(path: Path) -> Any:
    """Return the JSON value held in ``path``."""
    return json.loads(path.read_text(encoding="utf-8"))


def write_table(path: Path, frame: pl.DataFrame, table: str) -> None:
    """Write ``frame`` as Parquet in one move, after checking it against the schema of ``table``."""
    checked = check_table(frame, table, where=str(path))
    with replacing(path) as temporary:
        try:
            checked.write_parquet(temporary, compression="zstd", statistics=True)
        except pl.exceptions.ComputeError as error:
            # So Polars tells a full disk.
            raise OSError(errno.EIO, str(error), str(path)) from error


def read_table(path: Path, table: str) -> pl.DataFrame:
    """Read a Parquet file and check it against the schema of ``table``.

    Raises:
        SchemaError: the file is damaged, or a column is missing or of another type.
    """
    try:
        frame = pl.read_parquet(path)
    except pl.exceptions.PolarsError as error:
        raise SchemaError(
            f"the table {table} cannot be read: {error}",
            str(path),
            "delete the file and run make again",
        ) from error
    return check_table(frame, table, where=str(path))


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


@contextmanager
def data_lock(folder: Path, name: str) -> Iterator[None]:
    """Hold the lock ``name`` of a data folder, so that two terminals never write one output.

    Raises:
        StaleError: another process holds it.
    """
    # Locks live apart, so that no trace of them is left among what is published.
    digest = hashlib.sha256(f"{folder.resolve()}/{name}".encode()).hexdigest()[:16]
    user = os.getuid() if hasattr(os, "getuid") else 0
    lock = FileLock(Path(tempfile.gettempdir()) / f"geostance-{user}-{digest}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as held:
        raise StaleError(
            f"another run is writing {name}",
            str(folder),
            "wait until it ends, then run make again",
        ) from held
    try:
        yield
    finally:
        lock.release()
