"""Numba kernels that are compiled when they are first called, so that a module with kernels imports without numba."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function with ``numba.njit(fastmath=True, nogil=True, cache=True)`` on its first call.

    The machine code is kept on disk beside the module; nogil lets threads run the kernel side by side (Niu et al. 2011,
    "Hogwild"). A kernel cannot call another one that is decorated like this.
    """

    @functools.cache
    def kernel() -> Any:
        import numba

        return numba.njit(fastmath=True, nogil=True, cache=True)(function)

    @functools.wraps(function)
    def call(*arguments: P.args, **named: P.kwargs) -> R:
        return cast(R, kernel()(*arguments, **named))

    return call
