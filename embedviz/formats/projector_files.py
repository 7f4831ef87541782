"""The TensorFlow Projector's files: vectors.tsv, numbers alone, and metadata.tsv, what is known of each.

https://projector.tensorflow.org reads both; metadata with one column have no header line, with several they have one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, cast

import pyarrow as pa
from pyarrow import csv

from embedviz.core.errors import DataError, VectorFormatError
from embedviz.core.formats import ByteSink, LabeledVectors
from embedviz.core.progress import Progress
from embedviz.core.zip_writing import open_zip, write_member
from embedviz.formats.arrow_columns import table_of
from embedviz.formats.growing_rows import GrowingRows
from embedviz.formats.labelled_rows import space_of_rows
from embedviz.formats.metadata_files import LABEL
from embedviz.formats.number_text import joined_lines, number_lines, rows_at_a_time
from embedviz.formats.source import HEAD, Source
from embedviz.formats.tensors import check_dim
from embedviz.formats.vector_columns import side_by_side
from embedviz.space import EmbeddingSpace

NAME, ENDINGS = "projector", (".zip",)
VECTORS, METADATA, CONFIG = "vectors.tsv", "metadata.tsv", "projector_config.json"
BLOCK = 1 << 24  # bytes parsed at a time
MAX_LINES = 100  # looked at
_NUMBER = re.compile(rb"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_BREAK = re.compile(r"[\t\n\r]")


def holds_numbers(head: bytes) -> bool:
    """Return whether the first lines are nothing but numbers between tabs, as many on each."""
    rows = _rows(head)
    return len({len(row) for row in rows}) == 1 and all(_NUMBER.fullmatch(field) for row in rows for field in row)


def sniff(head: bytes) -> bool:
    """Return whether the first lines are numbers between tabs, as many on each, and fractions in every column.

    A table of numbers has columns of whole numbers sooner or later: ids, counts, classes; and measurements are seldom
    below zero, where half of a vector's numbers are.
    """
    if not holds_numbers(head):
        return False
    rows = _rows(head)
    columns = zip(*rows, strict=True)
    if not any(field.startswith(b"-") for row in rows for field in row):
        return False
    return len(rows[0]) > 1 and all(2 * sum(map(_is_fraction, column)) >= len(rows) for column in columns)


def read(source: Source, *, limit: int | None, on_progress: Callable[[Progress], None]) -> EmbeddingSpace:
    """Read the space; rows are numbered where no metadata came with the vectors.

    Raises
    ------
    VectorFormatError
        When a line holds another number of numbers than the first, or the metadata another number of rows.
    """
    first = source.peek().partition(b"\n")[0].rstrip(b"\r").split(b"\t")
    dim = len(first)
    check_dim(source, dim)
    source.expect_text()
    rows, read_rows = GrowingRows(dim), 0
    names = [str(i) for i in range(dim)]
    try:
        with csv.open_csv(
            pa.PythonFile(cast("Any", source.stream), mode="r"),
            read_options=csv.ReadOptions(column_names=names, block_size=BLOCK),
            parse_options=csv.ParseOptions(delimiter="\t", quote_char=False, double_quote=False),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.float32()), null_values=["nan", "NaN"]
            ),
        ) as batches:
            for batch in batches:
                side_by_side(batch.columns, rows.add(batch.num_rows))
                read_rows += batch.num_rows
                on_progress(Progress(min(source.done, source.size), source.size, message=f"Read {read_rows:,} vectors"))
    except pa.ArrowInvalid as error:
        reason = str(error).splitlines()[0][:200]
        raise VectorFormatError(
            f"{source.name}: expected {dim:,} numbers between tabs on each line ({reason})."
        ) from error
    vectors = rows.finish()[:limit]
    on_progress(source.finished(len(vectors)))
    return space_of_rows(source, vectors, total=read_rows)


def write(space: LabeledVectors, stream: ByteSink) -> None:
    """Write a zip of the Projector's files; see `contents`."""
    with open_zip(stream) as archive:
        for name, blocks in contents(space).items():
            write_member(archive, name, blocks)


def contents(space: LabeledVectors) -> dict[str, Iterable[bytes]]:
    """Return vectors.tsv, metadata.tsv and projector_config.json, each as blocks of bytes that are made as they are asked for.

    The format has no quotation marks, so a tab or line break inside a label or column becomes a blank.

    Raises
    ------
    DataError
        When that makes two labels one.
    """
    labels = one_line_labels(space.labels)
    shape = list(space.vectors.shape)
    paths = {"tensorName": "embedviz", "tensorShape": shape, "tensorPath": VECTORS, "metadataPath": METADATA}
    return {
        VECTORS: _vector_lines(space),
        METADATA: [metadata_text(labels, space)],
        CONFIG: [json.dumps({"embeddings": [paths]}, indent=1).encode()],
    }


def write_metadata(space: LabeledVectors, stream: ByteSink) -> None:
    """Write metadata.tsv alone: what is known of each label. DataError when two labels become one."""
    stream.write(metadata_text(one_line_labels(space.labels), space))


def one_line_labels(labels: Sequence[str]) -> list[str]:
    """Return labels with a blank for each tab and line break. DataError when that makes two of them one."""
    written = [_BREAK.sub(" ", label) for label in labels]
    if len(set(written)) < len(written):
        seen: dict[str, str] = {}
        for given, label in zip(labels, written, strict=True):
            if label in seen:
                raise DataError(
                    f"{seen[label]!r} and {given!r} would both be written as {label!r}, because a tab or line break ends a "
                    f"label in this format. Rename one of them."
                )
            seen[label] = given
    return written


def _vector_lines(space: LabeledVectors) -> Iterator[bytes]:
    step = rows_at_a_time(space.vectors.shape[1])
    for start in range(0, len(space.vectors), step):
        yield joined_lines(number_lines(space.vectors[start : start + step], "\t"))


def metadata_text(labels: Sequence[str], space: LabeledVectors) -> bytes:
    """Return the Projector's metadata: a label a line, or a line of names and then labels and columns between tabs.

    Parameters
    ----------
    labels : sequence of str
        N labels without tabs and line breaks.
    space : LabeledVectors
        Of which the columns are written.
    """
    table = table_of(space.columns)
    columns = [[_cell(value) for value in column.to_pylist()] for column in table.columns]
    lines = list(map("\t".join, zip(labels, *columns, strict=True)))
    if columns:
        lines.insert(0, "\t".join([LABEL, *(_BREAK.sub(" ", name) for name in table.column_names)]))
    text = "\n".join(lines) + "\n"
    return (("\ufeff" if text.startswith("\ufeff") else "") + text).encode()  # a reader drops the first one


def _cell(value: object) -> str:
    return "" if value is None or value != value else _BREAK.sub(" ", str(value))


def _is_fraction(field: bytes) -> bool:
    return not field.lstrip(b"+-").isdigit()


def _rows(head: bytes) -> list[list[bytes]]:
    lines = head.split(b"\n", MAX_LINES + 1)
    if len(lines) > MAX_LINES + 1 or (len(lines) > 1 and len(head) > HEAD // 2):
        lines.pop()
    return [line.rstrip(b"\r").split(b"\t") for line in lines[:MAX_LINES] if line.strip()]
