"""Arrays of ids that are larger than memory may be: grown on disk, mapped from there, and let go again."""

from __future__ import annotations

import contextlib
import mmap
import os
import tempfile
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

IN_MEMORY_BYTES = 8 << 20  # of an array that stays in memory although there is a folder to map it from
BLOCK = 1 << 20  # ids looked at together
_HEADER_BYTES = 128  # of a .npy file with one dimension, whatever its length


class IdArray:
    """An int32 array that grows at its end, in memory or in a .npy file.

    Parameters
    ----------
    file : binary file, optional
        Open for reading and writing, and empty; None keeps the array in memory.
    """

    def __init__(self, file: BinaryIO | None = None):
        self._file, self._memory, self._length = file, array("i"), 0
        if file:
            file.write(bytes(_HEADER_BYTES))

    def __len__(self) -> int:
        return self._length

    def append(self, ids: np.ndarray) -> None:
        """Add ids (T,) int32 at the end."""
        self._length += len(ids)
        if self._file:
            self._file.write(np.ascontiguousarray(ids, np.int32).tobytes())
        else:
            self._memory.frombytes(np.ascontiguousarray(ids, np.int32).tobytes())

    def replace(self, places: np.ndarray) -> None:
        """Put places[i] in place of each id i (V,) int32; -1 and below stay as they are."""
        for start in range(0, self._length, BLOCK):
            ids = self._read(start)
            known = ids >= 0
            ids[known] = places[ids[known]]
            self._write(start, ids)

    def leave_out(self, unwanted: int) -> None:
        """Close the gaps that ids of this value leave."""
        kept = 0
        for start in range(0, self._length, BLOCK):
            ids = self._read(start)
            ids = ids[ids != unwanted]
            self._write(kept, ids)
            kept += len(ids)
        self._length = kept
        if self._file:
            self._file.truncate(_HEADER_BYTES + 4 * kept)
            self._file.seek(0, 2)
        else:
            del self._memory[kept:]

    def finish(self) -> np.ndarray:
        """Return the array, and write the file's header."""
        if self._file is None:
            return np.frombuffer(self._memory, np.int32) if self._memory else np.empty(0, np.int32)
        self._file.seek(0)
        np.lib.format.write_array_header_1_0(
            self._file, {"descr": "<i4", "fortran_order": False, "shape": (self._length,)}
        )
        self._file.flush()
        return np.empty(0, np.int32) if not self._length else np.memmap(
            self._file, np.int32, "r", _HEADER_BYTES, (self._length,)
        )  # fmt: skip

    def _read(self, start: int) -> np.ndarray:
        n = min(BLOCK, self._length - start)
        if self._file:
            self._file.seek(_HEADER_BYTES + 4 * start)
            ids = np.frombuffer(self._file.read(4 * n), np.int32).copy()
            self._file.seek(0, 2)
            return ids
        return np.array(self._memory[start : start + n], np.int32)

    def _write(self, start: int, ids: np.ndarray) -> None:
        if self._file:
            self._file.seek(_HEADER_BYTES + 4 * start)
            self._file.write(ids.tobytes())
            self._file.seek(0, 2)
        else:
            self._memory[start : start + len(ids)] = array("i", ids.tobytes())


def folder_of(ids: np.ndarray) -> Path | None:
    """Return the folder of the file that an array is mapped from; None for one in memory."""
    name = getattr(ids, "filename", None)
    return Path(name).parent if name else None


def empty_ids(n: int, folder: Path | None) -> np.ndarray:
    """Return room for n ids: (n,) int32, mapped from a file without a name in the folder where there is one and n is large.

    The file goes when the array does.
    """
    if folder is None or 4 * n <= IN_MEMORY_BYTES:
        return np.empty(n, np.int32)
    path: Path | None = None
    try:
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=".", suffix=".ids")
        path = Path(name)
        with open(descriptor, "r+b") as file:
            _allocate(file, 4 * n)
        return np.memmap(path, np.int32, "r+", 0, (n,))
    except OSError:  # no room on the disk
        return np.empty(n, np.int32)
    finally:
        if path:
            with contextlib.suppress(PermissionError):  # where a file in use cannot be deleted
                path.unlink()


def _allocate(file: BinaryIO, n_bytes: int) -> None:
    """Take room on the disk; a mapped file without it would end the process."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file.fileno(), 0, n_bytes)
    else:
        file.truncate(n_bytes)


def release(ids: np.ndarray) -> None:
    """Let go of the memory that a mapped array takes; what is needed again is read again. Nothing happens to others."""
    base = ids
    while isinstance(base, np.ndarray) and not isinstance(base.base, mmap.mmap):
        base = base.base
    if isinstance(base, np.ndarray) and hasattr(mmap, "MADV_DONTNEED"):
        mapped = base.base
        assert isinstance(mapped, mmap.mmap)
        mapped.madvise(mmap.MADV_DONTNEED)


def parts_of(ids: np.ndarray, size: int = BLOCK) -> Iterator[np.ndarray]:
    """Yield an array (T,) in parts of `size`, the last one shorter; the memory of mapped parts is let go."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
        release(ids)
