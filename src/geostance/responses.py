"""Answers of a paid service, kept so that none is asked for twice.

One file an answer, in 256 folders: a hundred thousand answers are some four hundred files a
folder. A database would be smaller, but its locks fail on the network drives where studies
live; whole files that take their name in one move cannot be torn by two processes, and two
folders are joined by copying one over the other.
"""

import json
from pathlib import Path
from typing import Any

from geostance.files import write_json
from geostance.log import logger


class Responses:
    """Answers by the key of their request: in ``folder``, or in memory without one.

    The folder is made with the first answer. Half-written files of killed processes are left
    alone, for a process of another machine may be writing there.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._memory: dict[str, dict[str, Any]] = {}

    def get(self, key: str) -> dict[str, Any] | None:
        """Return the answer kept under ``key``; None when there is none, or it is damaged."""
        if self._folder is None:
            return self._memory.get(key)
        path = self._path(self._folder, key)
        try:
            answer = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            logger.warning("warning: %s is damaged; it is asked for again", path)
            return None
        return answer

    def put(self, key: str, answer: dict[str, Any]) -> None:
        """Keep ``answer`` under ``key``; it is on the disk when this returns."""
        if self._folder is None:
            self._memory[key] = answer
        else:
            write_json(self._path(self._folder, key), answer)

    @staticmethod
    def _path(folder: Path, key: str) -> Path:
        return folder / key[:2] / f"{key}.json"
