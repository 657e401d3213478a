"""The file of a coder's answers: written whole after each, shared without losing one."""

import glob
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from geostance.errors import StaleError
from geostance.files import write_text

Key = tuple[str, str]

# A colleague's answer is written in milliseconds; a share on a network may take its time.
_SECONDS = 10


class AnswerBook:
    """The answers of one coder in a JSONL file, which other coders may share.

    Every change reads the file again under a lock that lies beside it, puts one row in and
    replaces the file in one move. So an answer is in the file before the next one is given,
    whatever ends the kernel, and what somebody else wrote meanwhile stays. Lines that cannot be
    read are kept as they are.
    """

    def __init__(self, path: Path, coder: str) -> None:
        self.path = path
        self.coder = coder
        path.parent.mkdir(parents=True, exist_ok=True)

    def rows(self) -> dict[Key, dict[str, Any]]:
        """Return the coder's rows by document and target."""
        return self._own(self._lines())

    def put(self, key: Key, row: Mapping[str, Any] | None) -> dict[Key, dict[str, Any]]:
        """Write one row, or take it out; return all of the coder's rows as they now are.

        Raises:
            StaleError: the file stays locked by somebody else.
            OSError: it cannot be written.
        """
        # Beside the file, for coders may share a folder from several machines.
        lock = FileLock(self.path.with_name(f".{self.path.name}.lock"), timeout=_SECONDS)
        try:
            with lock:
                # What a killed kernel left half-written; whoever writes now would hold the lock.
                for left in self.path.parent.glob(f".{glob.escape(self.path.name)}.*.part"):
                    left.unlink(missing_ok=True)
                lines = self._lines()
                place = next((n for n, line in enumerate(lines) if self._key(line) == key), None)
                written = [] if row is None else [json.dumps(row, ensure_ascii=False)]
                if place is None:
                    lines += written
                else:
                    lines[place : place + 1] = written
                write_text(self.path, "".join(f"{line}\n" for line in lines))
        except Timeout as held:
            raise StaleError(
                "the file of answers is held by another program",
                str(self.path),
                "close it elsewhere, and give the answer again",
            ) from held
        return self._own(lines)

    def _lines(self) -> list[str]:
        if not self.path.exists():
            return []
        text = self.path.read_text(encoding="utf-8-sig", errors="replace")
        return [line for line in text.split("\n") if line.strip()]

    def _own(self, lines: list[str]) -> dict[Key, dict[str, Any]]:
        return {key: json.loads(line) for line in lines if (key := self._key(line))}

    def _key(self, line: str) -> Key | None:
        """Return document and target of a line of this coder, None of any other line."""
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            return None
        if not isinstance(row, dict) or row.get("coder") != self.coder:
            return None
        return str(row.get("doc_id")), str(row.get("target"))
