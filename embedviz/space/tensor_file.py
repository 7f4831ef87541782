"""Safetensors files that are mapped, not read, and written block by block: vectors may be larger than memory.

The format: 8 bytes with the header's length, little endian; the header in JSON, which blanks may follow; the tensors' bytes,
one after the other (https://huggingface.co/docs/safetensors). The library's own NumPy functions hold the whole file in
memory, to read it and to write it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from embedviz.core.errors import DataError

DTYPES = {"F32": np.dtype("<f4"), "I64": np.dtype("<i8")}
HEADER_BYTES = 2_048  # with its length: written when all tensors are there, so that their number of rows may be open
ROWS = 16_384  # written at a time


class MappedTensors:
    """The tensors of an open safetensors file, by their names.

    Parameters
    ----------
    file : BinaryIO
        At its beginning. It may be closed when the tensors are mapped.

    Raises
    ------
    DataError
        When it is no safetensors file.
    """

    def __init__(self, file: BinaryIO):
        self._file, self._name, self._size = file, Path(file.name).name, os.fstat(file.fileno()).st_size
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= min(self._size - 8, 100_000_000):
            raise DataError(f"{self._name} is not a safetensors file, or was cut off: its header does not fit.")
        try:
            header: object = json.loads(file.read(length))
        except ValueError as error:
            raise DataError(f"{self._name} is not a safetensors file: its header is not JSON.") from error
        self._header = cast(dict[str, object], header) if isinstance(header, dict) else {}
        self._start = 8 + length

    def __contains__(self, key: str) -> bool:
        return key in self._header

    def map(self, key: str) -> np.ndarray:
        """Map a tensor; DataError when it is not there, or its header lies."""
        try:
            begin, end, dtype, shape = _described(self._header[key])
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(f"{self._name} does not hold a float32 or int64 tensor {key!r}.") from error
        if min(shape, default=0) < 0 or begin < 0 or end - begin != dtype.itemsize * int(np.prod(shape)):
            raise DataError(f"{self._name} contradicts itself: shape {shape}, but bytes {begin:,} to {end:,}.")
        if self._start + end > self._size:
            promised = self._start + end
            raise DataError(f"{self._name} was cut off: its header promises {promised:,} bytes, it has {self._size:,}.")
        if end == begin:
            return np.empty(shape, dtype)
        return np.memmap(self._file, dtype, "r", offset=self._start + begin, shape=shape)


class TensorWriter:
    """Writes tensors one after the other. Those of int64 come first, so that every one begins where its numbers may lie.

    Parameters
    ----------
    path : Path
        A new file. It is a safetensors file once `finish` was called.
    """

    def __init__(self, path: Path):
        self._path, self._header, self._end = path, dict[str, object](), 0
        path.write_bytes(b" " * HEADER_BYTES)

    def write(self, key: str, blocks: np.ndarray | Iterable[np.ndarray]) -> np.ndarray:
        """Append a tensor of float32 or int64 and map it: an array, or one or more blocks of rows that make it up."""
        blocks = _blocks_of(blocks) if isinstance(blocks, np.ndarray) else blocks
        dtype, shape, rows = np.dtype(np.float32), (0,), 0
        with open(self._path, "ab") as file:
            for block in blocks:
                dtype, shape, rows = block.dtype, block.shape[1:], rows + len(block)
                file.write(np.ascontiguousarray(block).data)
        begin, shape = self._end, (rows, *shape)
        self._end += dtype.itemsize * int(np.prod(shape))
        code = next(code for code, known in DTYPES.items() if known == dtype)
        self._header[key] = {"dtype": code, "shape": shape, "data_offsets": [begin, self._end]}
        if self._end == begin:
            return np.empty(shape, dtype)
        return np.memmap(self._path, dtype, "r", offset=HEADER_BYTES + begin, shape=shape)

    def finish(self) -> None:
        """Write the header."""
        text = json.dumps(self._header).encode().ljust(HEADER_BYTES - 8)
        with open(self._path, "r+b") as file:
            file.write((HEADER_BYTES - 8).to_bytes(8, "little") + text)


def map_tensor(path: Path, key: str) -> np.ndarray:
    """Map one float32 or int64 tensor of a safetensors file, read-only.

    Raises
    ------
    DataError
        When the file is missing, cut off, or holds no such tensor.
    """
    with open_tensors(path) as file:
        return MappedTensors(file).map(key)


def open_tensors(path: Path) -> BinaryIO:
    """Open a safetensors file; DataError when there is none."""
    try:
        return open(path, "rb")
    except FileNotFoundError:
        raise DataError(f"There is no file {path}.") from None


def _blocks_of(array: np.ndarray) -> Iterable[np.ndarray]:
    return (array[start : start + ROWS] for start in range(0, max(len(array), 1), ROWS))


def _described(tensor: object) -> tuple[int, int, np.dtype, tuple[int, ...]]:
    """Return the first and last byte, the type and the shape of a tensor from its entry in the header."""
    entry = cast(dict[str, object], tensor)
    begin, end = cast(list[int], entry["data_offsets"])
    return begin, end, DTYPES[cast(str, entry["dtype"])], tuple(int(n) for n in cast(list[int], entry["shape"]))
