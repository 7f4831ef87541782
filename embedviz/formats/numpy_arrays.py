"""NumPy's files: .npy, an array of vectors, and .npz, which has arrays of labels and columns beside it. Never unpickled."""

from __future__ import annotations

import json
import re
import sys
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, Protocol, cast

import numpy as np
import pandas as pd

from embedviz.core.errors import DataError, VectorFormatError
from embedviz.core.formats import ByteSink, LabeledVectors
from embedviz.core.progress import Progress
from embedviz.core.zip_writing import open_member, open_zip
from embedviz.data.containers import MAX_RATIO, MIN_RATIO_BYTES
from embedviz.formats.companions import is_arrays
from embedviz.formats.growing_rows import GrowingRows
from embedviz.formats.labelled_rows import LABEL_NAMES, space_of_rows
from embedviz.formats.source import ZIP, Source
from embedviz.formats.tensors import MAX_NAMES, check_dim, choose
from embedviz.space import EmbeddingSpace

NAME, ENDINGS = "numpy", (".npz",)
MAGIC = b"\x93NUMPY"
BLOCK = 1 << 22  # bytes read at a time
VECTORS, LABELS = "vectors", "labels"
PICKLED = (
    "holds Python objects, which are never opened, because they could run a program. Save labels as text: "
    "np.savez(path, vectors=vectors, labels=np.array(labels, dtype=str))."
)
_FIRST_NAME = re.compile(rb"PK\x03\x04.{22}(..)..", re.DOTALL)


def sniff(head: bytes) -> bool:
    """Return whether a file begins as .npy, or as a zip whose first member is one."""
    if head.startswith(MAGIC):
        return True
    first = _FIRST_NAME.match(head)
    return first is not None and head[30 : 30 + int.from_bytes(first[1], "little")].endswith(b".npy")


def read(source: Source, *, limit: int | None, on_progress: Callable[[Progress], None]) -> EmbeddingSpace:
    """Read the space: the array of numbers with two dimensions, with the other arrays of as many entries as its columns.

    Raises
    ------
    SeveralTensorsError
        When several arrays have two dimensions and none was asked for.
    VectorFormatError
        When the file holds Python objects, promises more than it holds, or has no such array.
    """
    if not source.peek().startswith(ZIP):
        header = _header(source.stream, source.name)
        choose(source, {source.tensor or "array": header.shape})
        vectors = _matrix(source.stream, header, source, limit, on_progress)
        on_progress(source.finished(len(vectors)))
        return space_of_rows(source, vectors, total=header.shape[0])
    try:
        with zipfile.ZipFile(source.seekable()) as archive:
            return _of_archive(archive, source, limit, on_progress)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError) as error:
        raise VectorFormatError(
            f"{source.name} is damaged ({error}). Was it saved, and uploaded to the end?"
        ) from error


def write(space: LabeledVectors, stream: ByteSink) -> None:
    """Write .npz: the arrays "vectors" and "labels", and one for each column."""
    labels = list(space.labels)
    arrays = {VECTORS: np.ascontiguousarray(space.vectors, np.float32), LABELS: _text_array(labels)}
    for name in space.columns.columns:
        column = space.columns[name]
        is_plain = isinstance(column.dtype, np.dtype) and column.dtype.kind in "iufbM"
        cells = column.to_numpy() if is_plain else _text_array(column.astype("str").where(column.notna(), "").tolist())
        arrays[f"{name} (column)" if name in arrays else str(name)] = cells
    with open_zip(stream) as archive:
        for name, array in arrays.items():
            with open_member(archive, f"{name}.npy") as member:
                np.lib.format.write_array(member, array, allow_pickle=False)


def _text_array(texts: list[str]) -> np.ndarray:
    """Return texts as an array; as JSON in bytes where one ends in a zero, which NumPy's texts would lose."""
    if any(text.endswith("\0") for text in texts):
        return np.frombuffer(json.dumps(texts).encode(), np.uint8)
    return np.array(texts, dtype=np.str_)


