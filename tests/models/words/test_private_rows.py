"""Copies of the most used rows, which each thread moves for itself."""

import numpy as np
import pytest

from embedviz.models.words.private_rows import LEVELS, MAX_PRIVATE, MAX_STEPS, SETTLED, TICK, Table, exchange

USES = 1.5 / np.arange(1, 2001)


def test_one_thread_needs_no_copies():
    table = Table.of(2000, 8, USES, 1)
    assert len(table.rows) == len(table.shared) == 2000
    assert len(table.weights) == 0


def test_the_copies_of_threads_lie_apart_behind_the_shared_rows():
    table = Table.of(2000, 8, USES, 3)
    assert len(table.rows) == len(table.squares) == 2000 + 3 * 2 * MAX_PRIVATE
    assert [table.copies_of(thread) for thread in range(3)] == [2000 + 2 * MAX_PRIVATE * thread for thread in range(3)]
    assert np.shares_memory(table.shared, table.rows)
    assert len(table.shared_squares) == 2000


def test_a_row_is_exchanged_the_more_often_the_more_it_is_used():
    table = Table.of(2000, 8, USES, 2)
    assert table.due[-1] == MAX_PRIVATE
    assert (np.diff(table.due) >= 0).all()
    assert table.due[0] < table.due[-1]
    for level in range(LEVELS - 1):  # rows that are not due yet will not have moved much when they are
        assert USES[table.due[level]] * (TICK << level) <= MAX_STEPS / 2


def test_steps_count_in_full_where_they_are_few_and_are_averaged_where_they_are_many():
    many = Table.of(2000, 8, USES * 1e6, 4).weights
    few = Table.of(2000, 8, USES / 1e6, 4).weights
    assert many == pytest.approx(1 / 4, rel=0.01)
    assert few == pytest.approx(1, rel=0.01)
    assert Table.of(2000, 8, USES * 1e6, 4, settled=np.inf).weights == pytest.approx(1)
    moved = 1.5 * TICK
    assert Table.of(2000, 8, USES, 2).weights[0] == pytest.approx(1 / (1 + moved / (moved + SETTLED)))


def test_an_exchange_by_hand():
    # 3 shared rows, then two threads with a copy of rows 0 and 1, and those as they were at the last exchange
    rows = np.array([10, 20, 30, 12, 20, 10, 20, 9, 25, 10, 20], np.float32)[:, None].repeat(16, axis=1)
    squares = np.arange(11, dtype=np.float32)
    weights = np.array([1, 0.5], np.float32)
    exchange(rows, squares, 3, weights, 2)
    assert rows[:, 0].tolist() == [12, 20, 30, 12, 20, 12, 20, 9, 25, 10, 20]
    exchange(rows, squares, 7, weights, 1)
    assert rows[:, 0].tolist() == [11, 20, 30, 12, 20, 12, 20, 11, 25, 11, 20]  # row 0 alone was due
    exchange(rows, squares, 7, weights, 2)
    assert rows[:, 15].tolist() == [11, 22.5, 30, 12, 20, 12, 20, 11, 22.5, 11, 22.5]
    assert squares[2] == 2
    assert squares[:2].tolist() == [0 + 3 - 5 + 7 - 9, 1 + 4 - 6 + 8 - 10]
