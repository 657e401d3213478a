"""The checksums of a deposit, as ``sha256sum`` writes and reads them."""

import re
from pathlib import Path

from geostance.errors import StaleError
from geostance.files import files_below, sha256

SUMS = "SHA256SUMS"
_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")


def checksums(folder: Path) -> str:
    """Return the hash of every file below ``folder`` but that of the hashes."""
    return "".join(
        f"{sha256(path)}  {path.relative_to(folder).as_posix()}\n"
        for path in files_below(folder)
        if path != folder / SUMS
    )


def verify_checksums(folder: Path) -> int:
    """Hash every file of a deposit again; return how many were checked.

    Raises:
        StaleError: the list cannot be read, or a file is absent, changed, or not in it.
    """
    path = folder / SUMS
    listed = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not (found := _LINE.fullmatch(line)):
            raise StaleError(
                f"the line is no checksum: {line[:60]!r}",
                f"{path}, line {number}",
                "fetch the deposit again",
            )
        listed[found[2]] = found[1]
    there = {file.relative_to(folder).as_posix(): file for file in files_below(folder)}
    faults = [
        *(f"{name} is absent" for name in listed if name not in there),
        *(
            f"{name} is changed"
            for name, file in there.items()
            if name in listed and sha256(file) != listed[name]
        ),
        *(f"{name} is not in the list" for name in there if name not in listed and name != SUMS),
    ]
    if faults:
        raise StaleError(
            f"{len(faults)} files differ from the list:\n  " + "\n  ".join(faults),
            str(path),
            "fetch the deposit again, or take out what does not belong to it",
        )
    return len(listed)
