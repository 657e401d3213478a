"""Run the study's notebooks on what was published, and export them as HTML."""

import asyncio
import os
import signal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from geostance.errors import StaleError

PUBLISHED_VARIABLE = "GEOSTANCE_PUBLISHED"
# Set in the kernel whose outputs become a page that nobody can act on.
PAGE_VARIABLE = "GEOSTANCE_PAGE"
SECONDS_PER_CELL = 600


def is_page() -> bool:
    """Whether this kernel runs a notebook for its page, without a reader."""
    return PAGE_VARIABLE in os.environ


def run_notebook(path: Path, published: Path) -> tuple[str, int]:
    """Run a notebook in its own kernel; return it as one HTML page and its number of cells.

    The notebook file itself is never written. The page asks no server for anything.

    Raises:
        StaleError: a cell fails; the message names it and the error it raised.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError
    from nbconvert import HTMLExporter
    from traitlets.config import Config

    notebook = nbformat.read(path, as_version=4)
    os.environ[PUBLISHED_VARIABLE] = str(published.absolute())
    os.environ[PAGE_VARIABLE] = "yes"
    with TemporaryDirectory(prefix="geostance-") as sockets:
        # Over local sockets nobody else on the machine can reach the kernel.
        local = {"transport": "ipc", "ip": f"{sockets}/kernel"}
        client = NotebookClient(
            notebook,
            config=Config({"KernelManager": local}),
            kernel_name="python3",
            timeout=SECONDS_PER_CELL,
            # Times of execution would make every run's page differ.
            record_timing=False,
            on_notebook_start=_take_back_interrupts,
            resources={"metadata": {"path": str(path.parent.absolute())}},
        )
        try:
            client.execute()
        except CellExecutionError as error:
            raise StaleError(
                f"a cell fails: {error.ename}: {error.evalue}",
                f"{path}, {_first_line(error)}",
                "run make all, then open the notebook with make lab to see the cell",
            ) from error
    exporter = HTMLExporter(
        template_name="lab",
        mathjax_url="",
        require_js_url="",
        jquery_url="",
        widget_renderer_url="",
    )
    page, _ = exporter.from_notebook_node(notebook, resources={"metadata": {"name": path.stem}})
    return page, len(notebook.cells)


def _take_back_interrupts(**_: Any) -> None:
    """Let a signal end the run: nbclient would stop the kernel and go on to export what it has."""
    for stop in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().remove_signal_handler(stop)


def _first_line(error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip() and set(line) != {"-"}]
    return lines[1] if len(lines) > 1 else "a cell"
