import os
import signal
import subprocess
import sys

import nbformat


def test_ctrl_c_in_the_last_cell_publishes_no_notebook(tmp_path):
    """The cell interrupts its own runner, then ends well: what was run is still not the whole."""
    code = f"import os, signal\nos.kill({{pid}}, signal.{signal.SIGINT.name})"
    runner = (
        "import os, nbformat\n"
        "from pathlib import Path\n"
        "from geostance.publish.notebooks import run_notebook\n"
        "path = Path('n.ipynb')\n"
        f"cell = {code!r}.replace('{{pid}}', str(os.getpid()))\n"
        "nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)]), path)\n"
        "run_notebook(path, Path('.'))\n"
        "Path('published').touch()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", runner], cwd=tmp_path, capture_output=True, text=True, env=os.environ
    )
    assert nbformat.read(tmp_path / "n.ipynb", as_version=4).cells
    assert done.returncode != 0 and "KeyboardInterrupt" in done.stderr
    assert not (tmp_path / "published").exists()
