import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2]))

from floors import PINNED, digest, lowered, measured, pin


def test_cleaning_is_no_worse_than_pinned():
    pinned = json.loads(PINNED.read_text(encoding="utf-8"))
    assert digest() == pinned["digest"], "the pages changed: pin their figures anew"
    assert lowered(pinned["floors"], measured()) == {}


def test_a_floor_is_never_lowered(tmp_path):
    path = tmp_path / "floors.json"
    pin(path, "data", {"kept": 0.9})
    pin(path, "data", {"kept": 0.95})
    with pytest.raises(SystemExit, match="would fall"):
        pin(path, "data", {"kept": 0.94})
    assert json.loads(path.read_text())["floors"] == {"kept": 0.95}
    pin(path, "other data", {"kept": 0.5})
    assert json.loads(path.read_text())["digest"] == "other data"
