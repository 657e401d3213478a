"""The look at the lock's packages: nothing unknown is called fine."""

import importlib.util
import json
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "tools" / "audit.py"


@pytest.fixture
def audit():
    spec = importlib.util.spec_from_file_location("audit", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0", True),
        ("Apache-2.0 OR GPL-3.0-only", True),
        ("BSD-2-Clause AND Apache-2.0 WITH LLVM-exception", True),
        ("MIT AND GPL-3.0-only", False),
        ("AGPL-3.0-only", False),
        ("UNKNOWN", False),
        ("Proprietary MIT", False),
    ],
)
def test_a_licence_is_allowed_by_all_its_parts(audit, licence, allowed):
    assert audit.is_permissive(licence) is allowed
    assert (audit.refused({"new-package": licence}) == {}) is allowed


def test_every_exception_is_in_the_lock_and_says_why(audit):
    assert audit.EXCEPTIONS.keys() <= audit.locked().keys()
    assert all(len(reason) > 20 for reason in audit.EXCEPTIONS.values())


def report(monkeypatch, audit, text):
    done = subprocess.CompletedProcess([], 0, stdout=text, stderr="WARNING\nno network")
    monkeypatch.setattr(audit.subprocess, "run", lambda *_, **__: done)


def test_what_could_not_be_looked_up_is_never_called_fine(audit, monkeypatch, capsys):
    package = {"name": "polars", "skip_reason": "not found on PyPI"}
    report(monkeypatch, audit, json.dumps({"dependencies": [package], "fixes": []}))
    assert audit.advisories() == audit.INCOMPLETE
    assert "1 packages could NOT be looked up" in capsys.readouterr().err
    report(monkeypatch, audit, "")
    assert audit.advisories() == audit.INCOMPLETE
    assert "no network" in capsys.readouterr().err


def test_a_known_weakness_is_named(audit, monkeypatch, capsys):
    fault = {"id": "PYSEC-1", "fix_versions": ["2.0"], "aliases": [], "description": ""}
    package = {"name": "polars", "version": "1.0", "vulns": [fault]}
    report(monkeypatch, audit, json.dumps({"dependencies": [package], "fixes": []}))
    assert audit.advisories() == 1
    assert "polars 1.0: PYSEC-1, mended in 2.0" in capsys.readouterr().err
    report(monkeypatch, audit, json.dumps({"dependencies": [package | {"vulns": []}]}))
    assert audit.advisories() == 0
