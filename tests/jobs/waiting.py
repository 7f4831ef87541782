"""Waiting for what other processes do, with a deadline."""

import time

from embedviz.core.jobs.lease import LeaseRecord, current_generation
from embedviz.core.typed_json import read_typed

SECONDS = 100.0  # in a test of 120; the machine may be busy


def wait_for(condition, seconds=SECONDS, what="it"):
    """The condition's first true value; fails when there is none in time."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        time.sleep(0.05)
    return value


def in_training(run, offset=0, seconds=SECONDS):
    wait_for(lambda: any("loss" in event for event in run.events(offset).events), seconds, "training")


def checkpointed(run, seconds=SECONDS):
    wait_for(lambda: (run.folder / "checkpoint.safetensors").exists(), seconds, "a checkpoint")


def worker_of(run):
    """Id of the process that works on the run."""
    return lease_record(run.folder).pid


def lease_record(folder):
    """What the folder's current lease says; None when nobody ever took one."""
    return read_typed(folder / f"lease.{current_generation(folder)}.json", LeaseRecord)
