"""Hugging Face's safetensors: named tensors, one matrix of which is read.

8 bytes with the header's length, little endian; the header in JSON; the tensors' bytes
(https://huggingface.co/docs/safetensors). Only the rows that are wanted are read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, Any, cast

import numpy as np
import pandas as pd

from embedviz.core.errors import SettingsError, VectorFormatError
from embedviz.core.formats import ByteSink, LabeledVectors
from embedviz.core.progress import Progress
from embedviz.formats.arrow_columns import from_json, to_json
from embedviz.formats.growing_rows import GrowingRows
from embedviz.formats.labelled_rows import space_of_rows
from embedviz.formats.source import Source
from embedviz.formats.tensors import check_dim, choose
from embedviz.space import EmbeddingSpace

NAME, ENDINGS = "safetensors", (".safetensors",)
METADATA, LABELS, COLUMNS = "__metadata__", "embedviz.labels", "embedviz.columns"
VECTORS = "vectors"
MAX_HEADER = 100_000_000  # bytes, as the safetensors library allows
BLOCK = 1 << 22  # bytes read or written at a time
_BFLOAT16 = "BF16"
_TYPES: dict[str, str] = {"F64": "<f8", "F32": "<f4", "F16": "<f2", _BFLOAT16: "<u2", "I64": "<i8", "I32": "<i4", "I16": "<i2",
                          "I8": "<i1", "U8": "<u1", "U16": "<u2", "U32": "<u4", "U64": "<u8"}  # fmt: skip


def sniff(head: bytes) -> bool:
    """Return whether a file begins with a length and the JSON object that it is of."""
    return 2 <= int.from_bytes(head[:8], "little") <= MAX_HEADER and head[8:].lstrip().startswith((b'{"', b"{}"))


def read(source: Source, *, limit: int | None, on_progress: Callable[[Progress], None]) -> EmbeddingSpace:
    """Read the space: the one matrix or the one that was asked for, with the labels that its file or folder has.

    Raises
    ------
    SeveralTensorsError
        When there are several matrices and none was asked for.
    VectorFormatError
        When the file breaks off, or holds no matrix of numbers.
    """
    stream = source.seekable()
    header = _Header(stream, source)
    choice = choose(source, {name: each.shape for name, each in header.tensors.items()})
    tensor = header.tensors[choice.name]
    count, dim = tensor.shape
    check_dim(source, dim)
    wanted = count if limit is None else min(count, limit)
    rows = GrowingRows(dim)
    dtype = np.dtype(_TYPES[tensor.dtype])
    step = max(1, BLOCK // (dim * dtype.itemsize))
    stream.seek(header.start + tensor.begin)
    for first in range(0, wanted, step):
        several = min(step, wanted - first)
        block = np.frombuffer(stream.read(several * dim * dtype.itemsize), dtype).reshape(several, dim)
        with np.errstate(over="ignore"):
            rows.add(several)[:] = _widened(block) if tensor.dtype == _BFLOAT16 else block
        on_progress(Progress(min(source.done, source.size), source.size, message=f"Read {first + several:,} vectors"))
    vectors = rows.finish()
    on_progress(source.finished(len(vectors)))
    columns, labels = header.known(count)
    frame = None if columns is None else columns.iloc[: len(vectors)]
    labels = None if labels is None else labels[:wanted]
    return space_of_rows(source, vectors, frame, labels, total=count, notes=choice.notes)


def write(space: LabeledVectors, stream: ByteSink) -> None:
    """Write the tensor "vectors"; labels and columns as JSON in the metadata."""
    metadata = {LABELS: json.dumps(list(space.labels), ensure_ascii=False)}
    if len(space.columns.columns):
        metadata[COLUMNS] = to_json(space.columns)
    write_tensor(stream, VECTORS, space.vectors, metadata)


def write_tensor(
    stream: ByteSink, name: str, matrix: np.ndarray, metadata: Mapping[str, str] | None = None, zero_rows: int = 0
) -> None:
    """Write a safetensors file of one matrix of float32, block by block.

    Parameters
    ----------
    stream : ByteSink
        Where to.
    name : str
        Of the tensor.
    matrix : np.ndarray
        (N, D) numbers, in memory or mapped.
    metadata : mapping, optional
        Texts for the header.
    zero_rows : int
        How many rows of zeros stand behind the matrix.
    """
    count, dim = matrix.shape
    shape = [count + zero_rows, dim]
    header: dict[str, object] = {METADATA: dict(metadata)} if metadata else {}
    header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [0, 4 * shape[0] * dim]}
    text = json.dumps(header, ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)  # so that the numbers are aligned
    if len(text) > MAX_HEADER:
        raise SettingsError(
            f"The labels and columns take {len(text):,} bytes; safetensors holds {MAX_HEADER:,} beside a matrix. Write Parquet."
        )
    stream.write(len(text).to_bytes(8, "little") + text)
    step = max(1, BLOCK // (4 * dim))
    for start in range(0, count, step):
        stream.write(np.ascontiguousarray(matrix[start : start + step], "<f4").tobytes())
    stream.write(bytes(4 * zero_rows * dim))


def _widened(block: np.ndarray) -> np.ndarray:
    """Return bfloat16, the upper half of a float32, as float32."""
    return (block.astype(np.uint32) << np.uint32(16)).view(np.float32)


@dataclass(frozen=True)
class _Tensor:
    """A tensor's entry in the header; `begin` is its first byte behind the header."""

    dtype: str
    shape: tuple[int, ...]
    begin: int


