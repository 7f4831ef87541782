"""A file of vectors, plain, gzipped or in a zip, as one stream of bytes that tells its progress."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

from embedviz.core.errors import DataError, SeveralFilesError, VectorFormatError
from embedviz.data.containers import MAX_RATIO, Opened, opened

HEAD = 1 << 20  # bytes that are looked at to tell the format
MAX_BYTES = 16 << 30  # unpacked; EMBEDVIZ_MAX_BYTES sets another
MIN_RATIO_BYTES = 16 << 20  # unpacked; from here on a file may hold MAX_RATIO times its packed bytes
MAX_LINE = 16 << 20  # bytes; a longer line is read in parts
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Source:
    """A stream of bytes.

    Attributes
    ----------
    name : str
        For messages.
    size, done : int
        Bytes of the file as it is on disk: all, and those read, for progress.
    """

    def __init__(self, file: Opened):
        self._file, self.name, self.size = file, file.name, file.size
        self._stream = io.BufferedReader(_Guarded(file), HEAD)
        if self._stream.peek(3)[:3] == BYTE_ORDER_MARK:
            self._stream.read(3)

    def peek(self) -> bytes:
        """Return the first bytes, up to 1 MiB, without taking them."""
        return self._stream.peek(HEAD)

    @property
    def done(self) -> int:
        """Bytes of the file that have been read."""
        return self._file.done

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes; fewer only at the end."""
        return self._stream.read(size)

    def read_all(self) -> bytes:
        """Return all bytes that are left, within the limits of a file of vectors."""
        return self._stream.read()

    def readline(self) -> bytes:
        """Return the next line, cut after 1 MiB."""
        return self._stream.readline(HEAD)

    def read_lines(self, size: int) -> bytes:
        """Return about `size` bytes, up to the end of a line; nothing at the end."""
        block = self._stream.read(size)
        return block if block.endswith(b"\n") else block + self._stream.readline(MAX_LINE)


class _Guarded(io.RawIOBase):
    """Passes reads on, and refuses a file that unpacks beyond the limits."""

    def __init__(self, file: Opened):
        self._file, self._unpacked = file, 0
        self._limit = int(os.environ.get("EMBEDVIZ_MAX_BYTES", MAX_BYTES))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
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
def open_source(source: str | Path | bytes, name: str | None = None, member: str | None = None) -> Generator[Source]:
    """Open a path or bytes as a stream of vectors.

    Raises
    ------
    SeveralFilesError
        When a zip holds more than one file and none is named.
    """
    with contextlib.ExitStack() as stack:
        with _as_vectors():
            file = stack.enter_context(opened(source, name, member, any_format=True))
        yield Source(file)


@contextlib.contextmanager
def _as_vectors() -> Generator[None]:
    """Turn an error about the file itself into one about the vectors in it."""
    try:
        yield
    except SeveralFilesError:
        raise
    except DataError as error:
        raise VectorFormatError(str(error)) from error
