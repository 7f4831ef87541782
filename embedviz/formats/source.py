"""A file of vectors, plain, gzipped or in a zip, as one stream of bytes that knows how far it is."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path

from embedviz.core.errors import DataError, SeveralFilesError, VectorFormatError
from embedviz.data.containers import MAX_RATIO, MIN_RATIO_BYTES, Opened, opened

HEAD = 1 << 20  # bytes that are looked at to tell the format
MAX_BYTES = 16 << 30  # unpacked; EMBEDVIZ_MAX_BYTES sets another
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Source:
    """A stream of bytes. name is for messages; size and done are bytes of the file as it lies on disk, for progress."""

    def __init__(self, file: Opened):
        self._file, self.name, self.size = file, file.name, file.size
        self._stream = io.BufferedReader(_Guarded(file), HEAD)
        if self._stream.peek(3)[:3] == BYTE_ORDER_MARK:
            self._stream.read(3)

    def peek(self) -> bytes:
        """The first bytes, up to 1 MiB, without taking them."""
        return self._stream.peek(HEAD)

    @property
    def done(self) -> int:
        return self._file.done

    def read(self, size: int) -> bytes:
        return self._stream.read(size)

    def readline(self) -> bytes:
        return self._stream.readline(HEAD)

    def read_lines(self, size: int) -> bytes:
        """About so many bytes, up to the end of a line; empty at the end."""
        block = self._stream.read(size)
        return block if block.endswith(b"\n") else block + self._stream.readline()


class _Guarded(io.RawIOBase):
    """Passes reads on, and ends a file that unpacks without measure."""

    def __init__(self, file: Opened):
        self._file, self._unpacked = file, 0
        self._limit = int(os.environ.get("EMBEDVIZ_MAX_BYTES", MAX_BYTES))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        with _as_vectors():
            data = self._file.part(len(buffer))
        self._unpacked += len(data)
        name = self._file.name
        if self._unpacked > self._limit:
            raise VectorFormatError(f"{name} holds more than {self._limit:,} bytes. EMBEDVIZ_MAX_BYTES allows more.")
        if not self._file.seekable and self._unpacked > max(MIN_RATIO_BYTES, MAX_RATIO * self._file.done):
            raise VectorFormatError(f"{name} unpacks to more than {MAX_RATIO} times its size; it is not vectors.")
        buffer[: len(data)] = data
        return len(data)


@contextlib.contextmanager
def open_source(source: str | Path | bytes, name: str | None = None, member: str | None = None) -> Iterator[Source]:
    """The stream of a path or of bytes. SeveralFilesError when a zip holds more than one file and none is named."""
    with contextlib.ExitStack() as stack:
        with _as_vectors():
            file = stack.enter_context(opened(source, name, member, any_format=True))
        yield Source(file)


@contextlib.contextmanager
def _as_vectors() -> Iterator[None]:
    """What is wrong with the file itself is wrong with the vectors in it."""
    try:
        yield
    except SeveralFilesError:
        raise
    except DataError as error:
        raise VectorFormatError(str(error)) from error
