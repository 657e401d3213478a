"""The calls of the benchmarks are those of the Makefile."""

import re
from pathlib import Path

from benchmarks.workflow import MAKEFILE, Study, fingerprints, steps
from geostance.stages import STAGES

STUDY = Study(*(Path(name) for name in ("d", "c.yml", "raw", "labels", "parallel.csv")))
# Goals of their own, which make all does not reach.
APART = {
    "annotate adjudicate",
    "annotate export",
    "annotate import",
    "deposit",
    "annotate sample",
    "annotate plan",
    "price",
    "topics assign",
    "topics intrusion",
} | {
    *("compare-scorers", "topics stability", "topics multiverse", "figure"),
}


def options_of_the_makefile():
    """Return the options of each stage's recipe, those under $(if …) apart."""
    variables = dict(re.findall(r"^(\w+) :=((?:[^\n]*\\\n)*[^\n]*)", MAKEFILE, re.MULTILINE))
    for call, rest in re.findall(r"\$\(call RUN,([a-z -]+)\)((?:[^\n]*\\\n)*[^\n]*)", MAKEFILE):
        for name in ("TABLES", "MEASURED"):
            rest = rest.replace(f"$({name})", variables[name])
        sure = re.sub(r"\$\(if (?:[^()]|\([^()]*\))*\)", "", rest)
        yield call, set(re.findall(r"--([a-z-]+)", sure)) | {"config"}


def test_each_stage_is_called_as_the_makefile_calls_it():
    recipes = dict(options_of_the_makefile())
    mine = {}
    for step in steps(STUDY, [Path("01.ipynb")]):
        words = [word for word in step.arguments[:2] if not word.startswith("--")]
        given = {word[2:] for word in step.arguments if word.startswith("--")}
        mine.setdefault(" ".join(words), given - {"parallel"})
    assert mine.keys() == recipes.keys() - (APART - {"figure"})
    assert mine == {name: recipes[name] for name in mine}


def test_every_stage_of_make_all_is_there():
    stages = {step.stage for step in steps(STUDY, [Path("01.ipynb")])}
    assert stages == STAGES.keys() - {name.replace(" ", "-") for name in APART - {"figure"}}


def test_the_fingerprints_are_asked_for_as_the_makefile_does():
    asked = re.search(r"shell \$\(GEOSTANCE\) fingerprint(.*?),ready\)", MAKEFILE, re.DOTALL)[1]
    given = {word[2:] for word in fingerprints(STUDY) if word.startswith("--")}
    assert given | {"edits", "events"} == set(re.findall(r"--([a-z-]+)", asked))
