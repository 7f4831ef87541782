"""How many pages are run at once."""

import threading
import time

import pytest

from components.shares import MAX_OWED_S, MAX_SAVED_S, MAX_SHARE, PRESENT_S, Shares
from components.turns import Turns


def test_no_more_pages_than_have_turns_are_run_at_once():
    turns = Turns(at_once=2, timeout_s=60)
    lock, running, most = threading.Lock(), 0, []

    def page(visitor: str):
        nonlocal running
        with turns.take(visitor):
            with lock:
                running += 1
                most.append(running)
            time.sleep(0.02)
            with lock:
                running -= 1

    pages = [threading.Thread(target=page, args=[str(number)]) for number in range(10)]
    for thread in pages:
        thread.start()
    for thread in pages:
        thread.join()
    assert len(most) == 10
    assert max(most) == 2


def test_a_page_waits_no_longer_for_others_than_it_may_and_takes_no_turn_of_theirs_back():
    turns = Turns(at_once=1, timeout_s=0.05)
    with turns.take("a visitor"):
        begin = time.perf_counter()
        with turns.take("a visitor"):
            assert time.perf_counter() - begin >= 0.05
    with turns.take("a visitor"):  # a semaphore that had been released once too often would have raised ValueError
        pass


def test_a_page_that_ends_early_gives_its_turn_back():
    turns = Turns(at_once=1, timeout_s=60)
    with pytest.raises(RuntimeError), turns.take("a visitor"):
        raise RuntimeError
    with turns.take("a visitor"):
        pass


def test_a_visitor_who_takes_too_much_waits_while_others_are_there_and_they_do_not():
    turns = Turns(at_once=2, timeout_s=0.3)

    def seconds_until_turn(visitor: str, busy_s: float = 0.0) -> float:
        asked = time.perf_counter()
        with turns.take(visitor):
            seconds, end = time.perf_counter() - asked, time.thread_time() + busy_s
            while time.thread_time() < end:
                pass
        return seconds

    seconds_until_turn("busy", MAX_SAVED_S + 0.2)
    assert seconds_until_turn("busy") < 0.1  # nobody else is there
    assert seconds_until_turn("another") < 0.1
    assert 0.3 <= seconds_until_turn("busy") < 0.6  # but no longer than anybody waits for a turn
    assert seconds_until_turn("another") < 0.1


def test_a_visitor_gets_a_share_again_as_time_goes_on_and_no_more_than_is_saved():
    shares = Shares()
    shares.take("busy", MAX_SAVED_S + 0.3, now=0.0)
    shares.seconds_to_wait("another", now=0.0)
    assert shares.seconds_to_wait("busy", now=0.0) == pytest.approx(0.3 / MAX_SHARE)
    assert shares.seconds_to_wait("busy", now=1.0) == pytest.approx(0.3 / MAX_SHARE - 1)
    assert shares.seconds_to_wait("busy", now=PRESENT_S + 0.1) == 0.0  # the other one has left
    shares.seconds_to_wait("another", now=100.0)
    shares.take("busy", MAX_SAVED_S, now=100.0)
    assert shares.seconds_to_wait("busy", now=100.0) == 0.0
    shares.take("busy", 0.15, now=100.0)
    assert shares.seconds_to_wait("busy", now=100.0) == pytest.approx(0.15 / MAX_SHARE)
    shares.take("busy", 100, now=100.0)  # alone, perhaps
    assert shares.seconds_to_wait("busy", now=100.0) == pytest.approx(MAX_OWED_S / MAX_SHARE)


def test_visitors_who_have_left_are_forgotten():
    shares = Shares()
    for number in range(100):
        shares.take(str(number), 0.1, now=0.0)
    shares.seconds_to_wait("another", now=1000.0)
    assert set(shares._accounts) == {"another"}
