"""What the project's files promise one another."""

import json
import re
from pathlib import Path

import pytest

from geostance.publish.figures import FIGURES
from geostance.schema import TABLES
from geostance.strict_yaml import read_yaml

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def test_make_draws_the_figures_of_the_registry():
    listed = re.search(r"^FIGURE_IDS := (.*?)\n\n?NOTEBOOK", MAKEFILE, re.DOTALL | re.MULTILINE)
    assert listed[1].replace("\\\n", " ").split() == list(FIGURES)


def test_figures_take_tables_of_the_schema():
    assert all(set(spec.tables) <= set(TABLES) for spec in FIGURES.values())


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_committed_without_outputs(path):
    cells = [c for c in json.loads(path.read_text())["cells"] if c["cell_type"] == "code"]
    assert cells
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)
    # Doubled ones would be replaced at random when the notebook runs.
    ids = [cell["id"] for cell in json.loads(path.read_text())["cells"]]
    assert len(ids) == len(set(ids))


def test_the_lock_is_hashed_names_no_host_and_holds_no_torch():
    pins = re.findall(r"^([a-z0-9._-]+)==", LOCK, re.MULTILINE)
    assert len(pins) > 100 and "bertopic" in pins
    assert not {"torch", "sentence-transformers", "transformers"} & set(pins)
    assert not [pin for pin in pins if pin.startswith("nvidia")]
    assert "://" not in LOCK
    assert LOCK.count("--hash=sha256:") > len(pins)


def test_the_environment_is_thin_and_its_python_is_the_locks():
    environment = read_yaml(ROOT / "environment.yml")
    assert environment["name"] == "geostance"
    assert "python>=3.11,<3.14" in environment["dependencies"]
    assert len(environment["dependencies"]) <= 4
    assert 'requires-python = ">=3.11"' in (ROOT / "pyproject.toml").read_text()


def test_every_goal_of_the_readme_exists():
    goals = set(re.findall(r"^## ([a-z-]+):", MAKEFILE, re.MULTILINE))
    named = set(
        re.findall(r"(?:`|^)make ([a-z-]+)", (ROOT / "README.md").read_text(), re.MULTILINE)
    )
    assert {"all", "test"} <= named
    assert named <= goals


def test_every_goal_is_explained_by_help():
    phony = re.search(r"^\.PHONY: (.*?)\n\n", MAKEFILE, re.DOTALL | re.MULTILINE)[1]
    goals = set(phony.replace("\\\n", " ").split()) - {"FORCE", "status"}
    explained = set(re.findall(r"^## ([a-z-]+):", MAKEFILE, re.MULTILINE))
    assert goals <= explained


def test_no_goal_deletes_answers_that_were_paid_for():
    deleting = [line for line in MAKEFILE.split("\n") if re.search(r"\brm\b", line)]
    assert deleting and "RESPONSES := $(DATA)/responses" in MAKEFILE
    assert not [line for line in deleting if "RESPONSES" in line or '"$(DATA)"' in line]
