import pytest

from embedviz.core.generators import map_yields, result_of


def counting(closed):
    try:
        yield 1
        yield 2
        return "done"
    finally:
        closed.append(True)


def test_the_result_comes_after_every_event():
    events, closed = [], []
    assert result_of(counting(closed), events.append) == "done"
    assert (events, closed) == ([1, 2], [True])


def test_an_error_in_the_callback_ends_the_generator():
    closed = []

    def refuse(event):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        result_of(counting(closed), refuse)
    assert closed == [True]


def test_mapped_events_are_converted_and_the_result_is_kept():
    events = []
    assert result_of(map_yields(counting([]), lambda event: 10 * event), events.append) == "done"
    assert events == [10, 20]


def test_a_closed_mapping_closes_what_it_maps():
    closed = []
    mapped = map_yields(counting(closed), str)
    assert next(mapped) == "1"
    mapped.close()
    assert closed == [True]
