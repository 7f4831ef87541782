"""Opens a file of vectors, plain, gzipped or in a zip, as one stream of bytes that knows how far it is."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from embedviz.errors import DataError, SeveralFilesError, VectorFormatError

HEAD = 1 << 20  # bytes that are looked at to tell the format
MAX_BYTES = 16 << 30  # unpacked; EMBEDVIZ_MAX_BYTES sets another
MAX_RATIO = 200  # unpacked bytes for each packed one, once past 64 MiB: vectors pack to a half at best
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Source:
    """A stream of bytes. name is for messages; size and done are bytes of the file as it lies on disk, for progress."""

    def __init__(self, stream: BinaryIO, raw: BinaryIO, name: str, size: int):
        self._stream = io.BufferedReader(_Guarded(stream, raw, name), HEAD)
        self._raw, self.name, self.size = raw, name, size
        if self._stream.peek(3)[:3] == BYTE_ORDER_MARK:
            self._stream.read(3)

    def peek(self) -> bytes:
        """The first bytes, up to 1 MiB, without taking them."""
        return self._stream.peek(HEAD)

    @property
    def done(self) -> int:
        return self._raw.tell()

    def read(self, size: int) -> bytes:
        return self._stream.read(size)

    def readline(self) -> bytes:
        return self._stream.readline(HEAD)

    def read_lines(self, size: int) -> bytes:
        """About so many bytes, up to the end of a line; empty at the end."""
        block = self._stream.read(size)
        return block if block.endswith(b"\n") else block + self._stream.readline()


class _Guarded(io.RawIOBase):
    """Passes reads on, turns a decompressor's complaint into a sentence and ends one that unpacks without measure."""

    def __init__(self, stream: BinaryIO, raw: BinaryIO, name: str):
        self._stream, self._raw, self._name = stream, raw, name
        self._packed, self._unpacked = stream is not raw, 0
        self._limit = int(os.environ.get("EMBEDVIZ_MAX_BYTES", MAX_BYTES))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        try:
            data = self._stream.read(len(buffer))
        except (EOFError, OSError, zlib.error, zipfile.BadZipFile) as error:
            raise VectorFormatError(f"{self._name} cannot be unpacked ({error}); it may have been cut off.") from error
        self._unpacked += len(data)
        if self._unpacked > self._limit:
            raise VectorFormatError(
                f"{self._name} holds more than {self._limit:,} bytes. EMBEDVIZ_MAX_BYTES allows more."
            )
        if self._packed and self._unpacked > max(64 << 20, MAX_RATIO * self._raw.tell()):
            raise VectorFormatError(f"{self._name} unpacks to more than {MAX_RATIO} times its size; it is not vectors.")
        buffer[: len(data)] = data
        return len(data)


@contextlib.contextmanager
def open_source(source: str | Path | bytes, name: str | None = None, member: str | None = None) -> Iterator[Source]:
    """The stream of a path or of bytes. SeveralFilesError when a zip holds more than one file and none is named."""
    with contextlib.ExitStack() as stack:
        if isinstance(source, bytes):
            raw, size, name = io.BytesIO(source), len(source), name or "the file"
        else:
            path = Path(source)
            if not path.is_file():
                raise DataError(f"There is no file {path}.")
            raw, size, name = stack.enter_context(open(path, "rb")), path.stat().st_size, name or path.name
        start = raw.read(4)
        raw.seek(0)
        if start[:2] == b"\x1f\x8b":
            stream = stack.enter_context(gzip.GzipFile(fileobj=raw))
        elif start in (b"PK\x03\x04", b"PK\x05\x06"):
            stream, file_name = _opened(stack, raw, name, member)
            name = f"{name}/{file_name}"
        else:
            stream = raw
        yield Source(stream, raw, name, size)


def _opened(stack: contextlib.ExitStack, raw: BinaryIO, name: str, member: str | None) -> tuple[BinaryIO, str]:
    try:
        archive = stack.enter_context(zipfile.ZipFile(raw))
        chosen = _member(archive, name, member)
        return stack.enter_context(archive.open(chosen)), chosen.filename
    except zipfile.BadZipFile as error:
        raise VectorFormatError(f"{name} cannot be unpacked ({error}); it may have been cut off.") from error
    except (RuntimeError, NotImplementedError) as error:  # a password, or a compression that Python does not know
        raise VectorFormatError(f"{name} cannot be unpacked ({error}). Pack it again as a plain zip.") from error


def _member(archive: zipfile.ZipFile, name: str, member: str | None) -> zipfile.ZipInfo:
    files = [info for info in archive.infolist() if not info.is_dir() and not info.filename.startswith("__MACOSX/")]
    names = [info.filename for info in files]
    if not files:
        raise DataError(f"{name} is a zip without a file in it.")
    if member is None and len(files) > 1:
        raise SeveralFilesError(f"{name} holds {len(files)} files; choose one: {', '.join(names[:20])}.", names)
    if member is not None and member not in names:
        raise DataError(f"{name} holds no file {member!r}. It holds: {', '.join(names[:20])}.")
    return files[names.index(member)] if member else files[0]
