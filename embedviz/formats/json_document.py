"""JSON in one piece: {"king": [0.5, 1], …}, a list of objects, or columns such as {"words": […], "vectors": [[…], …]}."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, cast

from embedviz.core.errors import VectorFormatError
from embedviz.core.formats import ByteSink, LabeledVectors
from embedviz.core.progress import Progress
from embedviz.formats.delimited_vectors import MIN_LIST, VECTOR_NAMES
from embedviz.formats.json_lines import written_objects
from embedviz.formats.json_records import VECTOR, Object, RecordReader, chosen_field, is_vector
from embedviz.formats.metadata_files import LABEL
from embedviz.formats.source import Source
from embedviz.space import EmbeddingSpace

NAME, ENDINGS = "json", (".json",)
MAX_BYTES = 500 << 20  # of a document, which is in memory as a whole
MAX_RATIO = 10  # unpacked bytes of it for each packed one: its numbers take ten times its bytes once they are parsed
_NUMBER = r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"
_LIST = re.compile(rf'(?:"((?:[^"\\]|\\.)*+)"\s*:\s*|^\s*)\[(?:\s*\[)?\s*({_NUMBER}(?:\s*,\s*{_NUMBER})*+)')
_EXPECTED = '{"king": [0.5, 1], …} or [{"word": "king", "vector": [0.5, 1]}, …]'


def sniff(head: bytes) -> bool:
    """Return whether the beginning is that of a JSON document with lists of fractions that look like vectors."""
    if not head.lstrip().startswith((b"{", b"[")):
        return False
    found = _LIST.search(head.decode("utf-8", "replace"))
    if found is None or not re.search(r"[.eE]", found[2]):
        return False
    return VECTOR_NAMES.fullmatch(found[1] or "") is not None or found[2].count(",") >= MIN_LIST - 1


def read(source: Source, *, limit: int | None, on_progress: Callable[[Progress], None]) -> EmbeddingSpace:
    """Read the space: a list of numbers for each label, an object for each, or a list for each column.

    Raises
    ------
    SeveralTensorsError
        When several fields hold vectors and none was asked for.
    VectorFormatError
        When it is damaged, or no vectors are found in it.
    """
    source.expect_text(MAX_RATIO)
    data = source.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise VectorFormatError(
            f"{source.name} is JSON in one piece of more than {MAX_BYTES >> 20:,} MiB. Write an object a line instead."
        )
    try:
        value: Any = json.loads(data)
    except RecursionError as error:
        raise VectorFormatError(f"{source.name} is JSON that is nested too deeply to hold vectors.") from error
    except ValueError as error:
        where = f"line {error.lineno:,}" if isinstance(error, json.JSONDecodeError) else "somewhere"
        raise VectorFormatError(f"{source.name}, {where}: not JSON. Was it saved, and uploaded to the end?") from error
    reader = RecordReader(source, "in the first")
    for number, record in enumerate(_records(value, source), 1):
        reader.add(record, f"row {number:,}")
        if limit is not None and reader.read >= limit:
            break
    space = reader.space(f"{source.name} holds no vectors. Expected {_EXPECTED}.")
    on_progress(source.finished(len(space)))
    return space


def write(space: LabeledVectors, stream: ByteSink) -> None:
    """Write a list of objects, one a label: "label", its columns, and "vector"."""
    before = "[\n"
    for objects in written_objects(space):
        stream.write((before + ",\n".join(objects)).encode())
        before = ",\n"
    stream.write(b"\n]\n")


def _records(value: Any, source: Source) -> Iterator[Object]:
    """Yield an object for each vector."""
    if isinstance(value, list):
        rows = cast("list[Any]", value)
        if all(isinstance(row, dict) for row in rows):
            yield from cast("list[Object]", rows)
            return
        if all(isinstance(row, list) for row in rows):
            yield from ({VECTOR: row} for row in rows)
            return
        raise _not_found(source.name)
    fields = cast("Object", value) if isinstance(value, dict) else {}
    lists = {key: cast("list[Any]", each) for key, each in fields.items() if isinstance(each, list) and each}
    matrices = [key for key, each in lists.items() if is_vector(each[0])]
    objects = [each for each in lists.values() if isinstance(each[0], dict)]
    if matrices:
        chosen = chosen_field(source, {key: (len(lists[key]), len(lists[key][0])) for key in matrices})
        count = len(lists[chosen])
        columns = {k: each for k, each in lists.items() if len(each) == count and (k == chosen or k not in matrices)}
        for cells in zip(*columns.values(), strict=True):
            yield dict(zip(columns, cells, strict=True))
    elif len(objects) == 1:
        yield from _records(objects[0], source)  # {"model": "m", "data": [{…}, {…}]}
    elif lists and len(lists) == len(fields):
        yield from ({LABEL: label, VECTOR: each} for label, each in lists.items())
    elif fields and all(isinstance(each, dict) for each in fields.values()):
        for label, each in fields.items():
            yield {LABEL: label} | {f"{key} (column)" if key == LABEL else key: cell for key, cell in each.items()}
    else:
        raise _not_found(source.name)


def _not_found(name: str) -> VectorFormatError:
    return VectorFormatError(f"{name} is JSON, and no vectors were found in it. Expected {_EXPECTED}.")
