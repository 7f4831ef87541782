"""Opens what arrives, plain, gzipped or in a zip, told by its content. Nothing unpacks without a limit."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from embedviz.core.errors import DataError, SeveralFilesError
from embedviz.data.foreign import foreign_format, office_format

DEFAULT_LIMIT = 4 << 30  # bytes after unpacking; EMBEDVIZ_MAX_BYTES sets another
MAX_RATIO = 200  # unpacked bytes for each packed one, once past RATIO_FREE: text packs to a tenth at best
RATIO_FREE = 64 << 20
PART = 1 << 20
NAMES_SHOWN = 20
_GZIP = b"\x1f\x8b"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")


def max_bytes() -> int:
    """The most bytes a file may hold once it is unpacked."""
    return int(os.environ.get("EMBEDVIZ_MAX_BYTES") or DEFAULT_LIMIT)


class Opened:
    """A file's unpacked bytes as they are asked for.

    name: the file's own, without .gz, or the member's; size: bytes of the file as it came; compression: "", "gzip",
    "zip" or "zip, gzip"; member: which file of the zip. seekable: the bytes themselves lie in `stream`, unpacked.
    """

    def __init__(self, stream: BinaryIO, raw: BinaryIO, name: str, size: int, compression: str, member: str):
        self.stream, self._raw = stream, raw
        self.name, self.size, self.compression, self.member = name, size, compression, member
        self._head = b""

    @property
    def seekable(self) -> bool:
        return self.stream is self._raw

    def head(self, count: int) -> bytes:
        """The first bytes, which the next read gives again."""
        while len(self._head) < count and (part := self._part(count - len(self._head))):
            self._head += part
        return self._head[:count]

    @property
    def done(self) -> int:
        """Bytes of the file as it lies that have been read."""
        return self._raw.tell()

    def part(self, count: int) -> bytes:
        """The next bytes, at most so many; empty at the end."""
        given, self._head = self._head[:count], self._head[count:]
        return given + (self._part(count - len(given)) if len(given) < count else b"")

    def read(self, limit: int | None = None) -> tuple[bytearray, bool]:
        """The bytes, and whether there were more than `limit`. Without a limit, DataError past the limit of the house."""
        house = max_bytes()
        wanted = house if limit is None else min(limit, house)
        data = bytearray(self._head)
        while len(data) <= wanted and (part := self._part(min(PART, wanted + 1 - len(data)))):
            data += part
            # unpacked by far more than text ever packs
            if not self.seekable and len(data) > max(RATIO_FREE, MAX_RATIO * self.size):
                raise DataError(f"{self.name} unpacks to more than {MAX_RATIO} times its size, so it is not opened.")
        cut = len(data) > wanted
        if cut and limit is None:
            raise DataError(
                f"{self.name} holds more than {house / 1e6:,.1f} MB{'' if self.seekable else ' once it is unpacked'}, "
                f"which is the limit here. EMBEDVIZ_MAX_BYTES sets another."
            )
        del data[wanted:]
        return data, cut

    def _part(self, count: int) -> bytes:
        with _complaints(self.name):
            return self.stream.read(count)


@contextlib.contextmanager
def opened(
    source: str | Path | bytes | BinaryIO,
    name: str | None = None,
    member: str | None = None,
    *,
    any_format: bool = False,
) -> Iterator[Opened]:
    """A path, bytes or a seekable binary file, unpacked as far as it is packed. SeveralFilesError when a zip holds
    several files and no member is named; DataError for what is missing, empty, damaged or, unless any_format, neither
    text nor table."""
    with contextlib.ExitStack() as stack:
        raw, size, name = _raw(source, name, stack)
        start = raw.read(512)
        raw.seek(0)
        if not start:
            raise DataError(f"{name} is empty: it has 0 bytes. Was it saved, and uploaded to the end?")
        stream, packed, chosen = raw, [], ""
        with _complaints(name):
            if start.startswith(_ZIP):
                packed.append("zip")
                archive = stack.enter_context(zipfile.ZipFile(raw))
                chosen = _member(archive, name, member)
                stream = stack.enter_context(archive.open(chosen))
                name = re.split(r"[\\/]", chosen)[-1] or name
                with archive.open(chosen) as peek:
                    start = peek.read(512)
            if start.startswith(_GZIP):
                packed.append("gzip")
                stream = stack.enter_context(gzip.GzipFile(fileobj=stream))
                name = re.sub(r"\.gz(ip)?$", "", name, flags=re.IGNORECASE)
        file = Opened(stream, raw, name, size, ", ".join(packed), chosen)
        start = file.head(512)
        if not start:
            raise DataError(f"{name} is empty once it is unpacked: 0 bytes. Was it saved before it was packed?")
        if packed and start.startswith((*_ZIP, _GZIP)):
            raise DataError(f"{name} is packed several times over. Unpack it once and bring what comes out.")
        if not any_format and (problem := foreign_format(start)):
            raise DataError(f"{name} {problem}")
        if file.seekable:
            raw.seek(0)
            file._head = b""
        yield file


def _raw(
    source: str | Path | bytes | BinaryIO, name: str | None, stack: contextlib.ExitStack
) -> tuple[BinaryIO, int, str]:
    """The bytes as they lie: a seekable stream, its length, and what to call it."""
    if isinstance(source, (str, Path)):
        path = Path(source)
        if path.is_dir():
            raise DataError(f"{path.name or path} is a folder. Name a file in it.")
        if not path.is_file():
            raise DataError(f"There is no file {path}. Check the path.")
        try:
            return stack.enter_context(open(path, "rb")), path.stat().st_size, name or path.name
        except OSError as error:
            raise DataError(f"{path} cannot be opened: {error.strerror}.") from error
    stream = io.BytesIO(source) if isinstance(source, (bytes, bytearray, memoryview)) else source
    own = getattr(source, "name", None)
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    return stream, size, name or (Path(own).name if isinstance(own, str) else "") or "the file"


@contextlib.contextmanager
def _complaints(name: str) -> Iterator[None]:
    """Turns what the unpackers say of a damaged file into a sentence."""
    try:
        yield
    except (NotImplementedError, RuntimeError) as error:  # a compression Python does not know, or a password
        why = str(error).split(",")[0]
        raise DataError(
            f"{name} cannot be unpacked ({why}). Pack it again as a plain zip, without a password."
        ) from error
    except (EOFError, OSError, zlib.error, zipfile.BadZipFile, ValueError) as error:
        raise DataError(f"{name} cannot be unpacked ({error}). It may have been cut off on its way.") from error


def _member(archive: zipfile.ZipFile, name: str, member: str | None) -> str:
    names = [
        i.filename
        for i in archive.infolist()
        if not i.filename.endswith("/") and not i.filename.startswith("__MACOSX/")
    ]
    names = [file for file in names if file]  # a damaged zip can hold a file without a name
    if not names:
        raise DataError(f"{name} is a zip without a file in it.")
    if problem := office_format(names):
        raise DataError(f"{name} {problem}")
    shown = ", ".join(names[:NAMES_SHOWN]) + (", …" if len(names) > NAMES_SHOWN else "")
    if member is None and len(names) > 1:
        raise SeveralFilesError(f"{name} holds {len(names):,} files; choose one of them: {shown}.", names)
    if member is not None and member not in names:
        raise DataError(f"{name} holds no file {member!r}. It holds: {shown}.")
    return member or names[0]
