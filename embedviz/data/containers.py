"""Unpacks what arrives: plain, gzipped or in a zip, told by its content. Nothing unpacks without a limit."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from embedviz.errors import DataError, SeveralFilesError

DEFAULT_LIMIT = 4 << 30  # bytes after unpacking; EMBEDVIZ_MAX_BYTES sets another
BOMB_RATIO = 200  # times its packed size, beyond which what is unpacked is no data; text reaches 3 to 20
BOMB_BYTES = 64 << 20  # below this the ratio does not matter
_OFFICE = ("[Content_Types].xml", "mimetype")  # what Office and OpenDocument files, which are zips, have inside


@dataclass(frozen=True)
class Unpacked:
    """data: the bytes, at most the limit asked for; cut: more was there; compression: "", "gzip" or "zip"."""

    data: bytes
    name: str
    compression: str
    member: str
    cut: bool
    size: int


def unpack(
    source: str | Path | bytes | BinaryIO, name: str | None = None, member: str | None = None, limit: int | None = None
) -> Unpacked:
    """The bytes of a file. limit: stop after so many and say so in `.cut`. Without one a file past EMBEDVIZ_MAX_BYTES
    is refused with a DataError. SeveralFilesError when a zip holds several files and no member is named."""
    if isinstance(source, (str, Path)):
        path = Path(source)
        if path.is_dir():
            raise DataError(f"{path.name} is a folder. Name a file in it.")
        if not path.is_file():
            raise DataError(f"There is no file {path}.")
        with open(path, "rb") as file:
            return _unpack(file, name or path.name, member, limit, path.stat().st_size)
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    return _unpack(stream, name or getattr(source, "name", None) or "the file", member, limit, size)


def _unpack(file: BinaryIO, name: str, member: str | None, limit: int | None, size: int) -> Unpacked:
    start = file.read(4)
    file.seek(0)
    if not start:
        raise DataError(f"{name} is empty: it has 0 bytes. Was it saved, and uploaded to the end?")
    try:
        if start[:2] == b"\x1f\x8b":
            data, cut = _limited(gzip.GzipFile(fileobj=file), name, limit, size)
            inner, compression, member = name.removesuffix(".gz"), "gzip", ""
        elif start == b"PK\x03\x04" or start == b"PK\x05\x06":
            with zipfile.ZipFile(file) as archive:
                chosen = _member(archive, name, member)
                with archive.open(chosen) as stream:
                    data, cut = _limited(stream, name, limit, size)
            inner, compression, member = Path(chosen).name, "zip", chosen
        else:
            data, cut = _limited(file, name, limit)
            inner, compression, member = name, "", ""
    except (EOFError, OSError, ValueError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError) as error:
        raise DataError(f"{name} cannot be unpacked ({error}). It may have been cut off on its way.") from error
    if not data:
        raise DataError(f"{name} is empty once it is unpacked: 0 bytes. Was it saved before it was packed?")
    return Unpacked(data, inner, compression, member or "", cut, size)


def _limited(stream: BinaryIO, name: str, limit: int | None, packed: int | None = None) -> tuple[bytes, bool]:
    """Up to `limit` bytes and whether more was there; DataError past the limit of the house when none is given, or
    when far more comes out than `packed` bytes of data can hold."""
    house = int(os.environ.get("EMBEDVIZ_MAX_BYTES") or DEFAULT_LIMIT)
    wanted = house if limit is None else min(limit, house)
    parts, total = [], 0
    while total <= wanted and (part := stream.read(min(1 << 20, wanted + 1 - total))):
        parts.append(part)
        total += len(part)
        if packed is not None and total > max(BOMB_BYTES, BOMB_RATIO * packed):
            raise DataError(
                f"{name} unpacks to more than {BOMB_RATIO} times its size, as no real data does. Unpack it first."
            )
    data = b"".join(parts)
    if len(data) <= wanted:
        return data, False
    if limit is None:
        raise DataError(f"{name} is larger than {house / 1e6:,.0f} MB once it is unpacked, which is the limit here.")
    return data[:wanted], True


def _member(archive: zipfile.ZipFile, name: str, member: str | None) -> str:
    names = [i.filename for i in archive.infolist() if not i.is_dir() and not i.filename.startswith("__MACOSX/")]
    if not names:
        raise DataError(f"{name} is a zip without a file in it.")
    if member is None and names[0] in _OFFICE:
        raise DataError(
            f"{name} is an office document. Save the sheet as CSV, or the text as plain text, and bring that."
        )
    if member is None and len(names) > 1:
        shown = ", ".join(names[:20])
        raise SeveralFilesError(f"{name} holds {len(names)} files; choose one of them: {shown}.", names)
    if member is not None and member not in names:
        raise DataError(f"{name} holds no file {member!r}. It holds: {', '.join(names[:20])}.")
    return member or names[0]
