"""Operations on rows, in kernels and outside."""

import numpy as np
import pytest

from embedviz.core.compiled import aligned_rows, compiled
from embedviz.core.row_operations import add_row, add_to_row, dot, update_both


@compiled
def dot_in_kernel(x, rows, row):
    return dot(x, rows, row)


@compiled
def add_in_kernel(x, rows, row):
    add_row(x, rows, row)


@compiled
def add_to_row_in_kernel(rows, row, step, x):
    add_to_row(rows, row, step, x)


@compiled
def update_both_in_kernel(x, step, rows, row, row_step, y):
    update_both(x, step, rows, row, row_step, y)


@pytest.mark.parametrize("dim", [1, 16, 17, 100, 300])
@pytest.mark.parametrize("index", [np.int32, np.int64])
def test_kernels_do_what_numpy_does(dim, index):
    rng = np.random.default_rng(dim)

    def case():
        rng = np.random.default_rng(dim)
        rows, x, y = aligned_rows(4, dim), aligned_rows(1, dim)[0], aligned_rows(1, dim)[0]
        rows[:, :dim], x[:dim], y[:dim] = (rng.normal(size=size) for size in ((4, dim), dim, dim))
        return rows, x, y

    row, step, row_step = index(2), np.float32(rng.normal()), np.float32(rng.normal())
    rows, x, _ = case()
    assert dot_in_kernel(x, rows, row) == pytest.approx(dot(x, rows, row), rel=1e-4, abs=1e-5)
    assert dot(x, rows, row) == pytest.approx(float((x.astype(float) * rows[2]).sum()), rel=1e-4, abs=1e-5)
    calls = [
        (add_in_kernel, add_row, lambda rows, x, y: (x, rows, row)),
        (add_to_row_in_kernel, add_to_row, lambda rows, x, y: (rows, row, step, x)),
        (update_both_in_kernel, update_both, lambda rows, x, y: (x, step, rows, row, row_step, y)),
    ]
    for in_kernel, in_numpy, arguments in calls:
        before, ours, expected = case(), case(), case()
        in_kernel(*arguments(*ours))
        in_numpy(*arguments(*expected))
        for a, b in zip(ours, expected, strict=True):
            assert a == pytest.approx(b, rel=1e-5, abs=1e-6)
        assert any((a != b).any() for a, b in zip(ours, before, strict=True))
        assert (ours[0][[0, 1, 3]] == before[0][[0, 1, 3]]).all()  # other rows stay
