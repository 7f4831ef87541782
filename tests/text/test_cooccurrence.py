"""Counts of pairs against a plain loop, and the table that they are counted in."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedviz.core.generators import result_of
from embedviz.text import cooccurrence
from embedviz.text.cooccurrence import count_cooccurrences, count_span

WEIGHTS = {
    "harmonic": lambda apart, window: 1 / apart,
    "linear": lambda apart, window: (window + 1 - apart) / window,
    "equal": lambda apart, window: 1.0,
}
units = st.lists(st.lists(st.integers(0, 5), max_size=12), min_size=1, max_size=8)


def encoded(units):
    return np.array([token for unit in units for token in (*unit, -1)], np.int32)


def plain_counts(units, window, weighting):
    """The whole matrix: every ordered pair of places in a unit adds to the entry of its words."""
    matrix = np.zeros((6, 6))
    for unit in units:
        for i, a in enumerate(unit):
            for j, b in enumerate(unit):
                if i != j and abs(i - j) <= window:
                    matrix[a, b] += WEIGHTS[weighting](abs(i - j), window)
    return matrix


def matrix_of(counts):
    """The whole matrix of what was counted; its diagonal is as it is."""
    matrix = np.zeros((counts.n_words, counts.n_words))
    matrix[counts.first, counts.second] = matrix[counts.second, counts.first] = counts.counts
    return matrix


@pytest.mark.parametrize("weighting", list(WEIGHTS))
@given(units, st.integers(1, 6))
def test_counts_are_those_of_a_plain_loop(weighting, units, window):
    counts = result_of(count_cooccurrences(encoded(units), 6, window, weighting))
    expected = plain_counts(units, window, weighting)
    np.testing.assert_allclose(matrix_of(counts), expected, rtol=1e-12)
    np.testing.assert_allclose(counts.sums(), expected.sum(axis=1), rtol=1e-12)
    keys = list(zip(counts.first.tolist(), counts.second.tolist(), strict=True))
    assert keys == sorted(set(keys))
    assert all(a <= b for a, b in keys)
    assert (counts.counts > 0).all()


def test_a_word_beside_itself_counts_twice_and_units_stay_apart():
    counts = result_of(count_cooccurrences(np.array([2, 2, -1, 2, -1, 1, 2, -1], np.int32), 3, 5))
    assert list(zip(counts.first, counts.second, counts.counts, strict=True)) == [(1, 2, 1.0), (2, 2, 2.0)]


def test_a_table_that_is_full_grows_and_loses_nothing(monkeypatch):
    rng = np.random.default_rng(0)
    tokens = rng.integers(-1, 400, 5000).astype(np.int32)
    roomy = result_of(count_cooccurrences(tokens, 400, 4))
    monkeypatch.setattr(cooccurrence, "FIRST_SLOTS", 64)
    monkeypatch.setattr(cooccurrence, "BLOCK", 100)
    events = []
    narrow = result_of(count_cooccurrences(tokens, 400, 4), events.append)
    for name in ("first", "second"):
        assert np.array_equal(getattr(roomy, name), getattr(narrow, name))
    np.testing.assert_allclose(narrow.counts, roomy.counts, rtol=1e-12)
    assert len(roomy) > 64
    assert events[-1].message == "Counting words that stand together: 100%"
    assert len(events) >= 50


def test_no_window_fills_a_table_past_its_load(monkeypatch):
    """In a full one the search for a free slot would never end: it stops before a word whose pairs may not fit."""
    tokens, weights = np.arange(60, dtype=np.int32), np.ones(10)
    keys, counts, state = np.full(32, -1, np.int64), np.zeros(32), np.zeros(2, np.int64)
    count_span(tokens, 60, weights, 60, keys, counts, 0.6, state)
    assert 0 < state[0] == (keys >= 0).sum() <= 0.6 * 32
    assert 0 < state[1] < 60
    roomy = result_of(count_cooccurrences(tokens, 60, 20))
    monkeypatch.setattr(cooccurrence, "FIRST_SLOTS", 16)
    assert np.array_equal(result_of(count_cooccurrences(tokens, 60, 20)).first, roomy.first)


def test_large_vocabularies_do_not_mix_their_pairs():
    words = [0, 199_999, 70_000, 131_071, 65_536]
    tokens = np.array([*words, -1] * 3, np.int32)
    counts = result_of(count_cooccurrences(tokens, 200_000, 1, "equal"))
    expected = Counter({tuple(sorted(pair)): 3.0 for pair in zip(words, words[1:], strict=False)})
    assert dict(zip(zip(counts.first, counts.second, strict=True), counts.counts, strict=True)) == expected


@pytest.mark.parametrize("tokens", [[], [-1, -1], [0, -1, 1, -1]])
def test_words_that_stand_alone_are_in_no_pair(tokens):
    counts = result_of(count_cooccurrences(np.array(tokens, np.int32), 2, 5))
    assert len(counts) == 0
    assert counts.sums().tolist() == [0, 0]
