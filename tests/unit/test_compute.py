import os
from functools import partial
from pathlib import Path

import pytest

from geostance.compute import available_processes, map_batches
from geostance.errors import ComputeError, ConfigError
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
