"""JupyterLab in a real Chromium, for tests that drive a widget by keyboard."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request

import nbformat
import pytest

CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)  # fmt: skip
SECONDS = 90


@pytest.fixture
def start_lab(tmp_path_factory):
    """Start a JupyterLab of its own with one notebook of one cell, on a study: its address."""
    servers = []

    def start(cell, study):
        home = tmp_path_factory.mktemp("lab")
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(cell)], metadata={"kernelspec": kernel}
        )
        nbformat.write(notebook, home / "widget.ipynb")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        folders = {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "RUNTIME")}  # fmt: skip
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
                *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
                *("--ServerApp.ip=127.0.0.1", "--IdentityProvider.token="),
                f"--ServerApp.root_dir={home}",
                "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
                *("--LabApp.news_url=", "--LabApp.extension_manager=readonly"),
            ],
            env={
                **os.environ,
                **folders,
                "GEOSTANCE_PUBLISHED": str(study / "published"),
                "HOME": str(home),
                "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
                "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        servers.append(server)
        said = []
        for line in server.stderr:
            said.append(line)
            if f"127.0.0.1:{port}/lab" in line:
                break
        else:
            pytest.fail("JupyterLab did not start:\n" + "".join(said[-20:]))
        return f"http://127.0.0.1:{port}"

    yield start
    for server in servers:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)
        server.stderr.close()


@pytest.fixture
def page():
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        opened = browser.new_page(viewport={"width": 1380, "height": 1000})
        opened.set_default_timeout(SECONDS * 1000)
        yield opened
        browser.close()


@pytest.fixture
def run_the_cell(page):
    """Open the notebook and run its cell by keyboard."""

    def run(address):
        page.goto(f"{address}/lab/tree/widget.ipynb?reset")
        page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        page.get_by_text("| Idle").wait_for()
        page.locator(".jp-CodeCell .cm-content").first.click()
        page.keyboard.press("Control+Enter")

    return run


@pytest.fixture
def kill_kernels():
    """Kill every kernel of a server, as a crash would."""

    def kill(address):
        with urllib.request.urlopen(f"{address}/api/kernels") as answer:
            kernels = json.load(answer)
        assert kernels
        for kernel in kernels:
            found = subprocess.run(["pgrep", "-f", kernel["id"]], capture_output=True, text=True)
            for process in found.stdout.split():
                os.kill(int(process), signal.SIGKILL)

    return kill