class _Header:
    """The header of a safetensors file.

    Attributes
    ----------
    tensors : dict
        Name -> tensor, of those with a type that can be read.
    start : int
        Byte at which the tensors begin.
    """

    def __init__(self, stream: IO[bytes], source: Source):
        self._name = source.name
        size = stream.seek(0, 2)
        stream.seek(0)
        length = int.from_bytes(stream.read(8), "little")
        if not 2 <= length <= min(size - 8, MAX_HEADER):
            raise VectorFormatError(
                f"{source.name} is not a safetensors file, or was cut off: its header does not fit."
            )
        try:
            header: Any = json.loads(stream.read(length))
        except (ValueError, RecursionError) as error:
            raise VectorFormatError(f"{source.name} is not a safetensors file: its header is not JSON.") from error
        entries = cast("dict[str, Any]", header) if isinstance(header, dict) else {}
        self.start = 8 + length
        self._metadata: Any = entries.pop(METADATA, None)
        self.tensors = {name: each for name, entry in entries.items() if (each := self._tensor(name, entry, size))}

    def _tensor(self, name: str, entry: Any, size: int) -> _Tensor | None:
        try:
            dtype, (begin, end) = str(entry["dtype"]), map(int, entry["data_offsets"])
            shape = tuple(int(n) for n in entry["shape"])
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise VectorFormatError(f"{self._name}: its header does not say where the tensor {name!r} is.") from error
        if dtype not in _TYPES:
            return None
        promised = np.dtype(_TYPES[dtype]).itemsize
        for n in shape:
            promised *= n
        if min(shape, default=0) < 0 or begin < 0 or end - begin != promised:
            raise VectorFormatError(
                f"{self._name} contradicts itself: the tensor {name!r} of shape {shape} is said to take {end - begin:,} bytes."
            )
        if self.start + end > size:
            raise VectorFormatError(
                f"{self._name} was cut off: it promises {self.start + end:,} bytes and has {size:,}."
            )
        return _Tensor(dtype, shape, begin)

    def known(self, count: int) -> tuple[pd.DataFrame | None, list[str] | None]:
        """Return the columns and labels that `write` left, where they are of that many rows."""
        metadata = cast("dict[str, Any]", self._metadata) if isinstance(self._metadata, dict) else {}
        labels: Any = _parsed(metadata.get(LABELS, metadata.get("labels")))
        if not isinstance(labels, list) or len(cast("list[Any]", labels)) != count:
            return None, None
        columns: Any = metadata.get(COLUMNS)
        frame = from_json(columns, count) if isinstance(columns, str) else None
        return frame, [str(label) for label in cast("list[Any]", labels)]


def _parsed(text: Any) -> Any:
    try:
        return json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None
