"""What every benchmark shares: where the reference data are, and how figures are written."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

from geostance.files import write_json

REPOSITORY = Path(__file__).resolve().parents[1]

Figure = int | float | str | None


def reference_folder() -> Path | None:
    """Return the folder of the reference data, or None when it is not on this machine.

    ``GEOSTANCE_DATA`` names it; without it, ``shared`` beside the repository.
    """
    named = os.environ.get("GEOSTANCE_DATA")
    folder = Path(named) if named else REPOSITORY.parent / "shared"
    return folder if folder.is_dir() else None


def peak_gigabytes() -> float:
    """Return the peak memory of this process in gigabytes of 10^9 bytes (Linux).

    Not that of ``getrusage``, which a process inherits from the larger one that started it.
    """
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) * 1024 / 1e9 if found else float("nan")


def write_result(
    name: str, figures: Mapping[str, Figure], data: str, command: str, path: Path | None
) -> None:
    """Print the figures, and write them to ``path`` when one is given.

    ``data`` says in words what was measured, and what was not there to be measured;
    ``command`` is what repeats the measure. Shares and F1 are in [0, 1].
    """
    result = {"name": name, "figures": dict(figures), "data": data, "command": command}
    print(json.dumps(result, ensure_ascii=False, indent=1))
    if path is not None:
        write_json(path, result)
