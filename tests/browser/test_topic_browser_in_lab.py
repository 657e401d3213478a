"""The topic browser in JupyterLab, in a real Chromium, by keyboard alone."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import nbformat
import pytest

from geostance.topics.edits import read_edits

CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)  # fmt: skip

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="Chromium is not installed: apt-get install chromium"
)

SECONDS = 90
CELL = "from geostance.lab import TopicBrowser\n\nTopicBrowser()"


@pytest.fixture
def lab(topic_study, tmp_path_factory):
    """A JupyterLab of its own with one notebook: its address."""
    home = tmp_path_factory.mktemp("lab")
    cells = [nbformat.v4.new_code_cell(CELL)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), home / "topics.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "RUNTIME")}
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
            *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0", "--ServerApp.ip=127.0.0.1"),
            *("--IdentityProvider.token=", f"--ServerApp.root_dir={home}"),
            *("--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",),
            *("--LabApp.news_url=", "--LabApp.extension_manager=readonly"),
        ],
        env={
            **os.environ,
            **folders,
            "GEOSTANCE_PUBLISHED": str(topic_study / "published"),
            "HOME": str(home),
            "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    said = []
    for line in server.stderr:
        said.append(line)
        if f"127.0.0.1:{port}/lab" in line:
            break
    else:
        pytest.fail("JupyterLab did not start:\n" + "".join(said[-20:]))
    yield f"http://127.0.0.1:{port}"
    os.killpg(server.pid, signal.SIGTERM)
    server.wait(30)
    server.stderr.close()


@pytest.fixture
def page():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        opened = browser.new_page(viewport={"width": 1380, "height": 1000})
        opened.set_default_timeout(SECONDS * 1000)
        yield opened
        browser.close()


def run_the_cell(page, address):
    """Open the notebook, run its first cell by keyboard and return the list of topics."""
    page.goto(f"{address}/lab/tree/topics.ipynb?reset")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.get_by_text("| Idle").wait_for()
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Control+Enter")
    topics = page.locator(".jp-OutputArea .widget-select select")
    topics.wait_for()
    return topics


def kill_kernels(address):
    """Kill every kernel of the server, as a crash would."""
    with urllib.request.urlopen(f"{address}/api/kernels") as answer:
        kernels = json.load(answer)
    assert kernels
    for kernel in kernels:
        found = subprocess.run(["pgrep", "-f", kernel["id"]], capture_output=True, text=True)
        for process in found.stdout.split():
            os.kill(int(process), signal.SIGKILL)


def listed(select):
    # The widget writes spaces that do not break.
    return [text.replace("\xa0", " ") for text in select.locator("option").all_inner_texts()]


def said(page):
    return page.locator(".jp-OutputArea [role=status]")


def test_names_and_merges_made_by_keyboard_outlive_the_kernel(lab, page, topic_study):
    topics = run_the_cell(page, lab)
    assert listed(topics)[0] == "0 gazoduc — 3"
    assert page.title() != "taken"

    topics.focus()
    page.keyboard.press("ArrowDown")
    page.locator("input[placeholder='1 scrutin']").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.type("Town elections")
    page.keyboard.press("Enter")
    said(page).get_by_text("written to").wait_for()
    # From the name to the topic to merge with, and on to the button.
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    merged = re.compile(r"merged\sfrom\s1,\s2")
    topics.locator("option", has_text=merged).wait_for(state="attached")

    path = topic_study / "topics.yml"
    before = path.read_bytes()
    edits = read_edits(path)
    assert [edit.name for edit in edits] == ["Town elections"] * 2
    assert {edit.merge for edit in edits} == {"Town elections"}
    # No key of these reached the notebook as a shortcut.
    assert page.locator(".jp-Notebook .jp-Cell").count() == 1

    if folder := os.environ.get("GEOSTANCE_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / "topic-browser.png")
    kill_kernels(lab)
    topics = run_the_cell(page, lab)
    assert listed(topics)[1] == "Town elections — 6 (merged from 1, 2)"
    assert path.read_bytes() == before


def test_hostile_texts_stay_texts(lab, page):
    topics = run_the_cell(page, lab)
    reading = page.locator(".jp-OutputArea .widget-dropdown select").last
    reading.select_option(index=[one[:2] for one in listed(reading)].index("fr"))
    page.locator(".jp-OutputArea div[lang=fr]", has_text="<script>").wait_for()
    assert page.locator(".jp-OutputArea img, .jp-OutputArea script").count() == 0
    assert "taken" not in page.title()
    assert topics.count() == 1
