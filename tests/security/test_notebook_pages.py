"""What a notebook shows came from a corpus: its page runs nothing of it and fetches nothing."""

import os
import shutil
import subprocess

import nbformat.v4 as nbformat
import pytest

from geostance.errors import StaleError
from geostance.publish.notebooks import _page, run_notebook

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((found for name in NAMES if (found := shutil.which(name))), None)
TAKEN = "document.title='taken'"
OUTPUTS = {
    "text/html": f'<script>{TAKEN}</script><img src=x onerror="{TAKEN}">',
    "text/markdown": f"<script>{TAKEN}</script><a href=\"javascript:{TAKEN}\" id=a>a</a>",
    "application/javascript": TAKEN,
    "image/svg+xml": f'<svg xmlns="http://www.w3.org/2000/svg" onload="{TAKEN}"/>',
}  # fmt: skip


def page():
    shown = [
        nbformat.new_output("display_data", data={kind: text}) for kind, text in OUTPUTS.items()
    ]
    cells = [
        nbformat.new_code_cell("x", outputs=shown),
        nbformat.new_markdown_cell(OUTPUTS["text/html"]),
    ]
    return _page(nbformat.new_notebook(cells=cells), "hostile")


def test_the_policy_stands_before_all_else():
    head = page().split("<head>", 1)[1]
    assert head.startswith(
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\''
    )
    assert "script-src" not in head.split('"/>', 1)[0]


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_no_script_of_an_output_runs(tmp_path):
    path = tmp_path / "page.html"
    path.write_text(page(), encoding="utf-8")
    command = [
        CHROMIUM,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--virtual-time-budget=3000",
    ]
    done = subprocess.run(
        [*command, f"--user-data-dir={tmp_path}/profile", "--dump-dom", path.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "<title>hostile</title>" in done.stdout and "jp-Notebook" in done.stdout


@pytest.fixture
def notebook(tmp_path):
    def write(*sources):
        path = tmp_path / "one.ipynb"
        made = nbformat.new_notebook(cells=[nbformat.new_code_cell(text) for text in sources])
        path.write_text(nbformat.writes(made))
        return path

    return write


def test_the_kernel_does_not_know_the_key(notebook, tmp_path, monkeypatch):
    monkeypatch.setenv("GEOSTANCE_LLM_KEY", "sk-very-secret-0123456789")
    path = notebook("import os\nprint(sorted(os.environ.items()))")
    html, _ = run_notebook(path, tmp_path, {"GEOSTANCE_LLM_KEY"})
    assert "GEOSTANCE_PUBLISHED" in html and "sk-very-secret" not in html
    assert "GEOSTANCE_PUBLISHED" not in os.environ


def test_a_cell_that_hangs_is_stopped_and_named(notebook, tmp_path):
    path = notebook("1", "import time\ntime.sleep(600)")
    with pytest.raises(StaleError, match="takes longer than 1 seconds") as error:
        run_notebook(path, tmp_path, seconds=1)
    assert error.value.where == f"{path}, cell 2"


def test_a_kernel_that_dies_is_told(notebook, tmp_path):
    path = notebook("1", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(StaleError, match="the kernel ended") as error:
        run_notebook(path, tmp_path)
    assert error.value.where.startswith(str(path))
