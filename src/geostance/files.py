"""The only writer: every file takes its final name whole, in one move."""

import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import polars as pl
from filelock import FileLock, Timeout

from geostance.errors import SchemaError, StaleError
from geostance.schema import TABLES, check_table

# Rows of a part of a large table: few enough to be held in memory whatever their length.
PART_ROWS = 10_000
# Rows of a group in a written file; of their own, so that the parts leave no trace in its bytes.
_GROUP_ROWS = 10_000
# In a ZIP file: the system whose rights an entry has.
_UNIX = 3


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


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """Give a temporary folder beside ``path``; on success it takes the place of what was there."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.parts")
    temporary.mkdir(parents=True)
    try:
        yield temporary
        if path.exists():
            shutil.rmtree(path)
        temporary.replace(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def write_zip(path: Path, folder: Path) -> None:
    """Write the files of ``folder`` as a ZIP file in one move; the same files, the same bytes."""
    with replacing(path) as temporary, ZipFile(temporary, "w", ZIP_DEFLATED) as archive:
        for file in files_below(folder):
            # Neither dates nor rights of this machine.
            entry = ZipInfo(f"{folder.name}/{file.relative_to(folder).as_posix()}")
            entry.compress_type, entry.create_system = ZIP_DEFLATED, _UNIX
            entry.external_attr = 0o644 << 16
            with file.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
                shutil.copyfileobj(source, target)


def files_below(folder: Path) -> list[Path]:
    """Return all files below ``folder`` in the order of their paths."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def sweep(folder: Path) -> None:
    """Delete what killed processes left half-written in ``folder``."""
    for path in (*folder.glob(".*.part"), *folder.glob(".*.parts")):
        process = path.name.split(".")[-2]
        if process.isdecimal() and not _is_alive(int(process)):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def keep_only(folder: Path, names: Collection[str]) -> None:
    """Delete every file of ``folder`` that is not among ``names``, and the folder when empty."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.is_file() and path.name not in names:
            path.unlink()
    if not any(folder.iterdir()):
        folder.rmdir()


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
    """Return the JSON value held in ``path``.

    Raises:
        SchemaError: the file is damaged.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise SchemaError(
            f"the file is not JSON: {error}", str(path), "delete the file and run make again"
        ) from error


def write_table(path: Path, frame: pl.DataFrame, table: str) -> None:
    """Write ``frame`` as Parquet in one move, after checking it against the schema of ``table``."""
    write_parts(path, [frame], table)


def write_parts(path: Path, parts: Iterable[pl.DataFrame], table: str) -> None:
    """Write ``parts``, one or more, as one Parquet file in one move; one is in memory at a time.

    Each is checked against the schema of ``table``. Further columns may differ from part to
    part: a row has null in those that its part has not.
    """
    with part_folder(path) as folder:
        files = []
        for number, part in enumerate(parts):
            files.append(folder / f"{number:06}.parquet")
            write_part(files[-1], part, table, where=path)
        join_parts(path, files, table)


@contextmanager
def part_folder(path: Path, identity: str | None = None) -> Iterator[Path]:
    """Give a folder beside ``path`` for its parts; it goes when they were joined.

    With an ``identity``, the digest of all that the parts follow from, it stays when the block
    is left by an error or the process dies: the next run with that identity finds in it what
    was finished. Those of other identities are deleted.
    """
    name = f"{os.getpid()}.parts" if identity is None else f"{identity}.kept"
    folder = path.with_name(f".{path.name}.{name}")
    for other in path.parent.glob(f".{path.name}.*.kept"):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    kept = identity is not None
    try:
        yield folder
        kept = False
    finally:
        if not kept:
            shutil.rmtree(folder)


def write_part(path: Path, part: pl.DataFrame, table: str, where: Path) -> None:
    """Write one part of the table at ``where`` in one move, after checking it."""
    checked = check_table(part, table, where=str(where))
    with replacing(path) as temporary, _telling_a_full_disk(where):
        checked.write_parquet(temporary)


def join_parts(path: Path, files: Sequence[Path], table: str) -> None:
    """Write the parts in ``files``, one or more, as one Parquet file in one move.

    How the rows are cut into parts leaves no trace in its bytes.
    """
    whole = pl.concat([pl.scan_parquet(file) for file in files], how="diagonal")
    further = sorted(set(whole.collect_schema()) - TABLES[table].keys())
    with replacing(path) as temporary, _telling_a_full_disk(path):
        whole.select(*TABLES[table], *further).sink_parquet(
            temporary, compression="zstd", statistics=True, row_group_size=_GROUP_ROWS
        )


@contextmanager
def _telling_a_full_disk(path: Path) -> Iterator[None]:
    try:
        yield
    except pl.exceptions.ComputeError as error:
        # So Polars tells a full disk.
        raise OSError(errno.EIO, str(error), str(path)) from error


def read_table(path: Path, table: str, without: Sequence[str] = ()) -> pl.DataFrame:
    """Read a Parquet file, but for the columns ``without``, and check it against its schema.

    Raises:
        SchemaError: the file is damaged, or a column is missing or of another type.
    """
    with _telling_damage(path, table):
        return _checked(path, table).drop(without).collect()


def table_rows(path: Path) -> int:
    """Return how many rows a Parquet file has.

    Raises:
        SchemaError: the file is damaged.
    """
    with _telling_damage(path, path.stem):
        return int(pl.scan_parquet(path).select(pl.len()).collect().item())


def read_parts(path: Path, table: str, without: Sequence[str] = ()) -> Iterator[pl.DataFrame]:
    """Yield what :func:`read_table` returns, ``PART_ROWS`` at a time; at least one frame.

    Raises:
        SchemaError: as :func:`read_table`.
    """
    with _telling_damage(path, table):
        whole = _checked(path, table).drop(without)
        n_rows = whole.select(pl.len()).collect().item()
        for first in range(0, max(n_rows, 1), PART_ROWS):
            yield whole.slice(first, PART_ROWS).collect()


def _checked(path: Path, table: str) -> pl.LazyFrame:
    whole = pl.scan_parquet(path)
    return whole.select(check_table(whole.head(0).collect(), table, where=str(path)).columns)


@contextmanager
def _telling_damage(path: Path, table: str) -> Iterator[None]:
    try:
        yield
    except pl.exceptions.PolarsError as error:
        said = str(error).partition("\n")[0]
        raise SchemaError(
            f"the table {table} cannot be read: {said}",
            str(path),
            "delete the file and run make again",
        ) from error


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def file_hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file in and below ``folder``, by its path from there.

    A name that is no text, as old archives hold, has its bytes spelled out.
    """
    return {
        os.fsencode(path.relative_to(folder).as_posix()).decode(errors="backslashreplace"): sha256(
            path
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


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
