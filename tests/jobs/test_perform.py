"""Jobs done in this process: how each end is written down."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from embedviz.core.errors import DataError, RunError
from embedviz.core.jobs.declaration import job
from embedviz.core.jobs.folder import JobFolder
from embedviz.core.jobs.lease import Lease, current_generation
from embedviz.core.jobs.reporter import Control, Reporter
from embedviz.core.jobs.spec import JobSpec
from embedviz.core.jobs.status import Status, take_lease, write_status, written_status
from embedviz.core.progress import Progress
from embedviz.jobs import perform as module
from embedviz.jobs.inline import run_inline
from embedviz.jobs.perform import perform

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Spec(JobSpec):
    kind: ClassVar[str] = "example"

    fail: str = ""


class Example(JobFolder[Spec]):
    spec_class = Spec


@job("example", lane="interactive")
def count_to_three(spec: Spec, folder: Path, reporter: Reporter) -> None:
    errors = {"data": DataError("Line 3 is wrong."), "bug": ValueError("secret"), "memory": MemoryError()}
    if spec.fail:
        raise errors[spec.fail]
    for step in (1, 2, 3):
        reporter(Progress(step, 3))
        reporter.check()
    (folder / "out.txt").write_text("3")


@pytest.fixture
def example(tmp_path, monkeypatch):
    """A function that makes the job."""
    monkeypatch.setattr(module, "declaration", lambda kind: count_to_three)
    return lambda **spec: Example.keyed(tmp_path, Spec(**spec))


def test_a_job_that_returns_is_done(example):
    job = example()
    assert perform(job) == "done"
    assert (job.folder / "out.txt").read_text() == "3"
    assert [event["step"] for event in job.events().events if "step" in event] == [1, 2, 3]
    assert job.state.seconds > 0
    assert job.state.ended >= job.state.started > 0


@pytest.mark.parametrize(
    ("fail", "reason"),
    [("data", "Line 3 is wrong."), ("bug", "bug in embedviz"), ("memory", "ran out of memory")],
)
def test_a_failure_has_its_reason_and_a_bug_its_traceback_in_the_log(example, fail, reason):
    job = example(fail=fail)
    assert perform(job) == "failed"
    assert reason in job.state.reason
    assert "secret" not in job.state.reason
    log = job.folder / "log.txt"
    assert ("secret" in log.read_text()) if fail == "bug" else not log.exists()


def test_asked_to_stop_or_to_give_way_it_ends_so(example):
    stopped, interrupted = Control(), Control()
    stopped.request_stop()
    interrupted.request_interrupt("The server went away.")
    job = example()
    assert perform(job, stopped) == "stopped"
    assert perform(job, interrupted) == "interrupted"
    assert job.state.reason == "The server went away."
    assert perform(job) == "done"


def test_a_job_that_another_process_has_taken_over_writes_nothing_more(example):
    job = example()

    def take_over(progress):
        if progress.step == 2:
            generation = current_generation(job.folder)
            other = Lease.take(job.folder, over=generation)
            write_status(job.folder, Status("running", lease=other.generation))
            control.give_up()  # as the heartbeat does when it finds the other lease

    control = Control()
    assert perform(job, control, take_over) == "interrupted"
    assert written_status(job.folder).state == "running"
    assert not (job.folder / "out.txt").exists()


def test_a_lease_that_was_lost_in_the_queue_is_not_worked_under(example):
    job = example()
    lease = take_lease(job.folder)
    Lease.take(job.folder, over=lease.generation)
    assert perform(job, lease=lease) == "interrupted"
    assert job.events().events == []


def test_while_another_process_holds_it_nobody_else_begins(example, hold):
    job = example()
    hold(job.folder)
    with pytest.raises(RunError, match="Another process"):
        perform(job)


def test_ctrl_c_stops_and_a_second_one_breaks_off(example):
    job = example()

    def press(progress):
        if progress.step == 1:
            os.kill(os.getpid(), signal.SIGINT)

    assert run_inline(job, press).status == "stopped"

    def press_twice(progress):
        if progress.step == 1:
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run_inline(job, press_twice)
    assert job.status == "interrupted"
    assert "It was interrupted" in job.state.reason
    assert run_inline(job).status == "done"
    assert run_inline(job, press).status == "done"  # which does nothing


def test_inline_a_failure_is_raised(example):
    with pytest.raises(RunError, match=r"Line 3 is wrong\."):
        run_inline(example(fail="data"))
