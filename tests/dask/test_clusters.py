"""Clusters that the engine starts itself: on this machine, and through SLURM."""

import os

import pytest

pytest.importorskip("distributed")

from geostance.compute import map_batches
from geostance.errors import ComputeError
from geostance.settings.compute import ComputeSettings, SlurmSettings

# Takes a copy of a job as SLURM does, and starts it at once on this machine.
SBATCH = """#!/bin/sh
cp "$1" "$(dirname "$0")/job.sh"
bash "$(dirname "$0")/job.sh" >/dev/null 2>&1 </dev/null &
echo "Submitted batch job 1"
"""
# The worker of a job ends by itself when its scheduler does.
SCANCEL = """#!/bin/sh
"""


def test_a_cluster_of_processes_on_this_machine(after):
    got = after()
    engine = ComputeSettings(engine="dask", workers=2)
    assert list(map_batches(abs, range(-6, 0), engine=engine)) == [6, 5, 4, 3, 2, 1]
    assert len(got) == 6


def test_one_batch_needs_no_cluster(after):
    got = after()
    absent = ComputeSettings(engine="dask", scheduler="tcp://127.0.0.1:9")
    assert list(map_batches(abs, [-1], engine=absent)) == [1]
    assert list(map_batches(abs, [], engine=absent)) == []
    assert got == []


def test_jobs_of_slurm(tmp_path, monkeypatch):
    for name, script in (("sbatch", SBATCH), ("scancel", SCANCEL)):
        (tmp_path / name).write_text(script)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    own = SlurmSettings(
        queue="cpu",
        directives=("--qos=long",),
        cores=1,
        memory="2GB",
        walltime="00:10:00",
        wait_minutes=0.5,
    )
    engine = ComputeSettings(engine="dask", scheduler="slurm", slurm=own)
    assert list(map_batches(abs, range(-6, 0), engine=engine)) == [6, 5, 4, 3, 2, 1]
    job = (tmp_path / "job.sh").read_text()
    for line in ("#SBATCH -p cpu", "#SBATCH -t 00:10:00", "#SBATCH --qos=long"):
        assert line in job.splitlines()


def test_a_machine_without_slurm_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ComputeError, match="no command sbatch"):
        list(map_batches(abs, [1, 2], engine=ComputeSettings(engine="dask", scheduler="slurm")))
