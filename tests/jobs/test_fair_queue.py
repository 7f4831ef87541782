"""Waiting jobs: owners take turns, the shortest first, and a forecast that comes true."""

from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from embedviz.jobs.fair_queue import Expected, FairQueue, expected_wait


@dataclass(eq=False)
class Waiting:
    """What a queue looks at of a held job."""

    owner: str
    seconds: float = 0.0
    places: int = 1
    folder: Path = field(default_factory=Path)


def names(jobs):
    return "".join(job.owner for job in jobs)


def test_owners_take_turns_and_a_newcomer_waits_for_one_job_of_each():
    queue = FairQueue()
    for _ in range(50):
        queue.add(Waiting("a"))
    queue.add(Waiting("b"))
    queue.add(Waiting("c"))
    assert names(queue)[:5] == "abcaa"
    queue.take(queue.first(lambda owner: True))
    queue.add(Waiting("d"))
    assert names(queue)[:5] == "bcada"


def test_of_an_owner_the_shortest_goes_first_and_unknown_ones_keep_their_order_behind():
    queue = FairQueue()
    jobs = {name: Waiting("a", seconds) for name, seconds in {"u": 0, "long": 90, "short": 5, "v": 0}.items()}
    for job in jobs.values():
        queue.add(job)
    assert list(queue) == [jobs["short"], jobs["long"], jobs["u"], jobs["v"]]


def test_an_owner_of_whom_no_more_may_run_keeps_the_turn_and_holds_up_nobody():
    queue = FairQueue()
    for owner in "aab":
        queue.add(Waiting(owner))
    assert queue.first(lambda owner: owner != "a").owner == "b"
    assert queue.first(lambda owner: False) is None
    queue.take(queue.first(lambda owner: owner != "a"))
    assert names(queue) == "aa"


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 3)), max_size=30), st.data())
def test_the_order_that_is_shown_is_the_order_that_is_taken(asked, data):
    queue = FairQueue()
    for owner, seconds in asked:
        queue.add(Waiting(owner, seconds))
    for _ in range(data.draw(st.integers(0, 5))):  # some have gone
        if job := queue.first(lambda owner: True):
            queue.take(job)
    shown, taken = list(queue), []
    assert len(shown) == len(queue) == sum(queue.waiting_of(owner) for owner in "abcd")
    while job := queue.first(lambda owner: True):
        queue.take(job)
        taken.append(job)
    assert shown == taken
    counts = [names(taken[: k + 1]) for k in range(len(taken))]
    for seen in counts:  # as long as two owners wait, neither is served twice while the other is not
        rest = names(taken[len(seen) :])
        both = [owner for owner in "abcd" if owner in rest]
        assert all(abs(seen.count(a) - seen.count(b)) <= 1 for a in both for b in both)


def expect(owner, seconds, name="", places=1):
    return Expected(owner, places, seconds, Path(name or owner))


def test_a_wait_is_as_long_as_what_goes_before():
    running, waiting = [expect("a", 10)], [expect("b", 5), expect("c", 7), expect("d", 1)]
    assert expected_wait(Path("b"), waiting, running, 1, None) == 10
    assert expected_wait(Path("d"), waiting, running, 1, None) == 22
    assert expected_wait(Path("d"), waiting, running, 2, None) == 10  # b until 5, c until 12
    assert expected_wait(Path("a"), waiting, running, 1, None) is None


def test_an_owner_at_the_limit_is_waited_for_by_nobody_else():
    running, waiting = [expect("a", 100, "a1")], [expect("a", 5, "a2"), expect("b", 5)]
    assert expected_wait(Path("b"), waiting, running, 2, 1) == 0
    assert expected_wait(Path("a2"), waiting, running, 2, 1) == 100


def test_a_job_of_many_places_is_not_overtaken():
    running, waiting = [expect("a", 10)], [expect("b", 5, places=2), expect("c", 1)]
    assert expected_wait(Path("b"), waiting, running, 2, None) == 10
    assert expected_wait(Path("c"), waiting, running, 2, None) == 15


def test_behind_a_job_of_unknown_length_nothing_is_forecast():
    running, waiting = [expect("a", float("nan"))], [expect("b", 5), expect("c", 5)]
    assert expected_wait(Path("b"), waiting, running, 1, None) is None
    assert expected_wait(Path("b"), waiting, running, 2, None) == 0
