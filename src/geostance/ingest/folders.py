"""The files of a corpus folder: which are read, in which order, and which are refused."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from geostance.errors import InputError
from geostance.ingest.names import articles
from geostance.ingest.records import UnreadableError
from geostance.ingest.sources import Source


def files_of(path: Path) -> Iterator[tuple[Path, str]]:
    """Yield the files of a corpus with their names in it, by name."""
    if path.is_file():
        yield path, _printable(path.name)
        return
    if not path.is_dir():
        raise InputError("there is no such file or folder", str(path), "name the corpus's folder")
    refused: list[OSError] = []
    found = [
        Path(folder, name)
        for folder, folders, names in os.walk(path, onerror=refused.append)
        for name in (*names, *_prune(folder, folders))
    ]
    if any(Path(error.filename) == path for error in refused):
        raise refused[0]
    found += [Path(os.fsdecode(error.filename)) for error in refused]
    named = {_printable(file.relative_to(path).as_posix()): file for file in found}
    for name in articles(named):
        yield named[name], name


def source_of(path: Path, name: str) -> Source:
    """Return the source of a path; what is no file that can be opened is refused by its reason."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            if path.is_symlink():
                return Source.refused(name, UnreadableError("a link to a folder: copy it here"))
            return Source.refused(name, UnreadableError("the folder cannot be read"))
        if not stat.S_ISREG(mode):
            # To open a pipe would wait for ever.
            return Source.refused(name, UnreadableError("no file, but a pipe, socket or device"))
        return Source.of_file(path, name)
    except OSError as error:
        return Source.refused(name, error)


def _prune(folder: str, folders: list[str]) -> list[str]:
    """Leave the folders to go into in the list; return links to folders, which may be loops."""
    seen = [name for name in folders if not name.startswith(".")]
    links = [name for name in seen if Path(folder, name).is_symlink()]
    # os.walk descends into what is left in this list.
    folders[:] = [name for name in seen if name not in links]
    return links


def _printable(name: str) -> str:
    # A file name is bytes on Linux; what is not UTF-8 is written as \xNN, so names stay distinct.
    return os.fsencode(name).decode("utf-8", errors="backslashreplace")