class _Readable(Protocol):
    """The part of a stream that is read from front to back."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class _Header:
    """What the beginning of a .npy says of its array."""

    shape: tuple[int, ...]
    is_fortran: bool
    dtype: np.dtype[Any]

    @property
    def size(self) -> int:
        """Bytes of the numbers."""
        size = self.dtype.itemsize
        for n in self.shape:
            size *= n
        return size


def _header(stream: _Readable, name: str) -> _Header:
    file: Any = stream
    try:
        version = np.lib.format.read_magic(file)
        read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, is_fortran, dtype = read_header(file)
    except (ValueError, EOFError, SyntaxError, TypeError, KeyError, RecursionError, MemoryError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:100]
        raise VectorFormatError(f"{name} is not a whole .npy file ({reason}).") from error
    if dtype.hasobject:
        raise VectorFormatError(f"{name} {PICKLED}")
    if min(shape, default=0) < 0:
        raise VectorFormatError(f"{name} is not a whole .npy file (a shape of {shape}).")
    return _Header(shape, is_fortran, dtype)


def _matrix(
    stream: _Readable,
    header: _Header,
    source: Source,
    limit: int | None,
    on_progress: Callable[[Progress], None],
) -> np.ndarray:
    """Return the numbers behind a header, (N, D) float32. Memory is taken as they arrive, whatever the header promises."""
    if header.dtype.kind not in "fiub":
        raise VectorFormatError(f"{source.name} holds values of type {header.dtype}, not numbers.")
    count, dim = header.shape
    check_dim(source, dim)
    wanted = count if limit is None else min(count, limit)
    if header.is_fortran:
        flat = np.frombuffer(_bytes(stream, header, source.name), header.dtype)
        return np.asarray(flat.reshape((count, dim), order="F")[:wanted], np.float32)
    rows = GrowingRows(dim)
    width = dim * header.dtype.itemsize
    step = max(1, BLOCK // width)
    done = 0
    while done < wanted:
        several = min(step, wanted - done)
        data = stream.read(several * width)
        if len(data) < several * width:
            raise _broken_off(source.name, header)
        with np.errstate(over="ignore"):
            rows.add(several)[:] = np.frombuffer(data, header.dtype).reshape(several, dim)
        done += several
        on_progress(Progress(min(source.done, source.size), source.size, message=f"Read {done:,} vectors"))
    return rows.finish()


def _bytes(stream: _Readable, header: _Header, name: str) -> bytearray:
    """Return the bytes behind a header, taken as they arrive."""
    data = bytearray()
    while len(data) < header.size:
        block = stream.read(min(BLOCK, header.size - len(data)))
        if not block:
            raise _broken_off(name, header)
        data += block
    return data


def _broken_off(name: str, header: _Header) -> VectorFormatError:
    return VectorFormatError(
        f"{name} breaks off: it promises an array of shape {header.shape}, which takes {header.size:,} bytes. Was it saved, and "
        f"uploaded to the end?"
    )


def _of_archive(
    archive: zipfile.ZipFile, source: Source, limit: int | None, on_progress: Callable[[Progress], None]
) -> EmbeddingSpace:
    if not is_arrays(archive.namelist()):
        raise VectorFormatError(f"{source.name} holds other files beside NumPy's arrays, so it is not a .npz file.")
    members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
    headers: dict[str, _Header] = {}
    for name, info in members.items():
        with archive.open(info) as stream:
            headers[name] = _header(stream, f"{source.name}, array {name!r},")
    numeric = {name: header.shape for name, header in headers.items() if header.dtype.kind in "fiub"}
    chosen = choose(source, numeric).name
    with archive.open(members[chosen]) as stream:
        _header(stream, source.name)
        vectors = _matrix(_Bounded(stream, source), headers[chosen], source, limit, on_progress)
    count = headers[chosen].shape[0]
    columns: dict[str, Any] = {}
    notes: list[str] = []
    for name, header in headers.items():
        is_bytes = header.dtype == np.uint8  # perhaps texts as JSON
        if name == chosen or len(header.shape) != 1 or not (header.shape[0] == count or is_bytes):
            continue
        with archive.open(members[name]) as stream:
            _header(stream, source.name)
            data = _bytes(_Bounded(stream, source), header, source.name)
        array = np.frombuffer(data, header.dtype) if header.dtype.itemsize else np.zeros(count, header.dtype)
        texts = _json_texts(array) if is_bytes else None
        if texts is not None and len(texts) == count:
            columns[name] = pd.array(texts, dtype="str")
        elif len(array) == count and array.dtype.kind in "iufbMUS":
            columns[name] = _column(array)
    left_out = [name for name in headers if name != chosen and name not in columns]
    if left_out:
        notes.append(f"Arrays without an entry for each vector were left out: {', '.join(left_out[:MAX_NAMES])}.")
    frame = pd.DataFrame(columns, index=range(count)).iloc[: len(vectors)]
    labels = None
    for name in LABEL_NAMES:
        if name in frame and pd.api.types.is_string_dtype(frame[name]):
            labels = frame.pop(name).tolist()
            break
    on_progress(source.finished(len(vectors)))
    return space_of_rows(source, vectors, frame, labels, total=count, notes=notes)


def _column(array: np.ndarray) -> Any:
    if array.dtype.kind == "S":
        return pd.array([text.decode("utf-8", "replace") for text in array.tolist()], dtype="str")
    if array.dtype.kind == "U":
        codes = (
            array.view(array.dtype.byteorder.replace("|", "=") + "u4")
            if array.dtype.itemsize
            else np.zeros(1, np.uint32)
        )
        if codes.max(initial=0) > sys.maxunicode:
            raise ValueError("a text holds what is no character")
        return pd.array(array.tolist(), dtype="str")
    return array.astype(array.dtype.newbyteorder("="))


def _json_texts(array: np.ndarray) -> list[str] | None:
    """Return the texts that `_text_array` put into bytes; None for another array."""
    if not array.tobytes().startswith(b"["):
        return None
    try:
        value: Any = json.loads(array.tobytes())
    except (ValueError, RecursionError):
        return None
    return cast("list[str]", value) if all(isinstance(text, str) for text in value) else None


class _Bounded:
    """A member of a zip that is refused when it unpacks to far more than the zip holds."""

    def __init__(self, stream: IO[bytes], source: Source):
        self._stream, self._source, self._done = stream, source, 0

    def read(self, size: int, /) -> bytes:
        data = self._stream.read(size)
        self._done += len(data)
        if self._done > max(MIN_RATIO_BYTES, MAX_RATIO * self._source.size):
            raise DataError(
                f"{self._source.name} unpacks to more than {MAX_RATIO} times its size, so it is not opened."
            )
        return data
