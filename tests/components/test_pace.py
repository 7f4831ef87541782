"""How often pages are refreshed, by the number that follow a job."""

from components.pace import FORGOTTEN_S, LONGEST_S, MAX_REFRESHES_PER_S, SHORTEST_S, Pace


def test_all_pages_together_are_refreshed_no_more_often_than_they_may_be():
    pace = Pace()
    for n in range(1, 41):
        seconds = pace.seconds(n, now=0.0)
        assert SHORTEST_S <= seconds <= LONGEST_S
        assert n / seconds <= MAX_REFRESHES_PER_S
        assert seconds in (SHORTEST_S, LONGEST_S) or n / (seconds / 2) > MAX_REFRESHES_PER_S


def test_however_many_there_are_a_page_is_refreshed_within_the_longest_pause():
    pace = Pace()
    assert [pace.seconds(n, now=0.0) for n in range(1000)][-1] == LONGEST_S


def test_pages_that_have_left_or_were_closed_count_no_more():
    pace = Pace()
    for n in range(20):
        pace.seconds(n, now=0.0)
    for n in range(10):
        pace.leave(n)
    assert 10 / MAX_REFRESHES_PER_S <= pace.seconds(10, now=1.0) < 20 / MAX_REFRESHES_PER_S
    assert pace.seconds(10, now=1.0 + FORGOTTEN_S) == SHORTEST_S
