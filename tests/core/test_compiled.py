"""Kernels: compiled on their first call, with their parts, and told apart on disk by what they are made of."""

import subprocess
import sys

import numpy as np
import pytest

from embedviz.core.compiled import ALIGNMENT, OPTIONS, Kernel, aligned_rows, compiled, prefetch

FACTOR = 3


@compiled
def scaled(x: float) -> float:
    """Return x times a constant of this module."""
    return x * FACTOR


@compiled
def sum_scaled(rows: np.ndarray) -> float:
    """Return the sum of all numbers, scaled, the next row fetched ahead."""
    total = 0.0
    for i in range(len(rows)):
        if i + 1 < len(rows):
            prefetch(rows, i + 1, 0)
        for x in rows[i]:
            total += scaled(x)
    return total


@compiled
def quotient(a: float, b: float) -> float:
    """Return a divided by b."""
    return a / b


def with_constant(number):
    """A kernel like `scaled`, in a module whose constant is another number."""
    function = scaled.function
    return Kernel(type(function)(function.__code__, {**function.__globals__, "FACTOR": number}, "scaled"))


def test_a_kernel_computes_what_its_function_does_with_parts_and_prefetching():
    rows = aligned_rows(3, 5)
    rows[:] = np.arange(rows.size).reshape(rows.shape)
    expected = FACTOR * float(rows.sum())
    assert sum_scaled(rows) == expected
    assert sum_scaled.function(rows) == expected  # outside of a kernel prefetching does nothing
    part = sum_scaled.part  # compiled here and now: of code that was kept on disk numba shows nothing
    assert part(rows) == expected
    assert "prefetch" in next(iter(part.inspect_llvm().values()))


def test_a_division_by_zero_is_infinite_as_in_numpy():
    assert quotient(1.0, 0.0) == np.inf
    assert quotient(1.0, 4.0) == 0.25


def test_a_kernel_lets_other_threads_run():
    assert quotient.code.targetoptions["nogil"] is True


def test_a_kernel_keeps_the_name_and_the_docstring_of_its_function():
    assert scaled.__name__ == "scaled"
    assert scaled.__doc__.startswith("Return x times")


def test_the_digest_follows_constants_and_parts():
    assert with_constant(3).digest == scaled.digest
    assert with_constant(4).digest != scaled.digest
    function = sum_scaled.function
    other = Kernel(
        type(function)(function.__code__, {**function.__globals__, "scaled": with_constant(4)}, "sum_scaled")
    )
    assert other.digest != sum_scaled.digest
    assert other(np.ones((2, 3), np.float32)) == 24  # and so no machine code of the other version is taken


def test_the_digest_follows_the_code_and_the_options(monkeypatch):
    plus, minus = Kernel(lambda x: x + FACTOR), Kernel(lambda x: x - FACTOR)
    assert plus.digest != minus.digest
    assert plus.digest == Kernel(plus.function).digest
    monkeypatch.setitem(OPTIONS, "fastmath", False)
    assert Kernel(plus.function).digest != plus.digest


@pytest.mark.parametrize(("n", "dim", "width"), [(1, 1, 16), (5, 16, 16), (7, 17, 32), (3, 100, 112)])
def test_rows_begin_at_cache_lines_and_hold_zeros(n, dim, width):
    rows = aligned_rows(n, dim)
    assert rows.shape == (n, width)
    assert rows.dtype == np.float32
    assert not rows.any()
    assert rows.ctypes.data % (4 * ALIGNMENT) == 0
    assert rows.strides == (4 * width, 4)


def test_a_module_with_kernels_imports_without_numba():
    code = "import sys, embedviz.text.cooccurrence, embedviz.models.words.sampling_kernel; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
