"""Settings of where the parts of large tables are worked on; no result depends on them."""

from typing import Annotated, Literal

from pydantic import Field

from geostance.settings.basis import Auto, Settings

# These stand in lines of a job's script, and so hold no space, quote or line break.
_Word = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_.,:/@%+-]+$")]
_Directive = Annotated[str, Field(pattern=r"^--?[a-z][a-z-]*(=[a-zA-Z0-9_.,:/@%+-]+)?$")]
_Address = Annotated[str, Field(pattern=r"^(tcp|tls|ucx|ws|wss|inproc)://[a-zA-Z0-9_.:/\[\]-]+$")]


class SlurmSettings(Settings):
    """What is asked of SLURM, job by job; each core of a job runs one worker process."""

    jobs: int = Field(default=1, ge=1)
    # The partition; null takes that of the site.
    queue: _Word | None = None
    account: _Word | None = None
    cores: int = Field(default=4, ge=1)
    # Of a job, shared by its workers.
    memory: Annotated[str, Field(pattern=r"^\d+ ?[KMGT]i?B$")] = "16GB"
    walltime: Annotated[str, Field(pattern=r"^[\d:-]+$")] = "02:00:00"
    # The network by which workers reach the machine that make runs on, as "ib0".
    interface: _Word | None = None
    # Further lines of #SBATCH, as "--qos=long".
    directives: tuple[_Directive, ...] = ()
    # For the first worker.
    wait_minutes: float = Field(default=60, gt=0)


class ComputeSettings(Settings):
    """Which processes work on the parts of a table, and how many."""

    engine: Literal["local", "dask"] = "local"
    workers: Annotated[int, Field(ge=1)] | Auto = "auto"
    # Of Dask: null starts a cluster of workers on this machine.
    scheduler: Literal["slurm"] | _Address | None = None
    slurm: SlurmSettings = SlurmSettings()


LOCAL = ComputeSettings()
