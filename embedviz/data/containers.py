"""Plain, gzipped and zipped files, opened by content and unpacked up to a limit."""

from __future__ import annotations

import contextlib
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import IO, BinaryIO, cast

from embedviz.core.errors import DataError, SeveralFilesError
from embedviz.core.limits import data_bytes
from embedviz.data.foreign import foreign_format, office_format

DEFAULT_MAX_BYTES = 4 << 30  # after unpacking where this host sets no limit
MAX_RATIO = 200  # unpacked bytes per packed byte beyond MIN_RATIO_BYTES: text packs to a tenth at best
MIN_RATIO_BYTES = 64 << 20
CHUNK_BYTES = 1 << 20
MAX_NAMES = 20  # of a zip's files in a message
_GZIP = b"\x1f\x8b"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")


def max_bytes() -> int:
    """Return the most bytes a file may hold after unpacking."""
    return data_bytes(DEFAULT_MAX_BYTES)


class Opened:
    """A file whose bytes are unpacked as they are read.

    Attributes
    ----------
    name : str
        The file's own name without .gz, or the member's.
    size : int
        Bytes of the file as it came.
    compression : str
        "", "gzip", "zip" or "zip, gzip".
    member : str
        Which file of the zip; empty for others.
    """

    def __init__(self, stream: IO[bytes], raw: IO[bytes], name: str, size: int, compression: str, member: str):
        self.stream, self._raw = stream, raw
        self.name, self.size, self.compression, self.member = name, size, compression, member
        self._head = b""

    @property
    def seekable(self) -> bool:
        """True when `stream` holds the unpacked bytes themselves."""
        return self.stream is self._raw

    def head(self, count: int) -> bytes:
        """Return the first bytes; the next read returns them again."""
        while len(self._head) < count and (part := self._part(count - len(self._head))):
            self._head += part
        return self._head[:count]

    def rewind(self) -> None:
        """Go back to the beginning of bytes that are not packed."""
        self._raw.seek(0)
        self._head = b""

    @property
    def done(self) -> int:
        """Packed bytes that have been read."""
        return self._raw.tell()

    def part(self, count: int) -> bytes:
        """Return the next bytes, at most `count`; empty at the end."""
        head, self._head = self._head[:count], self._head[count:]
        return head + (self._part(count - len(head)) if len(head) < count else b"")

    def read(self, limit: int | None = None) -> tuple[bytearray, bool]:
        """Return the bytes, and whether there were more than `limit`; without a limit, DataError beyond `max_bytes`."""
        data = bytearray()
        for part in self.parts(CHUNK_BYTES, limit):
            data += part
        wanted = max_bytes() if limit is None else min(limit, max_bytes())
        cut = len(data) > wanted
        del data[wanted:]
        return data, cut

    def parts(self, size: int, limit: int | None = None) -> Generator[bytes]:
        """Yield the bytes in parts of `size`, to the first past `limit`; without a limit, DataError beyond `max_bytes`."""
        allowed = max_bytes()
        wanted = allowed if limit is None else min(limit, allowed)
        done = 0
        while done <= wanted and (part := self.part(min(size, wanted + 1 - done))):
            done += len(part)
            # text never packs so well
            if not self.seekable and done > max(MIN_RATIO_BYTES, MAX_RATIO * self.size):
                raise DataError(f"{self.name} unpacks to more than {MAX_RATIO} times its size, so it is not opened.")
            if done > wanted and limit is None:
                raise DataError(
                    f"{self.name} holds more than {allowed / 1e6:,.1f} MB{'' if self.seekable else ' once it is unpacked'}, "
                    f"which is the limit here. EMBEDVIZ_LIMIT_DATA_MB sets another."
                )
            yield part

    def _part(self, count: int) -> bytes:
        with _data_errors(self.name):
            return self.stream.read(count)


@contextlib.contextmanager
def opened(
    source: str | Path | bytes | BinaryIO | IO[bytes],
    name: str | None = None,
    member: str | None = None,
    *,
    any_format: bool = False,
    keep_zip: Callable[[Sequence[str]], bool] | None = None,
) -> Generator[Opened]:
    """Open a path, bytes or a seekable binary file, and unpack it.

    Parameters
    ----------
    name : str, optional
        What to call a source without a name.
    member : str, optional
        Which file of a zip.
    any_format : bool
        Also open what is neither text nor a table.
    keep_zip : callable, optional
        Takes the names of a zip's files and tells whether together they are one file, as those of a .npz are. Such a zip is
        not unpacked unless a member is named, nor is one inside another file: that is left to the caller.

    Raises
    ------
    SeveralFilesError
        If a zip holds several files and no member is named.
    DataError
        If the file is missing, empty, damaged or, unless any_format, of a foreign format.
    """
    with contextlib.ExitStack() as stack:
        raw, size, file_name = _raw(source, name, stack)
        start = raw.read(512)
        raw.seek(0)
        if not start:
            raise DataError(f"{file_name} is empty: it has 0 bytes. Was it saved, and uploaded to the end?")
        stream: IO[bytes] = raw
        packed: list[str] = []
        chosen = ""
        with _data_errors(file_name):
            archive = stack.enter_context(zipfile.ZipFile(raw)) if start.startswith(_ZIP) else None
            if archive and not (keep_zip and member is None and keep_zip(archive.namelist())):
                packed.append("zip")
                chosen = _member(archive, file_name, member)
                stream = stack.enter_context(archive.open(chosen))
                file_name = re.split(r"[\\/]", chosen)[-1] or file_name
                with archive.open(chosen) as peek:
                    start = peek.read(512)
            if start.startswith(_GZIP):
                packed.append("gzip")
                stream = stack.enter_context(cast("IO[bytes]", gzip.GzipFile(fileobj=stream)))
                file_name = re.sub(r"\.gz(ip)?$", "", file_name, flags=re.IGNORECASE)
        file = Opened(stream, raw, file_name, size, ", ".join(packed), chosen)
        start = file.head(512)
        if not start:
            raise DataError(f"{file_name} is empty once it is unpacked: 0 bytes. Was it saved before it was packed?")
        if packed and start.startswith(_GZIP if keep_zip else (*_ZIP, _GZIP)):
            raise DataError(f"{file_name} is packed several times over. Unpack it once and bring what comes out.")
        if not any_format and (problem := foreign_format(start)):
            raise DataError(f"{file_name} {problem}")
        if file.seekable:
            file.rewind()
        yield file


def _raw(
    source: str | Path | bytes | BinaryIO | IO[bytes], name: str | None, stack: contextlib.ExitStack
) -> tuple[IO[bytes], int, str]:
    """The packed bytes: a seekable stream, its length, and its name."""
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
def _data_errors(name: str) -> Generator[None]:
    """Turn the unpackers' errors into DataErrors."""
    try:
        yield
    except RuntimeError as error:  # a compression Python does not know, or a password
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
    shown = ", ".join(names[:MAX_NAMES]) + (", …" if len(names) > MAX_NAMES else "")
    if member is None and len(names) > 1:
        raise SeveralFilesError(f"{name} holds {len(names):,} files; choose one of them: {shown}.", names)
    if member is not None and member not in names:
        raise DataError(f"{name} holds no file {member!r}. It holds: {shown}.")
    return member or names[0]
