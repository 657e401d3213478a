"""Whatever the number of partitions and workers, the bytes are those of the local engine."""

import logging

import pytest

pytest.importorskip("distributed")

from distributed import LocalCluster

from geostance.compute import map_batches
from geostance.ingest import corpus
from geostance.settings.compute import ComputeSettings


def on(address: str) -> ComputeSettings:
    return ComputeSettings(engine="dask", scheduler=address)


@pytest.fixture(scope="module", params=[1, 2, 4])
def address(request):
    """Workers that are threads of this process: which code they run is the same."""
    with LocalCluster(
        n_workers=request.param,
        threads_per_worker=1,
        processes=False,
        dashboard_address=None,
        silence_logs=logging.CRITICAL,
    ) as cluster:
        yield cluster.scheduler_address


@pytest.mark.parametrize(("rows", "n_parts"), [(50, 1), (8, 7), (1, 50)])
def test_partitions_and_workers_leave_no_trace(
    study, expected, of_rows, address, rows, n_parts, after
):
    of_rows(rows)
    got = after()
    assert study(on(address)).run_all() == expected
    # Of six stages one has a table with more rows than documents, and so with more parts.
    assert len(got) > 6 * n_parts if n_parts > 1 else len(got) < 10


def test_what_was_worked_on_elsewhere_comes_in_order_and_is_read_as_needed(address):
    read = []

    def batches():
        for number in range(1, 60):
            read.append(number)
            yield number

    results = map_batches(abs, batches(), engine=on(address))
    assert next(results) == 1
    assert len(read) < 15
    assert list(results) == list(range(2, 60))


def test_an_error_of_the_work_comes_back_as_it_was(address, tmp_path):
    from geostance.errors import ConfigError
    from geostance.strict_yaml import read_yaml

    paths = [tmp_path / "absent.yml", tmp_path / "too.yml"]
    with pytest.raises(ConfigError, match="cannot be read") as raised:
        list(map_batches(read_yaml, paths, engine=on(address)))
    assert raised.value.where == str(paths[0])


def test_large_files_and_those_no_worker_sees_are_read_here(
    study, expected, of_rows, address, monkeypatch
):
    of_rows(8)
    # Room for two or three articles of a bundle.
    monkeypatch.setattr(corpus, "_CHARACTERS", 800)
    made = study(on(address))
    assert made.run("ingest") == expected[0][0]
    assert made.path("documents").read_bytes() == expected[1]["documents.parquet"]
