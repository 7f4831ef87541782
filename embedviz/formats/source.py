"""A file of vectors, plain, gzipped or in a zip, as one stream of bytes that tells its progress."""

from __future__ import annotations

import contextlib
import io
import tempfile
import zipfile
from collections.abc import Generator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from embedviz.core.errors import DataError, SeveralFilesError, VectorFormatError
from embedviz.core.formats import metadata_path
from embedviz.core.limits import data_bytes
from embedviz.core.progress import Progress
from embedviz.data.containers import MAX_RATIO, Opened, opened
from embedviz.formats.companions import VOCABULARIES, Companions, find_companions, is_one_file, is_several
from embedviz.formats.metadata_files import Metadata, read_metadata

HEAD = 1 << 20  # bytes that are looked at to tell the format
MAX_BYTES = 16 << 30  # unpacked where this host sets no limit
MIN_RATIO_BYTES = 16 << 20  # unpacked; from here on a file may hold MAX_RATIO times its packed bytes
MAX_LINE = 16 << 20  # bytes; a longer line is read in parts
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
MAX_TEXT_RATIO = 50  # unpacked bytes of text for each packed one
ZIP = b"PK\x03\x04"
BLOCK = 1 << 22  # bytes copied at a time


class Source:
    """A stream of bytes.

    Attributes
    ----------
    name : str
        For messages.
    size, done : int
        Bytes of the file as it is on disk: all, and those read, for progress.
    tensor : str
        The matrix that was asked for or taken, where the file holds several; empty for none.
    matrices : dict
        Name to shape of all, once one was taken; empty where no name decides.
    """

    def __init__(self, file: Opened, tensor: str = "", beside: _Beside | None = None):
        self._file, self.name, self.size = file, file.name, file.size
        self.tensor, self._beside = tensor, beside or _Beside()
        self.matrices: dict[str, tuple[int, int]] = {}
        self._unpacked: IO[bytes] | None = None
        self._guarded = _Guarded(file)
        self._stream = io.BufferedReader(self._guarded, HEAD)
        if self._stream.peek(3)[:3] == BYTE_ORDER_MARK:
            self._stream.read(3)

    def peek(self) -> bytes:
        """Return the first bytes, up to 1 MiB, without taking them."""
        return self._stream.peek(HEAD)

    @property
    def stream(self) -> io.BufferedReader[_Guarded]:
        """The bytes as a file that is read from front to back."""
        return self._stream

    @property
    def done(self) -> int:
        """Bytes of the file that have been read."""
        return self._file.done

    def expect_text(self, max_ratio: int = MAX_TEXT_RATIO) -> None:
        """Refuse a file that unpacks to more than numbers written as text ever do: their digits pack to a third."""
        self._guarded.max_ratio = max_ratio

    def finished(self, count: int) -> Progress:
        """Return the last progress of a reading that found that many vectors."""
        return Progress(self.size, self.size, message=f"Read {count:,} vectors")

    def seekable(self) -> IO[bytes]:
        """Return the unpacked bytes as a file that can be sought, at its beginning.

        Bytes that are packed are unpacked to a temporary file first, within the limits.
        """
        if self._unpacked is None:
            if self._file.seekable:
                self._unpacked = self._file.stream
            else:
                self._unpacked = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the source
                while block := self._stream.read(BLOCK):
                    self._unpacked.write(block)
        self._unpacked.seek(0)
        return self._unpacked

    @property
    def has_metadata(self) -> bool:
        """Whether another file, named or beside the vectors, says what each of them is."""
        return self._beside.has_metadata

    @property
    def kind(self) -> str:
        """What a label stands for, as a folder of ours says it; empty elsewhere."""
        return self._beside.kind

    @cached_property
    def metadata(self) -> Metadata | None:
        """What another file says of each vector; None when none was named and none belongs to it."""
        with _as_vectors():
            return self._beside.metadata()

    @cached_property
    def columns_beside(self) -> Metadata | None:
        """The columns that were written beside a file that cannot hold them; None where there are none."""
        with _as_vectors():
            return self._beside.columns()

    @cached_property
    def vocabulary(self) -> Metadata | None:
        """The vocabulary in the same folder, for formats without labels; None where there is none."""
        with _as_vectors():
            return self._beside.vocabulary()

    def close(self) -> None:
        """Remove the temporary file, if there is one."""
        if self._unpacked is not None and not self._file.seekable:
            self._unpacked.close()

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes; fewer only at the end."""
        return self._stream.read(size)

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
        self._file, self._unpacked, self.max_ratio = file, 0, MAX_RATIO
        self._limit = data_bytes(MAX_BYTES)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        with _as_vectors():
            data = self._file.part(len(buffer))
        self._unpacked += len(data)
        name = self._file.name
        if self._unpacked > self._limit:
            raise VectorFormatError(
                f"{name} holds more than {self._limit:,} bytes. EMBEDVIZ_LIMIT_DATA_MB allows more."
            )
        if not self._file.seekable and self._unpacked > max(MIN_RATIO_BYTES, self.max_ratio * self._file.done):
            raise VectorFormatError(f"{name} unpacks to more than {self.max_ratio} times its size. Unpack it first.")
        buffer[: len(data)] = data
        return len(data)


class _Beside:
    """The files that belong to a file of vectors: none, by default."""

    has_metadata = False
    kind = ""

    def metadata(self) -> Metadata | None:
        """Read the file that says what is known of each vector."""
        return None

    def vocabulary(self) -> Metadata | None:
        """Read a vocabulary that lies beside the file."""
        return None

    def columns(self) -> Metadata | None:
        """Read the metadata of the same name beside the file."""
        return None


class _NamedFile(_Beside):
    """Metadata in a file that was named."""

    has_metadata = True

    def __init__(self, file: str | Path | bytes):
        self._file = file

    def metadata(self) -> Metadata | None:
        with opened(self._file, "the metadata" if isinstance(self._file, bytes) else None, any_format=True) as file:
            return read_metadata(bytes(file.read()[0]), file.name)


class _SameFolder(_Beside):
    """What lies in the folder of the file: a vocabulary, or metadata of the same name."""

    def __init__(self, path: Path):
        self._path = path

    def vocabulary(self) -> Metadata | None:
        for name in VOCABULARIES:
            path = self._path.with_name(name)
            if path.is_file() and path != self._path:
                with opened(path, any_format=True) as file:
                    return read_metadata(bytes(file.read()[0]), file.name, is_vocabulary=True)
        return None

    def columns(self) -> Metadata | None:
        path = metadata_path(self._path)
        if not path.is_file():
            return None
        with opened(path, any_format=True) as file:
            return read_metadata(bytes(file.read()[0]), file.name)


class _Together(_Beside):
    """A file of a folder or zip that belongs to the vectors."""

    def __init__(self, files: _Folder | _Archive, companions: Companions):
        self._files, self._companions = files, companions
        self.has_metadata, self.kind = bool(companions.metadata), companions.kind

    def metadata(self) -> Metadata | None:
        name = self._companions.metadata
        if not name:
            return None
        found = read_metadata(self._files.read(name), name, is_vocabulary=self._companions.is_model)
        return replace(found, unnamed_rows=self._companions.unnamed_rows)


class _Folder:
    """The files of a folder."""

    def __init__(self, path: Path):
        self.name, self._path = path.name or str(path), path
        self.names = sorted(each.name for each in path.iterdir() if each.is_file())

    def read(self, name: str) -> bytes:
        with opened(self._path / name, any_format=True) as file:
            return bytes(file.read()[0])

    def open(self, name: str) -> contextlib.AbstractContextManager[Opened]:
        return opened(self._path / name, any_format=True, keep_zip=is_one_file)


class _Archive:
    """The files of a zip."""

    def __init__(self, stream: IO[bytes], name: str):
        self.name, self._stream = name, stream
        try:
            with zipfile.ZipFile(stream) as archive:
                self.names = archive.namelist()
        except (zipfile.BadZipFile, OSError, ValueError, RuntimeError) as error:
            raise VectorFormatError(f"{name} cannot be unpacked ({error}). It may have been cut off.") from error

    def read(self, name: str) -> bytes:
        with opened(self._stream, self.name, name, any_format=True) as file:
            return bytes(file.read()[0])

    def open(self, name: str) -> contextlib.AbstractContextManager[Opened]:
        return opened(self._stream, self.name, name, any_format=True, keep_zip=is_one_file)


@contextlib.contextmanager
def open_source(
    source: str | Path | bytes,
    name: str | None = None,
    member: str | None = None,
    *,
    tensor: str | None = None,
    metadata: str | Path | bytes | None = None,
) -> Generator[Source]:
    """Open a path or bytes as a stream of vectors.

    Parameters
    ----------
    source : str, Path or bytes
        The file, its content, or the folder of a Hugging Face model or of the TensorFlow Projector's files.
    name : str, optional
        What to call the file in messages.
    member : str, optional
        Which file of a zip.
    tensor : str, optional
        Which matrix, where there are several.
    metadata : str, Path or bytes, optional
        A file that says what is known of each vector.

    Raises
    ------
    SeveralFilesError
        When a zip holds more than one file, they do not belong together, and none is named.
    """
    named = None if metadata is None else _NamedFile(metadata)
    with contextlib.ExitStack() as stack:
        if isinstance(source, (str, Path)) and Path(source).is_dir():
            yield _opened_together(_Folder(Path(source)), tensor or "", named, stack)
            return
        with _as_vectors():
            file = stack.enter_context(opened(source, name, member, any_format=True, keep_zip=is_one_file))
            beside = named or (_SameFolder(Path(source)) if isinstance(source, (str, Path)) else None)
            opened_source = Source(file, tensor or "", beside)
        stack.callback(opened_source.close)
        if opened_source.peek().startswith(ZIP):
            files = _Archive(opened_source.seekable(), opened_source.name)
            if is_several(files.names):
                if find_companions(files.names, files.read) is not None:
                    opened_source = _opened_together(files, tensor or "", named, stack)
                elif file.seekable:
                    with _as_vectors():
                        stack.enter_context(opened(source, name, member, any_format=True))  # asks for one of them
            elif not is_one_file(files.names):
                raise VectorFormatError(
                    f"{file.name} is packed several times over. Unpack it and bring what comes out."
                )
            elif not file.seekable:
                opened_source = _unpacked(opened_source, file, beside, stack)
        yield opened_source


def is_model_folder(path: Path) -> bool:
    """Return whether a folder holds files of vectors that belong together: a Hugging Face model, or the Projector's files."""
    files = _Folder(path)
    return find_companions(files.names, files.read) is not None


