"""The operating system's own limit on a job's memory: what one allocation takes before anyone can see it.

The executor looks at a worker's memory a few times a second. A job that asks for gigabytes at once is refused them here, on
Linux: setrlimit(2), RLIMIT_DATA, counts private memory that can be written from version 4.7 on.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

SHARE = 2.0  # of the job's limit: the executor ends a job at one and a half
TORCHS_WORDS = ("can't allocate memory", "not enough memory", "out of memory")  # on Linux and macOS, Windows, CUDA
SLACK_BYTES = 256_000_000  # stacks of threads and what allocators reserve, which count and are not held


@contextmanager
def within_memory(memory_bytes: float | None) -> Generator[None]:
    """Refuse this process allocations that lie far beyond a job's limit, until the job is done; None is no limit.

    Examples
    --------
    >>> with within_memory(1e9):
    ...     held = bytearray(10)
    """
    if memory_bytes is None or sys.platform != "linux":
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = int(_data_bytes() + SHARE * memory_bytes + SLACK_BYTES)
    resource.setrlimit(resource.RLIMIT_DATA, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def is_out_of_memory(error: BaseException) -> bool:
    """Return True for an exception that says that memory was refused, in whatever words: PyTorch and Arrow have their own.

    Examples
    --------
    >>> is_out_of_memory(MemoryError()), is_out_of_memory(RuntimeError("DefaultCPUAllocator: can't allocate memory"))
    (True, True)
    """
    if isinstance(error, MemoryError):  # Arrow's is one
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in TORCHS_WORDS)


def _data_bytes() -> int:
    """Return the private memory of this process that can be written, in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return 0
