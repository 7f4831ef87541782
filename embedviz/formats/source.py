"""Opens a file of vectors, plain, gzipped or in a zip, as one stream of bytes that knows how far it is."""

from __future__ import annotations

import contextlib
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from embedviz.errors import DataError, SeveralFilesError, VectorFormatError

HEAD = 65_536


class Source:
    """A stream of bytes. name is for messages; size and done are bytes of the file as it lies on disk, for progress."""

    def __init__(self, stream: BinaryIO, raw: BinaryIO, name: str, size: int):
        self._stream = io.BufferedReader(_Guarded(stream, name), 1 << 20)
        self._raw, self.name, self.size = raw, name, size

    def peek(self) -> bytes:
        """The first bytes, up to 64 KiB, without taking them."""
        return self._stream.peek(HEAD)[:HEAD]

    @property
    def done(self) -> int:
        return self._raw.tell()

    def read(self, size: int = -1) -> bytes:
        return self._stream.read(size)

    def readline(self) -> bytes:
        return self._stream.readline(1 << 24)

    def readlines(self, hint: int) -> list[bytes]:
        return self._stream.readlines(hint)


class _Guarded(io.RawIOBase):
    """Passes reads on and turns a decompressor's complaint into a sentence."""

    def __init__(self, stream: BinaryIO, name: str):
        self._stream, self._name = stream, name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        try:
            data = self._stream.read(len(buffer))
        except (EOFError, OSError, zlib.error, zipfile.BadZipFile) as error:
            raise VectorFormatError(f"{self._name} cannot be unpacked ({error}); it may have been cut off.") from error
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
        elif start == b"PK\x03\x04":
            archive = stack.enter_context(zipfile.ZipFile(raw))
            chosen = _member(archive, name, member)
            stream, size, name = stack.enter_context(archive.open(chosen)), chosen.file_size, f"{name}/{chosen.filename}"
            raw = stream
        else:
            stream = raw
        yield Source(stream, raw, name, size)


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
