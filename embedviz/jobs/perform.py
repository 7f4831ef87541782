"""Doing a job in this process: its status from running to the end, its events, its log, and its heartbeat."""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Unpack

from embedviz.core.errors import EmbedvizError, RunError
from embedviz.core.home import store_trouble
from embedviz.core.jobs.events import EventDetails, EventLog
from embedviz.core.jobs.folder import LOG, JobFolder
from embedviz.core.jobs.lease import Heartbeat, Lease
from embedviz.core.jobs.reporter import Control, Interrupted, Reporter, StopRequested, TakenOver
from embedviz.core.jobs.status import State, Status, take_lease, write_status, written_status
from embedviz.core.jobs.stop_request import interrupt_reason, is_stop_requested
from embedviz.core.progress import Progress
from embedviz.jobs.memory_limit import is_out_of_memory
from embedviz.jobs.registry import declaration

TAKEN_OVER = "Another process took this job over."
INTERRUPTED = "It was interrupted. Resume continues from the last checkpoint."
OUT_OF_MEMORY = "This machine ran out of memory. Try fewer dimensions or a smaller vocabulary."


def perform(
    job: JobFolder[Any],
    control: Control | None = None,
    on_event: Callable[[Progress], Any] | None = None,
    lease: Lease | None = None,
) -> State:
    """Do a job in this process.

    Whatever goes wrong ends in a state with a reason: a person's mistake in its own sentence, a bug with an id under
    which the job's log.txt holds the traceback.

    Parameters
    ----------
    job : JobFolder
        The job.
    control : Control, optional
        Flags that stop or interrupt it.
    on_event : callable, optional
        Called with every event, after it is written.
    lease : Lease, optional
        The right to work on its folder, where the executor took it; by default it is taken here.

    Returns
    -------
    str
        The state in which it ended.

    Raises
    ------
    RunError
        When another process works on the job.
    """
    let_threads_sleep()
    control = control or Control()
    lease = lease or take_lease(job.folder)
    if lease is None:
        raise RunError(f"Another process is working on the {job.kind} of this run. Wait until it has ended.")

    def poll_requests() -> None:
        if is_stop_requested(job.folder, lease.generation):
            control.request_stop()
        if why := interrupt_reason(job.folder, lease.generation):
            control.request_interrupt(why)

    if not lease.beat():  # it waited until another server took it for abandoned
        return "interrupted"
    with Heartbeat(lease, poll_requests, control.give_up):
        return _perform_under(lease, job, control, on_event)


def perform_within(job: JobFolder[Any], reporter: Reporter) -> None:
    """Do a job within another one, whose reporter takes its events: it is stopped and interrupted together with that."""
    control = Control()

    def on_event(progress: Progress) -> None:
        reporter(progress)
        try:
            reporter.check()
        except StopRequested:
            control.request_stop()
        except Interrupted:
            control.request_interrupt("The job that it belongs to was interrupted.")
        except TakenOver:
            control.give_up()

    perform(job, control, on_event)
    reporter.check()


def _perform_under(
    lease: Lease, job: JobFolder[Any], control: Control, on_event: Callable[[Progress], Any] | None
) -> State:
    before = written_status(job.folder) or Status("queued")
    status = Status(
        "running", lease=lease.generation, queued=before.queued, started=time.time(), seconds=before.seconds
    )
    write_status(job.folder, status)
    begun = time.monotonic()  # the wall clock may be set meanwhile
    log = EventLog(job.folder)

    def emit(progress: Progress, **details: Unpack[EventDetails]) -> None:
        log.append(progress, **details)
        if on_event:
            on_event(progress)

    state, reason = "interrupted", INTERRUPTED  # what stays when a KeyboardInterrupt passes through
    try:
        state, reason = _outcome(job, Reporter(emit, control), control)
    finally:
        log.close()
        if lease.is_held():
            seconds = before.seconds + time.monotonic() - begun
            ended = replace(status, state=state, reason=reason, ended=time.time(), seconds=seconds)
            write_status(job.folder, ended)
    return state


def _outcome(job: JobFolder[Any], reporter: Reporter, control: Control) -> tuple[State, str]:
    """Do the job; the state in which it ended, and why."""
    declared = None
    try:
        reporter.report("Starting")
        declared = declaration(job.kind)
        declared(job.spec_as(declared.spec_class), job.folder, reporter)
    except StopRequested:
        return "stopped", control.stop_reason
    except Interrupted:
        return "interrupted", control.reason
    except TakenOver:
        return "interrupted", TAKEN_OVER
    except EmbedvizError as error:
        return "failed", str(error)
    except OSError as error:
        return ("interrupted", problem) if (problem := store_trouble(error)) else ("failed", _bug(job.folder))
    except Exception as error:
        if is_out_of_memory(error):
            return "failed", declared.limits.out_of_memory if declared and declared.limits else OUT_OF_MEMORY
        return "failed", _bug(job.folder)
    return "done", ""


def _bug(folder: Path) -> str:
    """Return the sentence for the exception being handled, which the job's log keeps."""
    return (
        f"Something went wrong. This is a bug in embedviz, not a mistake of yours. The log of this job has the details "
        f"under {_log(folder)}."
    )


def _log(folder: Path) -> str:
    """Write the traceback of the exception being handled to the job's log, under an id."""
    error_id = os.urandom(4).hex()
    with open(folder / LOG, "a", encoding="utf-8") as file:
        file.write(f"error {error_id}\n{traceback.format_exc()}\n")
    return error_id


def let_threads_sleep() -> None:
    """Let threads that wait at a barrier sleep: spinning there took 5 to 24 times as long beside other work.

    Has an effect only before PyTorch is imported.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
