"""Pinned floors of quality: figures that may rise and never fall, with a digest of their data.

``python tests/gates/floors.py`` pins the figures of today. It refuses to lower one; when the
data changed, the figures are others and are pinned anew.
"""

import hashlib
import json
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PAGES = REPOSITORY / "tests" / "cases" / "pages"
HALVES = ("build", "second-build")
PINNED = Path(__file__).with_name("cleaning.json")


def digest() -> str:
    """Return one digest of the names and the bytes of the pages that rules are built on."""
    total = hashlib.sha256()
    for path in sorted(path for half in HALVES for path in (PAGES / half).iterdir()):
        total.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def measured() -> dict[str, float]:
    """Return the shares of lines of text kept and of furniture dropped, over all and per language."""
    from benchmarks.cleaning import page_lines, page_scores

    scores = {
        name: share
        for half in HALVES
        for name, share in page_scores(half.replace("-", "_"), page_lines(PAGES / half)).items()
    }
    return {name: share for name, share in scores.items() if not name.endswith("_lines")}


def lowered(pinned: dict[str, float], now: dict[str, float]) -> dict[str, tuple[float, float]]:
    """Return the figures that fell, as they were and as they are."""
    return {
        name: (floor, now.get(name, 0.0))
        for name, floor in pinned.items()
        if now.get(name, 0.0) < floor
    }


def pin(path: Path, data: str, now: dict[str, float]) -> None:
    """Write today's figures to ``path``, unless one of the same data is lower than pinned."""
    if path.exists():
        before = json.loads(path.read_text(encoding="utf-8"))
        fallen = lowered(before["floors"], now) if before["digest"] == data else {}
        if fallen:
            raise SystemExit(f"not pinned, these would fall: {fallen}")
    text = json.dumps({"digest": data, "floors": now}, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(REPOSITORY))
    pin(PINNED, digest(), measured())
