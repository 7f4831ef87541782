"""Arrow's files of vectors (IPC files, Feather version 2, and IPC streams as Hugging Face's datasets keep them).

What compressed buffers unpack to is read from the messages before anything is unpacked
(https://arrow.apache.org/docs/format/Columnar.html, "Serialization and Interprocess Communication").
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator
from typing import IO, cast

import pyarrow as pa

from embedviz.core.errors import VectorFormatError
from embedviz.core.formats import ByteSink, LabeledVectors
from embedviz.core.progress import Progress
from embedviz.data.containers import MAX_RATIO, MIN_RATIO_BYTES
from embedviz.formats.arrow_columns import damage_named
from embedviz.formats.parquet_file import has_vector_columns, table_with_vectors
from embedviz.formats.source import Source
from embedviz.formats.vector_columns import ColumnReader
from embedviz.space import EmbeddingSpace

NAME, ENDINGS = "arrow", (".arrow", ".feather")
MAGIC, STREAM = b"ARROW1\0\0", b"\xff\xff\xff\xff"
BATCH_ROWS = 1 << 16
_DICTIONARY_BATCH, _RECORD_BATCH = 2, 3  # kinds of a message's header
_DICTIONARIES, _RECORD_BATCHES = 2, 3  # fields of a file's footer
_CONTINUES = b"\xff\xff\xff\xff"  # before a message's length
_END = struct.Struct("<i6s")  # the footer's length, and the magic again

_Message = tuple[memoryview, Callable[[int], bytes]]  # its metadata, and what returns eight bytes of its body


def sniff(head: bytes) -> bool:
    """Return whether a file begins as an Arrow file or stream; `holds_vectors` tells by its columns whether they are vectors."""
    return head.startswith(MAGIC) or (head.startswith(STREAM) and 0 < int.from_bytes(head[4:8], "little") < 1 << 24)


def holds_vectors(stream: IO[bytes]) -> bool:
    """Return whether the columns are clearly those of vectors."""
    try:
        return has_vector_columns(_open(stream).schema)
    except (pa.ArrowException, OSError, ValueError):
        return False


def read(source: Source, *, limit: int | None, on_progress: Callable[[Progress], None]) -> EmbeddingSpace:
    """Read the space.

    Raises
    ------
    SeveralTensorsError
        When several columns hold vectors and none was asked for.
    VectorFormatError
        When the file is damaged, holds no vectors, or unpacks to far more than it holds.
    """
    stream = source.seekable()
    with damage_named(source.name, "Arrow"):
        rows = _checked_rows(stream, source)
        stream.seek(0)
        reader = ColumnReader(source, rows)
        for batch in _batches(_open(stream)):
            batch.validate(full=True)
            for start in range(0, batch.num_rows, BATCH_ROWS):
                if limit is None or reader.read < limit:
                    reader.add(batch.slice(start, BATCH_ROWS))
                    on_progress(Progress(reader.read, max(rows, reader.read), message=f"Read {reader.read:,} vectors"))
        space = reader.space(limit, rows)
    end = max(rows, reader.read)
    on_progress(Progress(end, end, message=f"Read {len(space):,} vectors"))
    return space


def write(space: LabeledVectors, stream: ByteSink) -> None:
    """Write an Arrow file with the columns "label", "vector" (lists of float32) and what else is known of each label."""
    table = table_with_vectors(space)
    sink = pa.PythonFile(cast("IO[bytes]", stream), mode="w")
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=BATCH_ROWS)
    sink.flush()


def _open(stream: IO[bytes]) -> pa.ipc.RecordBatchFileReader | pa.ipc.RecordBatchStreamReader:
    is_file = stream.read(len(MAGIC)) == MAGIC
    stream.seek(0)
    return pa.ipc.open_file(stream) if is_file else pa.ipc.open_stream(stream)


def _batches(reader: pa.ipc.RecordBatchFileReader | pa.ipc.RecordBatchStreamReader) -> Iterator[pa.RecordBatch]:
    if isinstance(reader, pa.ipc.RecordBatchFileReader):
        for place in range(reader.num_record_batches):
            yield reader.get_batch(place)
    else:
        yield from reader


def _checked_rows(stream: IO[bytes], source: Source) -> int:
    """Return how many rows the messages hold; VectorFormatError where they would unpack to far more than the file holds."""
    allowed, unpacked, rows = max(MIN_RATIO_BYTES, MAX_RATIO * source.size), 0, 0
    is_file = stream.read(len(MAGIC)) == MAGIC
    stream.seek(0)
    for metadata, body in (_messages_of_file if is_file else _messages_of_stream)(stream):
        found = _batch_of(metadata)
        if found is None:
            continue
        batch, is_record = found
        length = batch.number(0, "<q")
        rows += length if is_record else 0
        unpacked += length // 8  # no row takes less than a bit
        if batch.has(3):
            for offset, size in batch.pairs(2):
                if size >= 8:
                    (whole,) = struct.unpack("<q", body(offset))
                    unpacked += size if whole == -1 else abs(whole)
        if length < 0 or unpacked > allowed:
            raise VectorFormatError(
                f"{source.name} unpacks to more than {MAX_RATIO} times its size, so it is not opened."
            )
    return rows


def _messages_of_stream(stream: IO[bytes]) -> Iterator[_Message]:
    for message in pa.ipc.MessageReader.open_stream(stream):
        content = memoryview(message.body)
        yield memoryview(message.metadata), lambda offset, content=content: bytes(content[offset : offset + 8])


def _messages_of_file(stream: IO[bytes]) -> Iterator[_Message]:
    """The messages that the end of a file lists; what stands between them and before is not looked at by readers."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - _END.size))
    length, magic = _END.unpack(stream.read(_END.size))
    if magic != MAGIC[:6] or not 0 < length <= size:
        raise ValueError("the end of the file is missing")
    stream.seek(size - _END.size - length)
    footer = memoryview(stream.read(length))
    table = _FlatTable(footer, struct.unpack_from("<I", footer, 0)[0])
    listed = 0
    for field in (_DICTIONARIES, _RECORD_BATCHES):
        for at, metadata_length, body_length in table.blocks(field):
            listed += metadata_length + body_length
            if min(metadata_length, body_length) < 0 or listed > size:
                raise ValueError("its end lists more than the file holds")
            stream.seek(at)
            metadata = memoryview(stream.read(metadata_length))
            framed = 8 if bytes(metadata[:4]) == _CONTINUES else 4  # before the metadata stands their length

            def body(offset: int, start: int = at + metadata_length) -> bytes:
                stream.seek(start + offset)
                return stream.read(8)

            yield metadata[framed:], body


