"""The script that makes the environment: what it builds when."""

import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "tools" / "environment.py"


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run the script on an invented environment; return what it did."""
    spec = importlib.util.spec_from_file_location("environment", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    done = []
    monkeypatch.setattr(script, "build", lambda folder, python: done.append("base"))
    monkeypatch.setattr(script, "install_extras", lambda python, extras: done.append(extras))

    def run(state, extras=""):
        arguments = [f"--folder={tmp_path}", f"--state={state}", f"--extras={extras}"]
        monkeypatch.setattr(sys, "argv", ["environment.py", *arguments])
        done.clear()
        script.main()
        return list(done)

    run.ready = tmp_path / "geostance.mk"
    return run


def test_the_base_is_built_once_and_extras_are_added_to_it(run):
    assert run("12") == ["base"]
    assert run.ready.read_text() == "ENV_STATE := 12\n"
    assert run("12", "llm") == ["llm"]


def test_another_lock_builds_anew(run):
    run("12")
    assert run("34", "llm") == ["base", "llm"]
    assert run.ready.read_text() == "ENV_STATE := 34\n"


def test_an_interrupted_set_up_is_made_anew(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("environment", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    begun = []

    def interrupted(folder, python):
        begun.append(folder)
        raise KeyboardInterrupt

    monkeypatch.setattr(script, "build", interrupted)
    arguments = ["environment.py", f"--folder={tmp_path}", "--state=1"]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(KeyboardInterrupt):
        script.main()
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(script, "build", lambda folder, python: begun.append(folder))
    script.main()
    assert begun == [tmp_path, tmp_path] and (tmp_path / "geostance.mk").exists()
