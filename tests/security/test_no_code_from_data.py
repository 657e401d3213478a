"""A small study from its articles to its report, while Python tells of all it does.

Audit hooks (PEP 578) see what an import list cannot: a library that unpickles, starts a program
or calls a server on its own.
"""

import socket
import sys
from collections import Counter
from dataclasses import dataclass, field

import pytest

from benchmarks.workflow import fingerprints, steps, tiny_study
from geostance.cli import main

# git names the commit in the manifest; Python's own platform and ctypes ask the others.
STARTED = {"git", "uname", "ldconfig"}
# gensim looks whether its own scoring function could be pickled; nothing of a study is in it.
OF_THEMSELVES = {"gensim.models.phrases.npmi_scorer"}
# numba keeps the machine code of installed packages beside them, and reads its own index back.
OWN_CACHE = "/numba/"


@dataclass
class Seen:
    active: bool = False
    pickled: Counter = field(default_factory=Counter)
    called: list = field(default_factory=list)
    started: set = field(default_factory=set)


SEEN = Seen()


def watch(event, arguments):
    if not SEEN.active:
        return
    if event == "pickle.find_class":
        files = stack()
        name = ".".join(map(str, arguments))
        if name not in OF_THEMSELVES and not any(OWN_CACHE in file for file in files):
            SEEN.pickled[f"{name} in {files[:3]}"] += 1
    elif event == "socket.getaddrinfo" or (
        event == "socket.connect" and arguments[0].family != socket.AF_UNIX
    ):
        SEEN.called.append(arguments[1:])
    elif event in ("subprocess.Popen", "os.system", "os.posix_spawn"):
        SEEN.started.add(str(arguments[0]).rsplit("/", 1)[-1])


def stack():
    frame, files = sys._getframe(2), []
    while frame is not None:
        files.append(frame.f_code.co_filename)
        frame = frame.f_back
    return files


sys.addaudithook(watch)


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """What was seen of every stage but the notebooks, whose kernels are processes apart."""
    data = tmp_path_factory.mktemp("study")
    study = tiny_study(data)
    SEEN.active = True
    try:
        main(fingerprints(study))
        for step in steps(study):
            if step.stage != "figure" or step.output.stem in ("topic-map", "stance-over-time"):
                if step.stage not in ("report", "manifest"):
                    main(step.arguments)
    finally:
        SEEN.active = False
    assert (data / "published" / "methods.md").exists()
    return SEEN


def test_nothing_of_a_study_is_unpickled(seen):
    assert seen.pickled == Counter()


def test_nothing_leaves_the_machine(seen):
    assert seen.called == []


def test_no_program_is_started_but_known_ones(seen):
    assert seen.started <= STARTED


def test_the_watch_sees_a_pickle():
    import pickle

    SEEN.active = True
    try:
        pickle.loads(pickle.dumps(Counter()))
    finally:
        SEEN.active = False
    assert SEEN.pickled
    SEEN.pickled.clear()
