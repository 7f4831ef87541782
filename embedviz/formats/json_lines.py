"""JSON lines: an object a line, with a list of numbers and other fields."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, cast

import numpy as np

from embedviz.core.errors import VectorFormatError
from embedviz.core.formats import ByteSink, LabeledVectors
from embedviz.core.progress import Progress
from embedviz.formats.arrow_columns import as_text, table_of
from embedviz.formats.delimited_vectors import VECTOR_NAMES
from embedviz.formats.json_records import ROWS, VECTOR, Object, RecordReader, dimensions_of, holds_vectors
from embedviz.formats.metadata_files import LABEL
from embedviz.formats.source import Source
from embedviz.space import EmbeddingSpace

NAME, ENDINGS = "jsonl", (".jsonl", ".ndjson")
BLOCK = 1 << 23  # bytes of lines parsed at a time
MAX_LINES = 20  # looked at


def sniff(head: bytes) -> bool:
    """Return whether the first lines are objects with a list of numbers, of the same length in each, that looks like a vector."""
    if not head.lstrip().startswith(b"{"):
        return False
    objects = _objects(head)
    if len(objects) == 1 and len(lists := dimensions_of(objects)) > 1 and not any(map(VECTOR_NAMES.fullmatch, lists)):
        return False  # a document: {"king": [0.5, 1], "queen": [1, 0.5]}
    return holds_vectors(objects)


def read(source: Source, *, limit: int | None, on_progress: Callable[[Progress], None]) -> EmbeddingSpace:
    """Read the space: the field with a list of numbers of the same length on each line; the other fields are its columns.

    Raises
    ------
    SeveralTensorsError
        When several fields hold vectors and none was asked for.
    VectorFormatError
        With the line that is no object, or whose list has another length.
    """
    source.expect_text()
    reader = RecordReader(source, "on the first line")
    number = 0
    while (limit is None or reader.read < limit) and (block := source.read_lines(BLOCK)):
        for line in block.removesuffix(b"\n").split(b"\n"):
            number += 1
            if line.strip() and (limit is None or reader.read < limit):
                reader.add(_object(line, source.name, number), f"line {number:,}")
        on_progress(Progress(min(source.done, source.size), source.size, message=f"Read {reader.read:,} vectors"))
    space = reader.space(f"{source.name} holds no lines with vectors.")
    on_progress(source.finished(len(space)))
    return space


def write(space: LabeledVectors, stream: ByteSink) -> None:
    """Write an object a label: "label", its columns, and "vector"."""
    for objects in written_objects(space):
        stream.write(("\n".join(objects) + "\n").encode())


def written_objects(space: LabeledVectors) -> Iterator[list[str]]:
    """Yield the JSON objects of the labels, many at a time."""
    kept = table_of(space.columns)
    names = [f"{name} (column)" if name in (LABEL, VECTOR) else name for name in kept.column_names]
    for start in range(0, len(space.labels), ROWS):
        vectors = np.asarray(space.vectors[start : start + ROWS], np.float32)
        records = kept.slice(start, len(vectors)).rename_columns(names).to_pylist()
        yield [
            json.dumps({LABEL: label, **record, VECTOR: _shortest(vector)}, ensure_ascii=False, default=as_text)
            for label, record, vector in zip(space.labels[start : start + ROWS], records, vectors, strict=True)
        ]


def _shortest(vector: np.ndarray) -> list[float]:
    """Return the numbers as JSON writes them in the fewest digits that give the same float32 back."""
    return [float(str(number)) for number in vector]


def _object(line: bytes, name: str, number: int) -> Object:
    try:
        record: Any = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
    except (ValueError, RecursionError) as error:
        raise VectorFormatError(f"{name}, line {number:,}: not JSON ({str(error)[:100]}).") from error
    if not isinstance(record, dict):
        raise VectorFormatError(
            f'{name}, line {number:,}: expected an object such as {{"word": "king", "vector": [0.5, 1]}}.'
        )
    return cast("Object", record)


def _objects(head: bytes) -> list[Object]:
    lines = head.split(b"\n", MAX_LINES + 1)
    if len(lines) > 1:
        lines.pop()  # perhaps not whole
    objects: list[Object] = []
    for line in lines:
        if not line.strip():
            continue
        try:
            record: Any = json.loads(line.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            return []
        if not isinstance(record, dict):
            return []
        objects.append(cast("Object", record))
    return objects
