"""The gallery shows the figures there are, as they are, and its example runs."""

import re
import runpy
from pathlib import Path

import pytest

from geostance.publish.figures import APART, FIGURES

DOCS = Path(__file__).parents[3] / "docs"
GALLERY = (DOCS / "gallery.md").read_text(encoding="utf-8")
ALL = FIGURES | APART
LARGEST = 120_000


@pytest.mark.parametrize("figure_id", ALL)
def test_the_gallery_tells_what_each_figure_takes(figure_id):
    own = GALLERY.partition(f"`{figure_id}` takes\n\n")[2].partition("\n\n")[0]
    told = {
        line.removeprefix("- ").partition(":")[0].strip("[]"): re.findall("`([^`]+)`", line)
        for line in own.splitlines()
    }
    spec = ALL[figure_id]
    assert told == {table: spec.needs(table) for table in (*spec.tables, *spec.optional)}, (
        "run python tools/gallery.py --data data on a finished sample"
    )


@pytest.mark.parametrize("figure_id", FIGURES)
def test_the_gallery_has_a_small_picture_of_each_figure(figure_id):
    picture = DOCS / "images" / "gallery" / f"{figure_id}.png"
    assert f"](images/gallery/{figure_id}.png)" in GALLERY
    assert 2_000 < picture.stat().st_size < LARGEST


def test_no_picture_is_left_of_a_figure_that_is_gone():
    pictures = {path.stem for path in (DOCS / "images" / "gallery").glob("*.png")}
    assert pictures <= set(ALL)


@pytest.mark.parametrize("block", re.findall(r"```python\n(.*?)```", GALLERY, re.DOTALL))
def test_the_example_runs(block, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(compile(block, "gallery.md", "exec"), {})
    assert (tmp_path / "outlets.pdf").stat().st_size > 5_000


def test_a_figure_is_drawn_from_the_studys_own_table(tmp_path):
    for folder in ("processed", "comparison"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "reliability.parquet").touch()
    found = runpy.run_path(str(DOCS.parent / "tools" / "gallery.py"))["_found"](tmp_path)
    assert found == {"reliability": tmp_path / "processed" / "reliability.parquet"}
