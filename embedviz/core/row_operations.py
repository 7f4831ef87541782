"""Operations of kernels on rows of `aligned_rows`, written in vectors of a cache line.

What LLVM makes of a loop over a length that it does not know is a loop unrolled four times and another for the rest: for rows of 100
numbers that is more than the work itself. These have one loop, a cache line a step; skip-gram and fastText are 1.25 times as fast.
Outside a kernel they do the same in NumPy. Letters: D columns, a multiple of ALIGNMENT.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import numpy as np

from embedviz.core.compiled import ALIGNMENT, Intrinsic, numba_with_wide_registers

FAST = ("fast",)
UNALIGNED = 4  # bytes: local arrays begin anywhere


class Dot(Intrinsic):
    """``dot(x, rows, row)``: the dot product of x (D,) with a row, float32."""

    def __call__(self, x: np.ndarray, rows: np.ndarray, row: Any) -> np.float32:
        """Return the product."""
        return np.float32(x @ rows[row])

    @cached_property
    def part(self) -> Any:
        """The intrinsic."""
        intrinsic, kinds = _numba_names()

        @intrinsic
        def dot(_: Any, x: Any, rows: Any, row: Any):
            def generate(context: Any, builder: Any, signature: Any, arguments: Any):
                lines = _Lines(context, builder, signature.args, arguments)
                return lines.sum_of_products(lines.row(0), lines.row(1, arguments[2]), lines.length(1))

            return kinds.float32(x, rows, kinds.intp), generate

        return dot


class AddRow(Intrinsic):
    """``add_row(x, rows, row)``: add a row to x (D,)."""

    def __call__(self, x: np.ndarray, rows: np.ndarray, row: Any) -> None:
        """Add it in place."""
        x += rows[row]

    @cached_property
    def part(self) -> Any:
        """The intrinsic."""
        intrinsic, kinds = _numba_names()

        @intrinsic
        def add_row(_: Any, x: Any, rows: Any, row: Any):
            def generate(context: Any, builder: Any, signature: Any, arguments: Any):
                lines = _Lines(context, builder, signature.args, arguments)
                total, added = lines.row(0), lines.row(1, arguments[2])
                with lines.each(lines.length(1)) as at:
                    lines.write(total, at, builder.fadd(lines.read(total, at), lines.read(added, at), FAST))
                return context.get_dummy_value()

            return kinds.void(x, rows, kinds.intp), generate

        return add_row


class AddToRow(Intrinsic):
    """``add_to_row(rows, row, step, x)``: add step times x (D,) to a row."""

    def __call__(self, rows: np.ndarray, row: Any, step: Any, x: np.ndarray) -> None:
        """Add it in place."""
        rows[row] += step * x

    @cached_property
    def part(self) -> Any:
        """The intrinsic."""
        intrinsic, kinds = _numba_names()

        @intrinsic
        def add_to_row(_: Any, rows: Any, row: Any, step: Any, x: Any):
            def generate(context: Any, builder: Any, signature: Any, arguments: Any):
                lines = _Lines(context, builder, signature.args, arguments)
                target, x, step = lines.row(0, arguments[1]), lines.row(3), lines.repeated(arguments[2])
                with lines.each(lines.length(0)) as at:
                    lines.write(target, at, lines.plus_product(lines.read(target, at), step, lines.read(x, at)))
                return context.get_dummy_value()

            return kinds.void(rows, kinds.intp, kinds.float32, x), generate

        return add_to_row


class UpdateBoth(Intrinsic):
    """``update_both(x, step, rows, row, row_step, y)``: add step times a row to x (D,), and row_step times y (D,) to the row."""

    def __call__(self, x: np.ndarray, step: Any, rows: np.ndarray, row: Any, row_step: Any, y: np.ndarray) -> None:
        """Add both in place."""
        x += step * rows[row]
        rows[row] += row_step * y

    @cached_property
    def part(self) -> Any:
        """The intrinsic."""
        intrinsic, kinds = _numba_names()

        @intrinsic
        def update_both(_: Any, x: Any, step: Any, rows: Any, row: Any, row_step: Any, y: Any):
            def generate(context: Any, builder: Any, signature: Any, arguments: Any):
                lines = _Lines(context, builder, signature.args, arguments)
                x, target, y = lines.row(0), lines.row(2, arguments[3]), lines.row(5)
                step, row_step = lines.repeated(arguments[1]), lines.repeated(arguments[4])
                with lines.each(lines.length(2)) as at:
                    before = lines.read(target, at)
                    lines.write(x, at, lines.plus_product(lines.read(x, at), step, before))
                    lines.write(target, at, lines.plus_product(before, row_step, lines.read(y, at)))
                return context.get_dummy_value()

            return kinds.void(x, kinds.float32, rows, kinds.intp, kinds.float32, y), generate

        return update_both


class _Lines:
    """Writes instructions on cache lines of rows.

    Parameters
    ----------
    context, builder
        Of numba and of llvmlite.
    kinds, values
        The arguments of the operation, their types and what they are in LLVM.
    """

    def __init__(self, context: Any, builder: Any, kinds: Any, values: Any):
        from llvmlite import ir
        from numba.core import cgutils

        self._context, self._builder, self._kinds, self._values = context, builder, kinds, values
        self._ir, self._cgutils = ir, cgutils
        self._line = ir.VectorType(ir.FloatType(), ALIGNMENT)

    def row(self, argument: int, row: Any = None) -> Any:
        """Return where a row of a (R, D) array, or the whole of a (D,) one, begins."""
        first = [self._number(0)] if row is None else [row, self._number(0)]
        kind, array = self._kinds[argument], self._array(argument)
        return self._cgutils.get_item_pointer(self._context, self._builder, kind, array, first, wraparound=False)

    def length(self, argument: int) -> Any:
        """Return the columns of an array."""
        return self._cgutils.unpack_tuple(self._builder, self._array(argument).shape)[-1]

    def each(self, length: Any) -> Any:
        """Return a context whose instructions are repeated for the beginning of each line."""
        return _first_of(
            self._cgutils.for_range_slice(self._builder, self._number(0), length, self._number(ALIGNMENT), inc=True)
        )

    def read(self, begin: Any, at: Any) -> Any:
        """Return a line."""
        return self._builder.load(self._place(begin, at), align=UNALIGNED)

    def write(self, begin: Any, at: Any, line: Any) -> None:
        """Set a line."""
        self._builder.store(line, self._place(begin, at), align=UNALIGNED)

    def repeated(self, number: Any) -> Any:
        """Return a line of one number."""
        ir, none = self._ir, self._ir.Constant(self._line, self._ir.Undefined)
        first = self._builder.insert_element(none, number, ir.IntType(32)(0))
        return self._builder.shuffle_vector(first, none, ir.Constant(ir.VectorType(ir.IntType(32), ALIGNMENT), None))

    def plus_product(self, total: Any, a: Any, b: Any) -> Any:
        """Return total + a * b."""
        return self._builder.fadd(total, self._builder.fmul(a, b, FAST), FAST)

    def sum_of_products(self, x: Any, y: Any, length: Any) -> Any:
        """Return the dot product of two rows."""
        ir, builder = self._ir, self._builder
        total = self._cgutils.alloca_once(builder, self._line)
        builder.store(ir.Constant(self._line, None), total)
        with self.each(length) as at:
            builder.store(self.plus_product(builder.load(total), self.read(x, at), self.read(y, at)), total)
        number = ir.FloatType()
        add_up = self._cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(number, [number, self._line]), f"llvm.vector.reduce.fadd.v{ALIGNMENT}f32"
        )
        return builder.call(add_up, [number(0.0), builder.load(total)], fastmath=FAST)

    def _array(self, argument: int) -> Any:
        make = self._context.make_array(self._kinds[argument])
        return make(self._context, self._builder, self._values[argument])

    def _place(self, begin: Any, at: Any) -> Any:
        return self._builder.bitcast(self._builder.gep(begin, [at]), self._line.as_pointer())

    def _number(self, value: int) -> Any:
        from numba.core import types

        return self._context.get_constant(types.intp, value)


@contextmanager
def _first_of(pairs: Any) -> Generator[Any]:
    with pairs as (first, _):
        yield first


def _numba_names() -> tuple[Callable[..., Any], Any]:
    """The decorator for intrinsics, and numba's types."""
    numba_with_wide_registers()
    from numba.core import types
    from numba.extending import intrinsic

    return intrinsic, types


dot, add_row, add_to_row, update_both = Dot(), AddRow(), AddToRow(), UpdateBoth()
