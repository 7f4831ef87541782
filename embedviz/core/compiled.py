"""Numba kernels that are compiled when they are first called, so that a module with kernels imports without numba."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import sys
import types
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property, update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar, cast

import numpy as np

P = ParamSpec("P")
R = TypeVar("R")

# Of numba.njit. A division by 0 gives infinity, as in NumPy: numbers that diverge are found by whoever measures them.
OPTIONS: dict[str, Any] = {"fastmath": True, "nogil": True, "error_model": "numpy"}
ALIGNMENT = 16  # float32 numbers in a cache line, and in the widest vector register
# Processors on which LLVM keeps to half of a 512-bit register, for the sake of older ones that slow their clock down.
_PREFERS_NARROW = "prefer-256-bit"


class Kernel(Generic[P, R]):
    """A function that numba compiles on its first call: ``numba.njit(cache=True, **OPTIONS)``.

    The machine code is kept on disk beside the module; nogil lets threads run the kernel side by side (Niu et al. 2011,
    "Hogwild"). Kernels that it calls by a name of its module become part of it.
    """

    def __init__(self, function: Callable[P, R]):
        self.function = function
        update_wrapper(self, function)

    def __call__(self, *arguments: P.args, **named: P.kwargs) -> R:
        """Call the machine code, compiled or loaded from the disk the first time."""
        return cast(R, self.code(*arguments, **named))

    @cached_property
    def code(self) -> Any:
        """Numba's dispatcher."""
        numba = numba_with_wide_registers()
        return numba.njit(cache=True, **OPTIONS)(self._linked())

    @cached_property
    def part(self) -> Any:
        """Numba's dispatcher for other kernels to call: it is kept on disk as part of them."""
        return numba_with_wide_registers().njit(**OPTIONS)(self._linked())

    @cached_property
    def digest(self) -> str:
        """Digest of the function and of everything that becomes part of it, by which machine code on disk is told apart."""
        code = self.function.__code__
        constants = [c for c in code.co_consts if not isinstance(c, types.CodeType)]
        known = self.function.__globals__
        numbers = [known[name] for name in code.co_names if isinstance(known.get(name), int | float | np.generic)]
        own = repr((OPTIONS, code.co_code, constants, code.co_names, numbers))
        parts = [part.digest for part in self._parts().values()]
        return hashlib.sha256("".join([own, *parts]).encode()).hexdigest()[:12]

    def _parts(self) -> dict[str, Kernel[..., Any] | Intrinsic]:
        """Everything that the function calls and that numba does not know by itself."""
        found = {name: self.function.__globals__.get(name) for name in self.function.__code__.co_names}
        return {name: value for name, value in found.items() if isinstance(value, Kernel | Intrinsic)}

    def _linked(self) -> Callable[P, R]:
        """The function with its parts compiled, under a name that tells its machine code from that of another version."""
        known = {**self.function.__globals__, **{name: part.part for name, part in self._parts().items()}}
        linked = types.FunctionType(self.function.__code__, known, self.function.__name__, self.function.__defaults__)
        linked.__qualname__ = f"{self.function.__qualname__}_{self.digest}"
        linked.__module__ = self.function.__module__
        return linked


class Intrinsic(ABC):
    """An operation of kernels that is written in LLVM's instructions."""

    @cached_property
    def digest(self) -> str:
        """Digest of the module that writes the instructions."""
        return hashlib.sha256(inspect.getsource(sys.modules[type(self).__module__]).encode()).hexdigest()

    @cached_property
    @abstractmethod
    def part(self) -> Any:
        """The function for numba, made by `numba.extending.intrinsic`."""


class Prefetch(Intrinsic):
    """``prefetch(rows, row, column)`` in a kernel: fetch the cache line of a number that will be read and written soon.

    rows is a (R, D) array. Nothing else happens; outside a kernel nothing at all.
    """

    def __call__(self, rows: np.ndarray, row: Any, column: int) -> None:
        """Do nothing: outside a kernel there is nothing to fetch ahead."""

    @cached_property
    def part(self) -> Any:
        """The intrinsic."""
        numba_with_wide_registers()
        from llvmlite import ir
        from numba.core import cgutils
        from numba.core import types as numba_types
        from numba.extending import intrinsic

        @intrinsic
        def prefetch(_: Any, rows: Any, row: Any, column: Any):
            def generate(context: Any, builder: Any, signature: Any, arguments: Any):
                array = context.make_array(signature.args[0])(context, builder, arguments[0])
                at = cgutils.get_item_pointer(
                    context, builder, signature.args[0], array, list(arguments[1:]), wraparound=False
                )
                byte, i32 = ir.IntType(8).as_pointer(), ir.IntType(32)
                function_type = ir.FunctionType(ir.VoidType(), [byte, i32, i32, i32])
                function = builder.module.declare_intrinsic("llvm.prefetch", [byte], function_type)
                to_write, into_all_caches, is_data = i32(1), i32(3), i32(1)
                builder.call(function, [builder.bitcast(at, byte), to_write, into_all_caches, is_data])
                return context.get_dummy_value()

            return numba_types.void(rows, numba_types.intp, numba_types.intp), generate

        return prefetch


prefetch = Prefetch()


def compiled(function: Callable[P, R]) -> Kernel[P, R]:
    """Return the function as a kernel; see `Kernel`."""
    return Kernel(function)


def aligned_rows(n: int, dim: int) -> np.ndarray:
    """Return zeros, (n, dim rounded up to a multiple of ALIGNMENT) float32, each row at the beginning of a cache line."""
    width = -(-dim // ALIGNMENT) * ALIGNMENT
    buffer = np.zeros(n * width + ALIGNMENT, np.float32)
    first = -buffer.ctypes.data % (4 * ALIGNMENT) // 4
    return buffer[first : first + n * width].reshape(n, width)


def numba_with_wide_registers() -> Any:
    """Import numba; the first to do so lets it use the whole of the vector registers.

    LLVM keeps to 256 of their 512 bits on processors of Intel, whose predecessors slowed their clock down for more. Skip-gram
    is 1.3 times as fast with all of them (Xeon of the Sapphire Rapids kind).
    """
    is_first = "numba" not in sys.modules
    import numba

    config: Any = importlib.import_module("numba.core.config")
    if is_first and config.CPU_FEATURES is None and config.CPU_NAME is None:
        from llvmlite import binding

        features = binding.get_host_cpu_features()
        if features.get("avx512vl") and features.get("avx512vnni"):  # Ice Lake and later, which no longer slow down
            config.CPU_FEATURES = f"{features.flatten()},-{_PREFERS_NARROW}"
            config.CPU_NAME = binding.get_host_cpu_name()
    return numba
