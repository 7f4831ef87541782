"""Which job may begin, given what the processes of a server hold and what the last jobs took."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from embedviz.jobs.job_durations import REMEMBERED
from embedviz.jobs.memory_room import KEPT_FOR_A_MAP_BYTES, UNKNOWN_BYTES, MemoryRoom
from embedviz.jobs.process_memory import memory_of
from embedviz.jobs.worker_process import HeldJob

MB = 1e6
NONE: dict[str, list[HeldJob]] = {"training": [], "interactive": [], "coordination": []}
TRAINING, MAP = (UNKNOWN_BYTES[lane] / MB for lane in ("training", "interactive"))


def job(name: str, kind: str = "sleep") -> HeldJob:
    return HeldJob(SimpleNamespace(folder=Path(name), kind=kind), lease=None)


@pytest.fixture
def room(monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_LIMIT_MEMORY_MB", "1000")
    return MemoryRoom()


def test_a_lane_without_a_job_always_has_room_for_one(room):
    room.update(2000e6, [])
    assert room.has_room("training", job("a"), NONE)
    assert room.has_room("interactive", job("b"), {**NONE, "training": [job("a")]})
    assert not room.is_short


def test_jobs_under_way_count_with_what_they_will_take_beyond_what_they_hold(room):
    running = {**NONE, "training": [job("a")], "interactive": [job("map")]}
    free = 1000 - (2 * TRAINING + MAP)
    room.update(free * MB, [])
    assert room.has_room("training", job("b"), running)
    room.update((free + 1) * MB, [])
    assert not room.has_room("training", job("b"), running)
    assert room.is_short
    room.update((free + 100) * MB, [(job("a"), 100 * MB)])  # part of what it will take is there already
    assert room.has_room("training", job("b"), running)
    assert not room.is_short


def test_a_second_training_leaves_room_for_a_map(room):
    running = {**NONE, "training": [job("a")]}
    room.update((1000 - 2 * TRAINING) * MB - KEPT_FOR_A_MAP_BYTES, [])
    assert room.has_room("training", job("b"), running)
    room.update((1001 - 2 * TRAINING) * MB - KEPT_FOR_A_MAP_BYTES, [])
    assert not room.has_room("training", job("b"), running)


def test_the_last_jobs_of_a_kind_say_what_the_next_takes(room):
    running = {**NONE, "interactive": [job("now", "other")]}
    for number, peak in enumerate([500, *[20] * (REMEMBERED - 1)]):
        room.update(0, [(job(str(number)), peak * MB)])
        room.update(0, [(job(str(number)), 10 * MB)])  # it is the peak that counts
    room.update((1000 - MAP - 500) * MB, [])
    assert room.has_room("interactive", job("next"), running)
    room.update((1001 - MAP - 500) * MB, [(job("last"), 30 * MB)])
    assert not room.has_room("interactive", job("next"), running)
    room.update((1001 - MAP - 500) * MB, [])  # now the largest is forgotten
    assert room.has_room("interactive", job("next"), running)


def test_without_a_limit_there_is_always_room(room, monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_LIMIT_MEMORY_MB", "none")
    room.update(1e12, [])
    assert room.has_room("training", job("b"), {**NONE, "training": [job("a")]})


def test_memory_is_measured_and_a_process_that_has_ended_is_left_out():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    before = memory_of([os.getpid()])[os.getpid()]
    held = bytearray(os.urandom(1)) * 200_000_000
    found = memory_of([os.getpid(), ended.pid])
    assert list(found) == [os.getpid()]
    assert found[os.getpid()].own - before.own > 150_000_000
    assert found[os.getpid()].share >= found[os.getpid()].own
    assert len(held)
