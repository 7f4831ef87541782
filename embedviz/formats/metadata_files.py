"""Files that say what is known of each vector: the TensorFlow Projector's metadata, lists of words, tokenizers' vocabularies.

TSV as the Projector reads it: one column has no header line, several have one. A vocabulary names the row of each token.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from embedviz.core.errors import VectorFormatError
from embedviz.core.formats import METADATA_ENDING
from embedviz.data.charsets import find_charset
from embedviz.formats.arrow_columns import frame_of, unique_names

LABEL = "label"
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?")
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,17})")


@dataclass(frozen=True)
class Metadata:
    """What a file says of each vector.

    Attributes
    ----------
    name : str
        Of the file, for messages.
    columns : pd.DataFrame
        M rows.
    rows : np.ndarray or None
        (M,) int64: the vector that each row is about. None when there is a row for every vector, in their order.
    unnamed_rows : int
        Vectors at the end that are known to be about nothing, such as the one for unknown words.
    """

    name: str
    columns: pd.DataFrame
    rows: np.ndarray | None = None
    unnamed_rows: int = 0


def read_metadata(data: bytes, name: str, *, is_vocabulary: bool = False) -> Metadata:
    """Read a metadata file: TSV, CSV, JSON, Parquet, a word a line, or a tokenizer's vocabulary.

    Parameters
    ----------
    data : bytes
        Its content.
    name : str
        Its name; .csv and .json say how text is read.
    is_vocabulary : bool
        Whether vectors behind the last row may be there without one, as models pad their vocabularies.

    Raises
    ------
    VectorFormatError
        When it cannot be read.
    """
    if data.startswith(b"PAR1"):
        return Metadata(name, _parquet(data, name))
    text = _text(data)
    if name.lower().endswith(".json"):
        found = _json(text, name)
    elif name.lower().endswith(".csv"):
        found = Metadata(name, _table(list(csv.reader(io.StringIO(text, newline=""))), name))
    else:
        lines = text.split("\n")
        if lines[-1] == "":
            lines.pop()
        if lines and all(line.endswith("\r") for line in lines):
            lines = [line[:-1] for line in lines]
        if lines and "\t" in lines[0]:
            found = Metadata(name, _table([line.split("\t") for line in lines], name))
        else:
            found = Metadata(name, pd.DataFrame({LABEL: pd.array(lines, dtype="str")}))
    if is_vocabulary and found.rows is None:
        return Metadata(name, found.columns, np.arange(len(found.columns)))
    return found


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode(find_charset(data).encoding, "replace")


def _table(rows: list[list[str]], name: str) -> pd.DataFrame:
    """Return the columns of rows whose first one names them."""
    header, body = rows[0], rows[1:]
    for line, row in enumerate(body, 2):
        if len(row) > len(header):
            raise VectorFormatError(
                f"{name}, line {line:,}: expected {len(header):,} columns, as the first line names, got {len(row):,}."
            )
    columns = [[row[i] if i < len(row) else "" for row in body] for i in range(len(header))]
    series = map(typed, columns)
    if name.endswith(METADATA_ENDING) and header[0] == LABEL:  # written beside vectors: its labels stay as they are
        series = [pd.Series(columns[0], dtype="str"), *map(typed, columns[1:])]
    frame = pd.DataFrame(dict(enumerate(series)), index=range(len(body)))
    frame.columns = unique_names(header)
    return frame


def typed(cells: Sequence[str]) -> pd.Series:
    """Return cells as numbers or booleans where all are such as programs write them, otherwise as text."""
    filled = [cell for cell in cells if cell]
    if filled and all(_WHOLE.fullmatch(cell) for cell in filled):
        return pd.Series(
            [int(cell) if cell else None for cell in cells], dtype="int64" if len(filled) == len(cells) else "Int64"
        )
    if filled and len(filled) == len(cells) and {*filled} <= {"True", "False"}:
        return pd.Series([cell == "True" for cell in cells], dtype="bool")
    if filled and all(_NUMBER.fullmatch(cell) for cell in filled):
        return pd.Series([float(cell) if cell else None for cell in cells], dtype="float64")
    return pd.Series(list(cells), dtype="str")


def _json(text: str, name: str) -> Metadata:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise VectorFormatError(f"{name} is not JSON ({str(error)[:80]}).") from error
    if isinstance(value, dict):
        tokens = _tokens(cast("dict[str, Any]", value))
        if tokens:
            ordered = sorted(tokens.items(), key=lambda item: item[1])
            labels = pd.array([token for token, _ in ordered], dtype="str")
            return Metadata(name, pd.DataFrame({LABEL: labels}), np.array([row for _, row in ordered], np.int64))
    elif isinstance(value, list):
        items = cast("list[object]", value)
        if items and all(isinstance(item, str) for item in items):
            return Metadata(name, pd.DataFrame({LABEL: pd.array(items, dtype="str")}))
        if items and all(isinstance(item, dict) for item in items):
            try:
                return Metadata(name, frame_of(pa.Table.from_pylist(cast("list[dict[str, Any]]", items))))
            except pa.ArrowException as error:
                raise VectorFormatError(f"{name}: its objects do not have the same kinds of values.") from error
    raise VectorFormatError(
        f"{name} is neither a list of labels nor a vocabulary (tokens with their numbers), so it says nothing about the vectors."
    )


def _tokens(value: dict[str, Any]) -> dict[str, int]:
    """Return token -> row of a vocab.json, or of a tokenizer.json with the tokens that were added; empty for another file."""
    model: Any = value.get("model")
    vocabulary: Any = cast("dict[str, Any]", model).get("vocab") if isinstance(model, dict) else value
    tokens: dict[str, int] = {}
    if isinstance(vocabulary, dict):
        tokens = {token: row for token, row in cast("dict[str, Any]", vocabulary).items() if _is_row(row)}
        if len(tokens) < len(cast("dict[str, Any]", vocabulary)):
            return {}
    elif isinstance(vocabulary, list):  # of [token, score], as a unigram model has them
        pairs = cast("list[Any]", vocabulary)
        tokens = {str(pair[0]): row for row, pair in enumerate(pairs) if isinstance(pair, list) and pair}
    added: Any = value.get("added_tokens")
    if isinstance(model, dict) and isinstance(added, list):
        for entry in cast("list[Any]", added):
            if isinstance(entry, dict) and _is_row(cast("dict[str, Any]", entry).get("id")):
                token = cast("dict[str, Any]", entry)
                tokens[str(token.get("content", ""))] = token["id"]
    return tokens


def _is_row(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 40


def _parquet(data: bytes, name: str) -> pd.DataFrame:
    try:
        return frame_of(pq.read_table(io.BytesIO(data)))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise VectorFormatError(f"{name} is not a whole Parquet file.") from error
