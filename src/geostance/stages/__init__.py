"""One function per stage: read, call, write, record.

A stage's module is imported when the stage runs: the command line starts at once, and a stage
waits for nothing that only another needs.
"""

import ast
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

# In the order of the workflow; the command line has one subcommand for each.
STAGES = {
    path.rpartition(".")[2].replace("_", "-"): path
    for path in (
        "corpus.ingest",
        "corpus.clean",
        "corpus.duplicates",
        "corpus.corpus_describe",
        "corpus.sentences",
        "corpus.embed",
        "topics.topics_fit",
        "topics.topics_describe",
        "assessment.topics_assess",
        "assignment.topics_assign",
        "assessment.topics_intrusion",
        "measurement.mentions",
        "measurement.stance",
        "measurement.validate",
        "sensitivity.sensitivity",
        "annotation.annotate_sample",
        "adjudication.annotate_adjudicate",
        "annotation.annotate_export",
        "annotation.annotate_import",
        "comparison.compare_scorers",
        "stability.topics_stability",
        "stability.topics_multiverse",
        "publication.tables",
        "publication.figure",
        "publication.notebook",
        "publication.report",
        "publication.methods",
        "publication.data_card",
        "publication.manifest",
        "deposit.deposit",
    )
}


def load_stage(name: str) -> Callable[..., dict[str, Any]]:
    """Return the function of a stage."""
    module, _, function = STAGES[name].rpartition(".")
    return getattr(import_module(f"geostance.stages.{module}"), function)


def summary(name: str) -> str:
    """Return the first line of what a stage's function says of itself, without importing it."""
    module, _, function = STAGES[name].rpartition(".")
    return _summaries(module)[function]


@cache
def _summaries(module: str) -> dict[str, str]:
    source = Path(__file__).with_name(f"{module}.py").read_text(encoding="utf-8")
    return {
        node.name: (ast.get_docstring(node) or "").split("\n")[0]
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
    }
