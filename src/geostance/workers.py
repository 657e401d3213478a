"""Map a function over batches on the workers of a Dask cluster: the only importer of dask.

What travels between this process, the scheduler and the workers is pickled by Dask: functions by
their names, batches and results as plain tables. Models do not: each worker loads its own.
"""

import hashlib
import logging
import re
import shutil
import socket
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, requires, version
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from geostance.errors import ComputeError
from geostance.log import logger
from geostance.optional import require
from geostance.settings.compute import ComputeSettings, SlurmSettings

if TYPE_CHECKING:
    from distributed import Client, Future

Batch = TypeVar("Batch")
Result = TypeVar("Result")

# Batches handed out and not yet given back, for each worker: enough to keep it busy.
_AHEAD = 2
# For a scheduler to answer, and for its first worker.
_SECONDS = 30
_PACKAGE = Path(__file__).parent
# A batch is a part of a table, larger than what Dask warns of; its logs tell what is told here.
_QUIET = {
    "logging.distributed": "critical",
    "distributed.admin.large-graph-warning-threshold": "1GB",
}


def map_on_workers(
    function: Callable[[Batch], Result],
    batches: Iterable[Batch],
    settings: ComputeSettings,
    n_workers: int,
) -> Iterator[Result]:
    """Yield ``function`` of each batch, in their order, from the cluster that ``settings`` name.

    A batch whose worker dies is given to another, three times. One batch alone is worked on
    here, and no cluster started. ``n_workers`` is the size of a cluster on this machine.

    Raises:
        ComputeError: there is no cluster, it was lost, or a batch ended every worker it met.
        MissingPackageError: Dask is not installed.
    """
    require("dask", "dask")
    waiting_batches = iter(batches)
    first = list(islice(waiting_batches, _AHEAD))
    if len(first) < _AHEAD:
        yield from map(function, first)
        return
    with _cluster(settings, n_workers) as (client, n_slots):
        work = partial(client.submit, _carried_out, function, _installed(), pure=False)
        waiting: deque[Future[Result]] = deque()
        for batch in chain(first, waiting_batches):
            with _telling_a_loss(settings):
                waiting.append(work(batch))
            if len(waiting) > _AHEAD * n_slots:
                yield _result(waiting.popleft(), client, settings)
        while waiting:
            yield _result(waiting.popleft(), client, settings)


def _result(future: "Future[Result]", client: "Client", settings: ComputeSettings) -> Result:
    with _telling_a_loss(settings):
        while True:
            try:
                return future.result(timeout=_SECONDS)
            except TimeoutError:
                if future.done():
                    return future.result()
                # Jobs of SLURM end with their time; nobody would ever take up what they left.
                _await_a_worker(client, _SECONDS, _place(settings))


def _carried_out(
    function: Callable[[Batch], Result], expected: tuple[str, ...], batch: Batch
) -> Result:
    """Run on a worker, which has to have the code and the packages of who asks."""
    if other := sorted(set(_installed()) ^ set(expected)):
        raise ComputeError(
            f"a worker has other code or packages: {', '.join(other)}",
            f"the worker on {socket.gethostname()}, {sys.prefix}",
            "start all workers in the environment and the version that make runs in",
        )
    return function(batch)


@cache
def _installed() -> tuple[str, ...]:
    """Return what the bytes of a result may hang on, a line each."""
    code = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*.py")):
        code.update(path.read_bytes())
    names = [re.match(r"[\w.-]+", line) for line in requires("geostance") or () if ";" not in line]
    return (
        f"geostance {code.hexdigest()[:12]}",
        f"Python {sys.version_info.major}.{sys.version_info.minor}",
        *(f"{name[0]} {_version(name[0])}" for name in names if name),
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"


@contextmanager
def _cluster(settings: ComputeSettings, n_workers: int) -> "Iterator[tuple[Client, int]]":
    """Give a client of the cluster and how many batches the cluster works on at a time."""
    import dask

    with dask.config.set(_QUIET):
        distributed = require("distributed", "dask")
        if settings.scheduler == "slurm":
            with _slurm_cluster(settings.slurm) as cluster:
                slots = settings.slurm.jobs * settings.slurm.cores
                logger.info("waiting for the first of %d SLURM jobs", settings.slurm.jobs)
                with _client(distributed, cluster, settings) as client:
                    _await_a_worker(client, 60 * settings.slurm.wait_minutes, _place(settings))
                    yield client, slots
        elif settings.scheduler is None:
            with (
                distributed.LocalCluster(
                    n_workers=n_workers,
                    threads_per_worker=1,
                    # The system decides, as it does for the local engine.
                    memory_limit=0,
                    # Its pages are for a browser; nothing here asks for them.
                    dashboard_address="127.0.0.1:0",
                    scheduler_kwargs={"dashboard": False},
                    silence_logs=logging.CRITICAL,
                ) as cluster,
                _client(distributed, cluster, settings) as client,
            ):
                yield client, n_workers
        else:
            with _client(distributed, settings.scheduler, settings) as client:
                _await_a_worker(client, _SECONDS, _place(settings))
                yield client, max(1, sum(client.nthreads().values()))


@contextmanager
def _client(distributed: Any, cluster: Any, settings: ComputeSettings) -> "Iterator[Client]":
    try:
        client = distributed.Client(cluster, timeout=_SECONDS, set_as_default=False)
    except OSError as error:
        raise ComputeError(
            f"no Dask scheduler answers within {_SECONDS} seconds",
            _place(settings),
            "start it (dask scheduler) and its workers (dask worker), or set "
            "compute.scheduler: null for a cluster on this machine",
        ) from error
    with client:
        yield client


def _await_a_worker(client: "Client", seconds: float, where: str) -> None:
    try:
        client.wait_for_workers(1, timeout=seconds)
    except TimeoutError as error:
        raise ComputeError(
            f"the cluster has no worker after {seconds:.0f} seconds",
            where,
            "start one in this environment (dask worker ADDRESS), or see in squeue why jobs wait "
            "or ended; then make again, which goes on behind the parts that are finished",
        ) from error


def _slurm_cluster(own: SlurmSettings) -> Any:
    if shutil.which("sbatch") is None:
        raise ComputeError(
            "SLURM is not on this machine: there is no command sbatch",
            "compute.scheduler: slurm",
            "run make where jobs are submitted, or set compute.scheduler: null",
        )
    cluster = require("dask_jobqueue", "dask").SLURMCluster(
        queue=own.queue,
        account=own.account,
        cores=own.cores,
        processes=own.cores,
        memory=own.memory,
        walltime=own.walltime,
        interface=own.interface,
        job_extra_directives=list(own.directives),
        python=sys.executable,
    )
    cluster.scale(jobs=own.jobs)
    return cluster


def _place(settings: ComputeSettings) -> str:
    return f"compute.scheduler: {settings.scheduler or 'null, this machine'}"


@contextmanager
def _telling_a_loss(settings: ComputeSettings) -> Iterator[None]:
    from distributed import KilledWorker
    from distributed.comm import CommClosedError

    try:
        yield
    except KilledWorker as died:
        raise ComputeError(
            "four workers ended one after the other on the same batch",
            _place(settings),
            "give them more memory, or take fewer workers a machine; then make again, which "
            "goes on behind the parts that are finished",
        ) from died
    except (CancelledError, CommClosedError) as lost:
        raise ComputeError(
            "the connection to the Dask scheduler was lost",
            _place(settings),
            "see that it runs, then make again, which goes on behind the parts that are finished",
        ) from lost
