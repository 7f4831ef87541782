"""The table that noise words are drawn from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedviz.models.words.noise import CELL_BITS, WHOLE, noise_table


def shares(cells):
    """The probability of each word: its own part of its cell, and what others leave to it of theirs."""
    first = (cells >> np.uint64(CELL_BITS)).astype(np.float64) / WHOLE
    second = (cells & np.uint64(WHOLE - 1)).astype(np.int64)
    return (first + np.bincount(second, 1 - first, len(cells))) / len(cells)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=200).filter(lambda p: sum(p) > 1e-3))
def test_each_word_has_its_share_of_the_cells(probabilities):
    p = np.array(probabilities)
    assert shares(noise_table(p)) == pytest.approx(p / p.sum(), abs=1e-8)


def test_the_shares_of_a_large_vocabulary_are_right():
    p = 1 / np.arange(1, 100_001) ** 0.75
    assert shares(noise_table(p)) == pytest.approx(p / p.sum(), rel=1e-4)
