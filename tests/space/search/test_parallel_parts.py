import threading
import time

import pytest
import torch

from embedviz.space.search import parallel_parts
from embedviz.space.search.parallel_parts import run_parts

CPU = torch.device("cpu")
LIMIT_S = 30  # for what comes at once


@pytest.fixture(params=[1, 3])
def threads(request):
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(before)


@pytest.fixture
def no_interval(monkeypatch):
    """Every step of the work is reported, however quick it was."""
    monkeypatch.setattr(parallel_parts, "YIELD_INTERVAL_S", 0.0)


@pytest.mark.parametrize("n", [0, 1, 2, 10])
def test_every_row_is_worked_on_once(threads, n):
    rows = []

    def work(part):
        rows.extend(range(part.start, part.stop))
        yield 1.0

    list(run_parts(n, CPU, work))
    assert sorted(rows) == list(range(n))


def test_within_a_part_pytorch_has_one_thread_and_outside_as_many_as_before(threads, no_interval):
    seen, looked = [], threading.Event()

    def work(part):
        seen.append((threading.get_ident(), torch.get_num_threads()))
        yield 0.5
        assert looked.wait(LIMIT_S)

    for share in run_parts(10, CPU, work):
        assert 0 <= share <= 1
        assert torch.get_num_threads() == threads
        looked.set()
    assert looked.is_set()
    assert len({ident for ident, _ in seen}) == threads
    assert {count for _, count in seen} == {1}
    assert torch.get_num_threads() == threads


def test_it_says_how_far_it_is(threads, no_interval):
    reported = {0.25: threading.Event(), 0.75: threading.Event()}

    def work(part):
        for share, event in reported.items():
            yield share
            assert event.wait(LIMIT_S)

    shares = []
    for share in run_parts(3, CPU, work):
        shares.append(share)
        if share in reported:  # all parts have come that far
            reported[share].set()
    assert shares == sorted(shares)
    assert set(shares) >= {0.25, 0.75}


def test_steps_within_the_interval_are_not_reported(monkeypatch):
    monkeypatch.setattr(parallel_parts, "YIELD_INTERVAL_S", 1e6)
    assert list(run_parts(1, CPU, lambda part: iter([0.2, 0.4, 0.6]))) == []


def test_what_goes_wrong_in_a_part_is_raised_and_the_others_end(threads):
    ended = []

    def work(part):
        try:
            while True:
                if part.start == 0:
                    raise ZeroDivisionError
                time.sleep(0.01)  # leaves the others their turn
                yield 0.0
        finally:
            ended.append(part.start)

    with pytest.raises(ZeroDivisionError):
        list(run_parts(9, CPU, work))
    assert len(ended) == threads


def test_closed_it_ends(threads):
    ended = []

    def work(part):
        try:
            while True:
                time.sleep(0.01)  # leaves the others their turn
                yield 0.0
        finally:
            ended.append(part.start)

    running = run_parts(9, CPU, work)
    next(running)
    assert ended == []
    running.close()
    assert len(ended) == threads
