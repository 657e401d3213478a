import os
import sys
from functools import partial
from pathlib import Path

import pytest
from pydantic import ValidationError

from geostance.compute import available_processes, map_batches, n_workers
from geostance.errors import ComputeError, ConfigError, MissingPackageError
from geostance.settings.compute import LOCAL, ComputeSettings
from geostance.strict_yaml import read_yaml

# What other processes run has to be importable there: functions of the library, not of this file.
DIVIDED = partial(divmod, 100)


@pytest.mark.parametrize("processes", [1, 2])
def test_results_come_in_the_order_of_the_batches(processes):
    batches = list(range(1, 12))
    assert list(map_batches(DIVIDED, batches, processes)) == [divmod(100, n) for n in batches]


@pytest.mark.parametrize("processes", [1, 2])
def test_an_error_comes_back_as_it_was(tmp_path, processes):
    path = tmp_path / "absent.yml"
    with pytest.raises(ConfigError, match="cannot be read") as raised:
        list(map_batches(read_yaml, [path], processes))
    assert (raised.value.where, raised.value.mend) == (str(path), "name an existing UTF-8 file")


@pytest.mark.parametrize("processes", [1, 2])
def test_other_errors_come_back_too(processes):
    with pytest.raises(ZeroDivisionError):
        list(map_batches(DIVIDED, [1, 0, 2], processes))


def test_a_worker_that_dies_is_told():
    with pytest.raises(ComputeError, match="ended before"):
        list(map_batches(os._exit, [1, 1], 2))


def test_batches_are_read_as_they_are_needed():
    read = []

    def batches():
        for number in range(1, 40):
            read.append(number)
            yield number

    results = map_batches(DIVIDED, batches(), 2)
    assert next(results) == (100, 0)
    assert len(read) < 10
    results.close()


def test_no_batches_are_no_results():
    assert list(map_batches(Path, [], 2)) == []


def test_there_is_a_processor():
    assert available_processes() >= 1
    assert n_workers(LOCAL) == available_processes()
    assert n_workers(ComputeSettings(workers=3)) == 3


def test_a_missing_dask_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "dask", None)
    with pytest.raises(MissingPackageError, match="dask is not installed") as raised:
        list(map_batches(abs, [1], engine=ComputeSettings(engine="dask")))
    assert "EXTRAS=dask" in raised.value.mend


@pytest.mark.parametrize(
    "wrong",
    [
        {"engine": "spark"},
        {"workers": 0},
        {"scheduler": "localhost"},
        {"scheduler": "tcp://host:1\n"},
        {"slurm": {"queue": "cpu\nrm -rf /"}},
        {"slurm": {"account": "a b"}},
        {"slurm": {"directives": ["--qos=long\nrm"]}},
        {"slurm": {"directives": ["qos"]}},
        {"slurm": {"memory": "much"}},
        {"slurm": {"walltime": "2 hours"}},
    ],
)
def test_settings_that_could_not_stand_in_a_jobs_script_are_refused(wrong):
    with pytest.raises(ValidationError):
        ComputeSettings.model_validate(wrong)
