"""Run a published manifest again, and say of each artefact whether the same came out."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from geostance.config import read_config
from geostance.errors import InputError, StaleError
from geostance.files import read_json, sha256, write_text
from geostance.publish.manifest import git_state, machine, table_record
from geostance.publish.verdicts import Held, hold_artefacts, hold_tables
from geostance.strict_yaml import yaml_text

REPOSITORY = Path(__file__).resolve().parents[2]
_PARTS = ("processed", "interim")
_LISTED = 5

Make = Callable[[Sequence[str], Collection[str]], None]


def run_make(arguments: Sequence[str], hidden: Collection[str]) -> None:
    """Run ``make`` in the project's folder, which does not see the variables ``hidden``.

    Raises:
        StaleError: there is no Makefile, or a stage failed; what it said stands above.
    """
    if not (REPOSITORY / "Makefile").exists():
        raise StaleError(
            "there is no Makefile", str(REPOSITORY), "run this from a clone of the project"
        )
    # A make that called this would give its own options and goals to the one inside.
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in hidden and not name.startswith(("MAKE", "MFLAGS"))
    }
    own = Path(sys.prefix)
    # The environment that this runs in, where it is one of make env.
    chosen = [f"ENV={own}"] if (own / "geostance.mk").exists() else []
    done = subprocess.run(["make", *arguments, *chosen], cwd=REPOSITORY, env=environment)
    if done.returncode:
        raise StaleError(
            f"make ended with {done.returncode} before all was made again",
            str(REPOSITORY),
            "mend what is said above, then run this again: it goes on from there",
        )


def reproduce_study(
    manifest: Path, inputs: Mapping[str, Path], output: Path, make: Make = run_make
) -> tuple[list[Held], list[str]]:
    """Make a study again in ``output``; return the verdicts, and what was not as at first.

    ``inputs`` are the paths that the Makefile names: CORPUS and ANNOTATIONS, and PARALLEL, EDITS,
    EVENTS, RESPONSES, DRAWN or COMPARED where the study had them.

    Raises:
        StaleError: the manifest is damaged, or made by another version or with another lock.
        InputError: the corpus is not the one that was read.
    """
    value = _read(manifest)
    notes = _check_run(value["run"], manifest)
    config = output / "study.yml"
    write_text(config, yaml_text(value["run"]["config"]))
    # A manifest of others may name any service: it gets no key, and what it answered is kept.
    hidden = read_config(config).secrets()
    call = [f"DATA={output.absolute()}", f"CONFIG={config.absolute()}"]
    call += [f"{name}={path.absolute()}" for name, path in inputs.items()]
    documents = output.absolute() / "interim" / "documents.parquet"
    make([str(documents), *call], hidden)
    _check_corpus(value["tables"]["documents"], documents, inputs["CORPUS"])
    make(["all", *call], hidden)
    published = manifest.absolute().parent
    first, again = ([folder / part for part in _PARTS] for folder in (published.parent, output))
    return [
        *hold_tables(value, first, again),
        *hold_artefacts(value, published, output / "published"),
    ], notes


def report(held: Sequence[Held], notes: Sequence[str]) -> list[str]:
    """Return the lines that say what came out, the verdicts that are not "same" one by one."""
    counts = Counter(one.verdict for one in held)
    return [
        *(f"note: {note}" for note in notes),
        *(f"{one.verdict:9} {one.name}: {one.what}" for one in held if one.verdict != "same"),
        ", ".join(f"{counts[verdict]} {verdict}" for verdict in ("same", "equal", "different")),
    ]


def refuse_differences(held: Sequence[Held], manifest: Path) -> None:
    """Raise where something came out different.

    Raises:
        StaleError: the first few of what did.
    """
    if different := [one.name for one in held if one.verdict == "different"]:
        raise StaleError(
            f"{len(different)} of {len(held)} came out different: {', '.join(different[:_LISTED])}",
            str(manifest),
            "hold the notes against the manifest: another code, platform or processor may round "
            "otherwise; the same ones should not differ",
        )


def _read(manifest: Path) -> dict[str, Any]:
    if not manifest.is_file():
        raise StaleError("there is no manifest", str(manifest), "name a published manifest.json")
    value = read_json(manifest)
    try:
        run, table = value["run"], value["tables"]["documents"]
        whole = {*run} >= {"config", "lock_sha256"} and {*table} >= {"sha256", "rows"}
        whole = whole and isinstance(value["artefacts"], dict)
    except (TypeError, KeyError):
        whole = False
    if not whole:
        raise StaleError(
            "the file is no manifest of a study",
            str(manifest),
            "name the manifest.json of a published folder",
        )
    return value


def _check_run(run: Mapping[str, Any], manifest: Path) -> list[str]:
    """Refuse another version or lock; return what else differs and may change results."""
    ours = {
        "geostance": version("geostance"),
        "lock_sha256": sha256(REPOSITORY / "requirements.lock"),
    }
    for name, mine in ours.items():
        if run.get(name) != mine:
            what = "version of geostance" if name == "geostance" else "requirements.lock"
            commit = (run.get("code") or {}).get("commit")
            raise StaleError(
                f"the manifest was made with another {what}: {run.get(name)}, here {mine}",
                str(manifest),
                f"check out {commit or 'the code it names'}, run make env, then this again",
            )
    here = machine() | {"code": git_state()}
    return [
        f"{name} was {_plain(run.get(name))}, is {_plain(mine)}"
        for name, mine in here.items()
        if run.get(name) != mine
    ]


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _check_corpus(recorded: Mapping[str, Any], documents: Path, corpus: Path) -> None:
    found = table_record(documents)
    if found["sha256"] != recorded["sha256"]:
        raise InputError(
            f"the corpus is not the one of the manifest: {found['rows']:,} documents are read, "
            f"{recorded['rows']:,} were",
            str(corpus),
            "name the folder that was read, with the same files under the same names",
        )
