"""Leases of folders. Time and machines are those of the test: nothing here waits."""

import json
import os
import threading
from dataclasses import replace

import pytest

from embedviz.core.files import write_json
from embedviz.core.jobs import lease as module
from embedviz.core.jobs.lease import EXPIRY_S, Heartbeat, Lease, current_generation, is_alive
from tests.jobs.waiting import lease_record


@pytest.fixture
def clock(monkeypatch):
    """The monotonic clock, which the test moves."""

    class Clock:
        now = 1000.0

    monkeypatch.setattr(module.time, "monotonic", lambda: Clock.now)
    return Clock


def test_only_one_gets_it_and_the_next_when_it_has_run_out(tmp_path, clock):
    first = Lease.take(tmp_path)
    assert Lease.take(tmp_path) is None
    assert is_alive(tmp_path, first.generation)
    clock.now += EXPIRY_S + 1
    assert not is_alive(tmp_path, first.generation)
    second = Lease.take(tmp_path)
    assert second.generation == first.generation + 1
    assert is_alive(tmp_path, second.generation)
    assert not first.is_held()
    assert not first.beat()
    assert second.is_held()


def test_a_beat_renews_it(tmp_path, clock):
    lease = Lease.take(tmp_path)
    for _ in range(5):
        clock.now += EXPIRY_S - 1
        assert lease.beat()
        assert is_alive(tmp_path, lease.generation)
    assert Lease.take(tmp_path) is None


def test_of_many_that_take_it_at_once_one_gets_it(tmp_path):
    for folder in (tmp_path / str(number) for number in range(20)):
        folder.mkdir()
        start, taken = threading.Barrier(8), []

        def take(folder=folder, start=start, taken=taken):
            start.wait()
            taken.append(Lease.take(folder))

        threads = [threading.Thread(target=take) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(lease is not None for lease in taken) == 1


def test_a_file_system_without_links_has_leases_as_well(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError("not supported")

    monkeypatch.setattr(os, "link", refuse)
    lease = Lease.take(tmp_path)
    assert lease.is_held()
    assert Lease.take(tmp_path) is None
    assert [path.name for path in tmp_path.iterdir()] == [lease.path.name]


def test_given_back_it_is_free_at_once_and_its_number_is_not_used_again(tmp_path):
    lease = Lease.take(tmp_path)
    lease.release()
    assert not is_alive(tmp_path, lease.generation)
    assert Lease.take(tmp_path).generation == lease.generation + 1


def test_a_lease_that_is_over_can_be_followed_by_another(tmp_path):
    lease = Lease.take(tmp_path)
    assert Lease.take(tmp_path, over=lease.generation).generation == lease.generation + 1


def test_another_process_goes_on_with_it(tmp_path):
    lease = Lease.take(tmp_path)
    adopted = Lease.adopt(tmp_path, lease.generation, lease.token)
    assert adopted.beat()
    assert lease.is_held()
    assert not Lease.adopt(tmp_path, lease.generation, "another token").is_held()


def test_a_boot_ago_is_long_ago(tmp_path, clock):
    lease = Lease.take(tmp_path)
    clock.now = 3.0  # the clock started over
    assert not is_alive(tmp_path, lease.generation)


def foreign(tmp_path, beat, token="x"):
    """A lease as another machine writes it, whose clocks say nothing here."""
    record = replace(Lease(tmp_path, 1, token).record(beat), host="another machine", monotonic=-5e9)
    write_json(tmp_path / "lease.1.json", vars(record))


def test_on_another_machine_it_is_alive_as_long_as_its_beat_changes(tmp_path, clock):
    foreign(tmp_path, 1)
    assert is_alive(tmp_path, 1)  # the file is new
    for beat in (2, 3, 4):
        clock.now += EXPIRY_S - 1
        foreign(tmp_path, beat)
        assert is_alive(tmp_path, 1)
    clock.now += EXPIRY_S - 1
    assert is_alive(tmp_path, 1)
    clock.now += 2
    assert not is_alive(tmp_path, 1)
    foreign(tmp_path, 5)
    assert is_alive(tmp_path, 1)


def test_on_another_machine_a_file_that_was_old_at_the_first_look_is_dead(tmp_path):
    foreign(tmp_path, 1, token="old")
    written = (tmp_path / "lease.1.json").stat().st_mtime
    os.utime(tmp_path / "lease.1.json", (written - EXPIRY_S - 5,) * 2)
    assert not is_alive(tmp_path, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["lease.1.json"]  # the look leaves nothing behind


def test_the_wall_clock_does_not_matter(tmp_path, monkeypatch):
    lease = Lease.take(tmp_path)
    for now in (0.0, 5e9):
        monkeypatch.setattr(module.time, "time", lambda now=now: now)
        os.utime(lease.path, (now, now))
        assert is_alive(tmp_path, lease.generation)


def test_a_damaged_lease_is_held_for_as_long_as_a_write_takes(tmp_path):
    lease = Lease.take(tmp_path)
    lease.path.write_text('{"token": ')
    assert Lease.take(tmp_path) is None
    written = lease.path.stat().st_mtime
    os.utime(lease.path, (written - EXPIRY_S - 5,) * 2)
    assert Lease.take(tmp_path) is not None


def test_it_says_who_works_there(tmp_path):
    assert lease_record(tmp_path) is None
    assert current_generation(tmp_path) == 0
    lease = Lease.take(tmp_path)
    assert lease_record(tmp_path).pid == os.getpid()
    assert json.loads(lease.path.read_text())["token"] == lease.token


def test_a_heartbeat_renews_until_the_lease_is_lost(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "BEAT_INTERVAL_S", 0.01)
    lease = Lease.take(tmp_path)
    renewed, lost = threading.Event(), threading.Event()
    with Heartbeat(lease, renewed.set, lost.set):
        assert renewed.wait(30)
        assert lease_record(tmp_path).beat > 1
        Lease.take(tmp_path, over=lease.generation)
        assert lost.wait(30)
    assert not lease.is_held()
