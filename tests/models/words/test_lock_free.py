"""The loop of threads: what each is given to read, at which rates, and how it is taken up again."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from embedviz.core.errors import DataError
from embedviz.models.words.lock_free import LockFreeEngine, even_slices, slices_between_units
from embedviz.training.protocols import State
from tests.models.words.fitting import learner, prepare


class Reading(LockFreeEngine):
    """Counts how often each item is read, and at which rates; its rate is the share of the training that is to come."""

    def __init__(self, slices, epochs, seed=0):
        super().__init__(slices, epochs, seed)
        self.times = np.zeros(slices[-1][1], np.int64)
        self.calls, self.draws = [], []
        self._writing = threading.Lock()

    def run_kernel(self, thread, span, whole, rates, random, tally):
        with self._writing:
            self.times[span[0] : span[1]] += 1
            self.calls.append((*span.tolist(), *whole.tolist(), *rates.tolist()))
            self.draws.append(int(random[0]))
            random[0] += 1
            tally += [3.0 * (span[1] - span[0]), span[1] - span[0]]
        return int(span[1])

    def rate(self, share):
        return 1 - share

    def arrays(self):
        return {"times": self.times}

    def vectors(self):
        return {"times": self.times.astype(np.float32)}

    def trained(self, weights):
        pytest.fail("what was trained is not asked for here")


def read_all(engine):
    seen = []
    while engine.done < engine.total:
        advance = engine.advance()
        assert advance.loss == pytest.approx(3)
        seen.append((engine.done, advance.measure))
    return seen


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_every_item_is_read_once_an_epoch_at_a_rate_that_falls_along_it(threads):
    engine = Reading(even_slices(10_000, threads), 4)
    assert engine.total == 40_000
    read_all(engine)
    assert (engine.times == 4).all()
    assert engine.done == engine.total
    for slice_begin, slice_end in even_slices(10_000, threads):
        own = [call for call in engine.calls if call[2:4] == (slice_begin, slice_end)]
        assert all(slice_begin <= begin < end <= slice_end for begin, end, *_ in own)
        rates = list(dict.fromkeys(call[4:] for call in own))
        assert np.array(rates) == pytest.approx(np.array([[1, 0.75], [0.75, 0.5], [0.5, 0.25], [0.25, 0]]))


def test_it_stops_where_it_is_to_be_measured_a_dozen_times(monkeypatch):
    engine = Reading([[0, 120_000]], 1)
    measured = [done for done, measure in read_all(engine) if measure]
    assert measured == [10_000 * n for n in range(1, 13)]
    two = Reading(even_slices(120_000, 2), 1)
    measured = [done for done, measure in read_all(two) if measure]
    assert len(measured) == 12
    assert measured == pytest.approx([10_000 * n for n in range(1, 13)], abs=2)


def test_it_lets_the_program_look_in_time(monkeypatch):
    monkeypatch.setattr("embedviz.models.words.lock_free.ADVANCE_SECONDS", 0)
    monkeypatch.setattr("embedviz.models.words.lock_free.FIRST_SPAN", 100)
    engine = Reading([[0, 120_000]], 1)
    engine.advance()
    assert engine.done == 100


def test_threads_draw_from_states_of_their_own_by_the_seed():
    one, again, other = (Reading(even_slices(100, 3), 1, seed) for seed in (5, 5, 6))
    states = [[int(state[0]) for state in engine._random] for engine in (one, again, other)]
    assert states[0] == states[1]
    assert len({*states[0], *states[2]}) == 6
    read_all(one)
    assert set(states[0]) <= set(one.draws)
    assert all(
        int(state[0]) > begun for state, begun in zip(one._random, states[0], strict=True)
    )  # drawn from in place


def test_it_goes_on_from_a_state_in_the_middle_of_an_epoch(monkeypatch):
    monkeypatch.setattr("embedviz.models.words.lock_free.ADVANCE_SECONDS", 0)
    monkeypatch.setattr("embedviz.models.words.lock_free.FIRST_SPAN", 1000)
    first, second = (Reading(even_slices(50_000, 2), 3) for _ in range(2))
    while first.done < 60_000:
        first.advance()
    state = first.state()
    second.restore(State({name: array.copy() for name, array in state.arrays.items()}, state.values))
    assert second.done == first.done
    assert first.done % 50_000
    assert [int(r[0]) for r in second._random] == [int(r[0]) for r in first._random]
    read_all(second)
    assert (second.times == 3).all()


def test_with_another_number_of_threads_the_epoch_begins_again(monkeypatch):
    monkeypatch.setattr("embedviz.models.words.lock_free.ADVANCE_SECONDS", 0)
    monkeypatch.setattr("embedviz.models.words.lock_free.FIRST_SPAN", 1000)
    first, second = Reading(even_slices(50_000, 2), 3), Reading(even_slices(50_000, 3), 3)
    while first.done < 60_000:
        first.advance()
    second.restore(first.state())
    assert second.done == 50_000
    read_all(second)
    assert set(second.times.tolist()) == {3, 4}


def test_a_state_of_other_sizes_is_refused_in_a_sentence(two_topics):
    engine = learner(prepare("skipgram", two_topics)).engine
    state = learner(prepare("skipgram", two_topics, dim=40)).engine.state()
    with pytest.raises(
        DataError, match=r"^This training was interrupted in an earlier version of embedviz. Train again.$"
    ):
        engine.restore(state)


@pytest.mark.parametrize("threads", [1, 2, 3, 7])
def test_slices_cover_the_text_and_end_with_units(threads):
    rng = np.random.default_rng(0)
    tokens = np.concatenate([np.append(rng.integers(0, 9, n), -1) for n in rng.integers(1, 40, 300)]).astype(np.int32)
    slices = slices_between_units(tokens, threads)
    assert len(slices) == threads
    assert [begin for begin, _ in slices] == [0, *(end for _, end in slices[:-1])]
    assert slices[-1][1] == len(tokens)
    assert all(tokens[end - 1] == -1 for _, end in slices)
    assert max(end - begin for begin, end in slices) < len(tokens) / threads + 80


def test_short_texts_have_fewer_slices_and_no_empty_ones():
    assert slices_between_units(np.array([1, 2, 3, -1], np.int32), 4) == [[0, 4]]
    assert even_slices(2, 4) == [[0, 1], [1, 2]]
    assert even_slices(9, 3) == [[0, 3], [3, 6], [6, 9]]
    assert even_slices(1, 1) == [[0, 1]]
