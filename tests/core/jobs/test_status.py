import json

import pytest

from embedviz.core.jobs.lease import EXPIRY_S, Lease
from embedviz.core.jobs.status import Status, read_status, repair, take_lease, write_status, written_status
from embedviz.core.jobs.stop_request import is_stop_requested, request_stop


@pytest.fixture
def expired(monkeypatch):
    """A function that lets all leases run out."""
    from embedviz.core.jobs import lease

    def expire():
        now = lease.time.monotonic() + EXPIRY_S + 1
        monkeypatch.setattr(lease.time, "monotonic", lambda: now)

    return expire


def held(folder, state="running"):
    lease = take_lease(folder)
    write_status(folder, Status(state, lease=lease.generation, seconds=3.0))
    return lease


def test_a_job_whose_lease_has_run_out_is_interrupted(tmp_path, expired):
    held(tmp_path)
    assert read_status(tmp_path).state == "running"
    expired()
    assert read_status(tmp_path).state == "interrupted"
    assert "went away" in read_status(tmp_path).reason
    assert written_status(tmp_path).state == "running"


def test_a_job_that_waited_says_that_its_turn_never_came(tmp_path, expired):
    held(tmp_path, "queued")
    expired()
    assert "before its turn" in read_status(tmp_path).reason


def test_a_job_that_was_just_taken_over_is_as_it_was_until_its_new_holder_says_or_its_lease_runs_out(tmp_path, expired):
    write_status(tmp_path, Status("running", lease=1))
    Lease.take(tmp_path)
    Lease.take(tmp_path, over=1)
    assert read_status(tmp_path).state == "running"
    expired()
    assert read_status(tmp_path).state == "interrupted"


def test_the_end_of_a_job_frees_its_folder_at_once(tmp_path):
    lease = held(tmp_path)
    assert take_lease(tmp_path) is None
    write_status(tmp_path, Status("stopped", lease=lease.generation))
    assert take_lease(tmp_path).generation == lease.generation + 1


def test_repair_writes_down_what_is_seen_once(tmp_path, expired):
    held(tmp_path)
    assert not repair(tmp_path)  # it goes on
    expired()
    assert repair(tmp_path)
    status = written_status(tmp_path)
    assert (status.state, status.seconds) == ("interrupted", 3.0)
    assert status.ended > 0
    assert not repair(tmp_path)


def test_a_status_of_the_first_version_is_read(tmp_path):
    old = {"state": "running", "reason": "", "holder": {"pid": 1, "started": 5.0}, "queued": 1.0, "started": 2.0}
    (tmp_path / "status.json").write_text(json.dumps({**old, "ended": 0.0, "seconds": 0.0}))
    assert read_status(tmp_path).state == "interrupted"
    assert read_status(tmp_path).started == 2.0


def test_what_was_never_started_says_so(tmp_path):
    assert read_status(tmp_path).reason == "It was never started."


def test_a_stop_request_is_for_the_part_under_way_and_no_later_one(tmp_path):
    first = held(tmp_path)
    assert not is_stop_requested(tmp_path, first.generation)
    request_stop(tmp_path)
    assert is_stop_requested(tmp_path, first.generation)
    write_status(tmp_path, Status("stopped", lease=first.generation))
    assert not is_stop_requested(tmp_path, held(tmp_path).generation)
