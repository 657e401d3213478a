"""Run the study's notebooks on what was published, and export them as HTML."""

import asyncio
import os
import signal
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from geostance.errors import StaleError

PUBLISHED_VARIABLE = "GEOSTANCE_PUBLISHED"
# Set in the kernel whose outputs become a page that nobody can act on.
PAGE_VARIABLE = "GEOSTANCE_PAGE"
SECONDS_PER_CELL = 600
# What stands in a notebook's outputs came from a corpus: no script of it runs, nothing is fetched.
_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; "
    "base-uri 'none'; form-action 'none'"
)
_HEAD = "<head>"


def is_page() -> bool:
    """Whether this kernel runs a notebook for its page, without a reader."""
    return PAGE_VARIABLE in os.environ


def run_notebook(
    path: Path, published: Path, secrets: Collection[str] = (), seconds: int = SECONDS_PER_CELL
) -> tuple[str, int]:
    """Run a notebook in its own kernel; return it as one HTML page and its number of cells.

    The notebook file itself is never written. The page asks no server for anything and runs no
    script. The environment variables named in ``secrets`` are kept from the kernel. A cell may
    take so many ``seconds``.

    Raises:
        StaleError: a cell fails, takes too long or ends its kernel; the message names it.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
    from traitlets.config import Config

    notebook = nbformat.read(path, as_version=4)
    environment = {name: value for name, value in os.environ.items() if name not in secrets}
    environment |= {PUBLISHED_VARIABLE: str(published.absolute()), PAGE_VARIABLE: "yes"}
    with TemporaryDirectory(prefix="geostance-") as sockets:
        # Over local sockets nobody else on the machine can reach the kernel.
        local = {"transport": "ipc", "ip": f"{sockets}/kernel"}
        client = NotebookClient(
            notebook,
            config=Config({"KernelManager": local}),
            kernel_name="python3",
            timeout=seconds,
            # Times of execution would make every run's page differ.
            record_timing=False,
            on_notebook_start=_take_back_interrupts,
            resources={"metadata": {"path": str(path.parent.absolute())}},
        )
        try:
            client.execute(env=environment)
        except CellExecutionError as error:
            raise StaleError(
                f"a cell fails: {error.ename}: {error.evalue}",
                f"{path}, {_first_line(error)}",
                "run make all, then open the notebook with make lab to see the cell",
            ) from error
        except CellTimeoutError as error:
            raise StaleError(
                f"a cell takes longer than {seconds} seconds",
                f"{path}, cell {_reached(notebook)}",
                "open the notebook with make lab and look what it waits for",
            ) from error
        except DeadKernelError as error:
            raise StaleError(
                "the kernel ended before its cell did",
                f"{path}, cell {_reached(notebook)}",
                "close other programs, for memory may have run out; then make again",
            ) from error
    return _page(notebook, path.stem), len(notebook.cells)


def _page(notebook: Any, name: str) -> str:
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(
        template_name="lab",
        mathjax_url="",
        require_js_url="",
        jquery_url="",
        widget_renderer_url="",
    )
    page, _ = exporter.from_notebook_node(notebook, resources={"metadata": {"name": name}})
    before, head, after = page.partition(_HEAD)
    if not head:
        raise StaleError("the page has no head", name, "install the nbconvert that the lock names")
    meta = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"/>'
    return f"{before}{head}{meta}{after}"


def _reached(notebook: Any) -> int:
    """Return the number of the last cell that was begun, from 1."""
    begun = [
        number
        for number, cell in enumerate(notebook.cells, start=1)
        if cell.cell_type == "code" and (cell.execution_count or cell.outputs)
    ]
    return begun[-1] if begun else 1


def _take_back_interrupts(**_: Any) -> None:
    """Let a signal end the run: nbclient would stop the kernel and go on to export what it has."""
    for stop in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().remove_signal_handler(stop)


def _first_line(error: Exception) -> str:
    lines = [line for line in str(error).splitlines() if line.strip() and set(line) != {"-"}]
    return lines[1] if len(lines) > 1 else "a cell"