def _unpacked(source: Source, packed: Opened, beside: _Beside | None, stack: contextlib.ExitStack) -> Source:
    """Open what was unpacked of a source as a source of its own, which still may not hold more than the limits allow."""
    with _as_vectors():
        file = stack.enter_context(opened(source.seekable(), packed.name, any_format=True, keep_zip=is_one_file))
    file.size = packed.size
    return Source(file, source.tensor, beside)


def _opened_together(
    files: _Folder | _Archive, tensor: str, named: _Beside | None, stack: contextlib.ExitStack
) -> Source:
    """Open the vectors of files that belong together."""
    with _as_vectors():
        companions = find_companions(files.names, files.read)
        if companions is None:
            raise VectorFormatError(
                f"{files.name} is a folder without vectors that are known: a Hugging Face model (config.json and "
                f"model.safetensors), or vectors.tsv and metadata.tsv. Name a file in it."
            )
        file = stack.enter_context(files.open(companions.vectors))
    file.name = f"{files.name}/{file.name}"
    source = Source(file, tensor, named or _Together(files, companions))
    stack.callback(source.close)
    return source


@contextlib.contextmanager
def _as_vectors() -> Generator[None]:
    """Turn an error about the file itself into one about the vectors in it."""
    try:
        yield
    except SeveralFilesError:
        raise
    except DataError as error:
        raise VectorFormatError(str(error)) from error
