"""JSON files that say what each row of a matrix is: vocab.json, a label's row, and metadata.json, all that is known of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import cast

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from embedviz.core.formats import LabeledVectors
from embedviz.formats.arrow_columns import as_text, table_of
from embedviz.formats.companions import METADATA_JSON, VOCABULARY_JSON
from embedviz.formats.metadata_files import LABEL

ROWS = 4096  # written at a time


def vocabulary_blocks(labels: Iterable[str]) -> Iterator[bytes]:
    """Yield {"king": 0, "queen": 1, …} in UTF-8."""
    before = "{"
    for row, label in enumerate(labels):
        yield f"{before}{json.dumps(label, ensure_ascii=False)}: {row}".encode()
        before = ",\n"
    yield b"}\n" if before != "{" else b"{}\n"


def metadata_blocks(space: LabeledVectors) -> Iterator[bytes]:
    """Yield [{"label": "king", "count": 5}, …], a row for each vector; a missing cell is null, a date text."""
    table = table_of(space.columns)
    for place, field in enumerate(table.schema):
        if pa.types.is_temporal(field.type):
            table = table.set_column(place, field.name, pc.cast(table.column(place), pa.string()))
    before = "[\n"
    for start in range(0, len(space.labels), ROWS):
        records = cast("list[dict[str, object]]", table.slice(start, ROWS).to_pylist())
        for label, record in zip(space.labels[start : start + ROWS], records, strict=True):
            known = {name: None if _is_nan(value) else value for name, value in record.items()}
            yield (before + json.dumps({LABEL: label, **known}, ensure_ascii=False, default=as_text)).encode()
            before = ",\n"
    yield b"\n]\n"


def label_files(space: LabeledVectors) -> dict[str, Iterator[bytes]]:
    """Return vocab.json, and metadata.json where the labels have columns, as blocks of bytes."""
    files = {VOCABULARY_JSON: vocabulary_blocks(space.labels)}
    if has_columns(space.columns):
        files[METADATA_JSON] = metadata_blocks(space)
    return files


def has_columns(columns: pd.DataFrame) -> bool:
    """Return whether anything is known beside the labels."""
    return len(columns.columns) > 0


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and value != value
