"""Zips that are written from front to back, the same bytes for the same content."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Iterable
from typing import IO, cast

from embedviz.core.formats import ByteSink

_DATE = (1980, 1, 1, 0, 0, 0)  # of every member, the earliest that a zip knows


def open_zip(stream: ByteSink) -> zipfile.ZipFile:
    """Return an empty zip that is written to a stream, a gzip file too, in which nothing can be gone back to."""
    return zipfile.ZipFile(cast("IO[bytes]", _Forward(stream) if isinstance(stream, gzip.GzipFile) else stream), "w")


def open_member(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    """Open a file of a zip to be written, unpacked."""
    return archive.open(zipfile.ZipInfo(name, _DATE), "w", force_zip64=True)


def write_member(archive: zipfile.ZipFile, name: str, blocks: Iterable[bytes]) -> None:
    """Write a file into a zip, unpacked, block by block."""
    with open_member(archive, name) as member:
        for block in blocks:
            member.write(block)


class _Forward:
    """A stream without `seek` and `tell`, so that zipfile writes sizes behind the members."""

    def __init__(self, stream: ByteSink):
        self._stream = stream

    def write(self, data: bytes, /) -> int:
        self._stream.write(data)
        return len(data)

    def flush(self) -> None:
        """Leave it to the stream."""