def _batch_of(metadata: memoryview) -> tuple[_FlatTable, bool] | None:
    """Return the record batch that a message announces, and whether it is one of rows, not of a dictionary."""
    message = _FlatTable(metadata, struct.unpack_from("<I", metadata, 0)[0])
    kind = message.number(1, "<B")
    if kind == _RECORD_BATCH:
        return message.table(2), True
    return (message.table(2).table(1), False) if kind == _DICTIONARY_BATCH else None


class _FlatTable:
    """A table of a FlatBuffer: its fields by their number (https://flatbuffers.dev/internals)."""

    def __init__(self, data: memoryview, at: int):
        self._data, self._at = data, at
        self._fields = at - struct.unpack_from("<i", data, at)[0]
        (self._size,) = struct.unpack_from("<H", data, self._fields)

    def has(self, field: int) -> bool:
        return self._place(field) != 0

    def number(self, field: int, kind: str) -> int:
        """Return a number, 0 where it is left out as the default."""
        place = self._place(field)
        return struct.unpack_from(kind, self._data, place)[0] if place else 0

    def table(self, field: int) -> _FlatTable:
        return _FlatTable(self._data, self._target(field))

    def pairs(self, field: int) -> Iterator[tuple[int, int]]:
        """Yield the pairs of int64 that a vector of structs holds."""
        if self.has(field):
            start = self._target(field)
            (count,) = struct.unpack_from("<I", self._data, start)
            for place in range(count):
                yield struct.unpack_from("<qq", self._data, start + 4 + 16 * place)

    def blocks(self, field: int) -> Iterator[tuple[int, int, int]]:
        """Yield where each message of a vector of them begins, and the bytes of its metadata and of its body."""
        if self.has(field):
            start = self._target(field)
            (count,) = struct.unpack_from("<I", self._data, start)
            for place in range(count):
                yield struct.unpack_from("<qi4xq", self._data, start + 4 + 24 * place)

    def _target(self, field: int) -> int:
        place = self._place(field)
        if not place:
            raise ValueError("a message lacks a part")
        return place + struct.unpack_from("<I", self._data, place)[0]

    def _place(self, field: int) -> int:
        entry = 4 + 2 * field
        offset = struct.unpack_from("<H", self._data, self._fields + entry)[0] if entry < self._size else 0
        return self._at + offset if offset else 0
