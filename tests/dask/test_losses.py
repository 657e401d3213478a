"""Workers and schedulers that die: what is left is a clear error, or the same bytes."""

import os
import signal
import subprocess
import sys

import polars as pl
import pytest

pytest.importorskip("distributed")

from distributed import Client, LocalCluster

from geostance import workers
from geostance.compute import map_batches
from geostance.errors import ComputeError
from geostance.settings.compute import LOCAL, ComputeSettings

STAGES = ("ingest", "clean", "duplicates", "sentences", "embed", "mentions")
# A cluster of processes in a process of its own, which says its address and waits to be killed.
CLUSTER = """
import logging, sys
from distributed import LocalCluster

if __name__ == "__main__":
    options = dict(threads_per_worker=1, dashboard_address=None, memory_limit=0)
    with LocalCluster(n_workers=int(sys.argv[1]), silence_logs=logging.CRITICAL, **options) as c:
        print(c.scheduler_address, flush=True)
        sys.stdin.read()
"""


def on(address: str) -> ComputeSettings:
    return ComputeSettings(engine="dask", scheduler=address)


class Cluster:
    def __init__(self, folder, n_workers: int) -> None:
        script = folder / "cluster.py"
        script.write_text(CLUSTER)
        self.process = subprocess.Popen(
            [sys.executable, str(script), str(n_workers)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.address = self.process.stdout.readline().strip()

    def pids(self) -> list[int]:
        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=30)
            return sorted(client.run(os.getpid).values())

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    made = Cluster(tmp_path_factory.mktemp("cluster"), 2)
    yield made
    made.close()


def test_a_worker_killed_in_each_stage_leaves_no_trace(study, expected, of_rows, cluster, after):
    of_rows(8)
    made, records = study(on(cluster.address)), []
    for stage in STAGES:
        before = cluster.pids()
        # By then further batches are under way.
        got = after(1, lambda before=before: os.kill(before[0], signal.SIGKILL))
        records.append(made.run(stage))
        assert len(got) >= 7
        assert before[0] not in cluster.pids()
    assert records == expected[0]
    assert {path.name: path.read_bytes() for path in made.folder.glob("*.parquet")} == expected[1]


def test_a_batch_that_ends_every_worker_is_told(cluster):
    with pytest.raises(ComputeError, match="four workers ended"):
        list(map_batches(os._exit, [1, 1], engine=on(cluster.address)))


def test_a_lost_scheduler_leaves_the_finished_parts(
    study, expected, of_rows, tmp_path, after, monkeypatch
):
    of_rows(8)
    cluster = Cluster(tmp_path, 1)
    made = study(on(cluster.address))
    local = study(LOCAL, "local")
    for one in (made, local):
        one.path("documents").write_bytes(expected[1]["documents.parquet"])
    after(2, cluster.process.kill)
    with pytest.raises(ComputeError) as raised:
        made.run("clean")
    cluster.process.wait(timeout=30)
    cluster.process.stdin.close()
    cluster.process.stdout.close()
    assert str(raised.value).split("\n") == [
        "ComputeError: the connection to the Dask scheduler was lost",
        f"  where: compute.scheduler: {cluster.address}",
        "  mend:  see that it runs, then make again, which goes on behind the parts that are "
        "finished",
    ]
    assert not made.path("cleaned").exists()
    kept = [path.name for path in made.folder.glob(".*.kept/cleaned-*")]
    assert len(kept) >= 2
    # Engines take up each other's parts.
    made.config = local.config
    from geostance import clean as owner

    asked, whole = [], owner.clean_tables

    def counted(part: pl.DataFrame, **settings):
        asked.append(part)
        return whole(part, **settings)

    monkeypatch.setattr(owner, "clean_tables", counted)
    assert made.run("clean") == expected[0][1]
    assert len(asked) == 7 - len(kept)
    assert made.path("cleaned").read_bytes() == expected[1]["cleaned.parquet"]
    assert made.path("dropped").read_bytes() == expected[1]["dropped.parquet"]


def test_a_scheduler_that_does_not_answer_is_told(monkeypatch):
    monkeypatch.setattr(workers, "_SECONDS", 1)
    with pytest.raises(ComputeError, match="no Dask scheduler answers"):
        list(map_batches(abs, [1, 2], engine=on("tcp://127.0.0.1:9")))


def test_a_scheduler_without_workers_is_told(monkeypatch):
    monkeypatch.setattr(workers, "_SECONDS", 1)
    with LocalCluster(n_workers=0, processes=False, dashboard_address="127.0.0.1:0") as cluster:
        with pytest.raises(ComputeError, match="no worker after 1 seconds"):
            list(map_batches(abs, [1, 2], engine=on(cluster.scheduler_address)))


def test_workers_that_end_with_their_time_are_told(after, monkeypatch):
    monkeypatch.setattr(workers, "_SECONDS", 1)
    with LocalCluster(n_workers=1, processes=False, dashboard_address="127.0.0.1:0") as cluster:
        after(1, lambda: cluster.sync(cluster.workers[0].close))
        with pytest.raises(ComputeError, match="no worker after 1 seconds"):
            list(map_batches(abs, range(9), engine=on(cluster.scheduler_address)))


def test_a_worker_with_other_code_is_refused():
    here = workers._installed()
    assert workers._carried_out(abs, here, -1) == 1
    other = ("geostance 0123456789ab", *here[1:])
    with pytest.raises(ComputeError, match="other code or packages: geostance 0123456789ab"):
        workers._carried_out(abs, other, -1)
