"""How many pages are run at once."""

import threading
import time

import pytest

from components.turns import Turns


def test_no_more_pages_than_have_turns_are_run_at_once():
    turns = Turns(at_once=2, timeout_s=60)
    lock, running, most = threading.Lock(), 0, []

    def page():
        nonlocal running
        with turns.take():
            with lock:
                running += 1
                most.append(running)
            time.sleep(0.02)
            with lock:
                running -= 1

    pages = [threading.Thread(target=page) for _ in range(10)]
    for thread in pages:
        thread.start()
    for thread in pages:
        thread.join()
    assert len(most) == 10
    assert max(most) == 2


def test_a_page_waits_no_longer_for_others_than_it_may_and_takes_no_turn_of_theirs_back():
    turns = Turns(at_once=1, timeout_s=0.05)
    with turns.take():
        begin = time.perf_counter()
        with turns.take():
            assert time.perf_counter() - begin >= 0.05
    with turns.take():  # a semaphore that had been released once too often would have raised ValueError
        pass


def test_a_page_that_ends_early_gives_its_turn_back():
    turns = Turns(at_once=1, timeout_s=60)
    with pytest.raises(RuntimeError), turns.take():
        raise RuntimeError
    with turns.take():
        pass
