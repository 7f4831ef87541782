import threading
import time

import pytest
import torch

from embedviz.space.search.parallel_parts import run_parts

CPU = torch.device("cpu")


@pytest.fixture(params=[1, 3])
def threads(request):
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(before)


@pytest.mark.parametrize("n", [0, 1, 2, 10])
def test_every_row_is_worked_on_once(threads, n):
    rows = []

    def work(part):
        rows.extend(range(part.start, part.stop))
        yield 1.0

    list(run_parts(n, CPU, work))
    assert sorted(rows) == list(range(n))


def test_within_a_part_pytorch_has_one_thread_and_outside_as_many_as_before(threads):
    seen = []

    def work(part):
        seen.append((threading.get_ident(), torch.get_num_threads()))
        time.sleep(0.15)
        yield 0.5

    for share in run_parts(10, CPU, work):
        assert 0 <= share <= 1
        assert torch.get_num_threads() == threads
    assert len({ident for ident, _ in seen}) == threads
    assert {count for _, count in seen} == {1}
    assert torch.get_num_threads() == threads


def test_it_says_how_far_it_is(threads):
    def work(part):
        for done in range(1, 7):
            time.sleep(0.06)
            yield done / 6

    shares = list(run_parts(3, CPU, work))
    assert shares == sorted(shares)
    assert 2 <= len(shares) <= 6


def test_what_goes_wrong_in_a_part_is_raised_and_the_others_end(threads):
    ended = []

    def work(part):
        try:
            for _ in range(1_000):
                if part.start == 0:
                    raise ZeroDivisionError
                time.sleep(0.01)
                yield 0.0
        finally:
            ended.append(part.start)

    with pytest.raises(ZeroDivisionError):
        list(run_parts(9, CPU, work))
    assert len(ended) == threads


def test_closed_it_ends(threads):
    worked = []

    def work(part):
        while True:
            worked.append(time.monotonic())
            time.sleep(0.01)
            yield 0.0

    running = run_parts(9, CPU, work)
    next(running)
    running.close()
    closed = time.monotonic()
    time.sleep(0.05)
    assert max(worked) <= closed
