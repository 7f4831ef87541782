"""Frozen dataclasses on disk without pickle: arrays as safetensors, everything else as JSON in the same file.

A class needs nothing but annotated fields. What a field may hold: None, bool, int, float, str; NumPy arrays; data frames;
enums; pydantic models; other dataclasses; and lists, tuples and dicts (with str keys) of these. It is read back by its
annotation, so that a file can only ever become what the code says it is; the annotations have to exist at run time.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import types
import typing
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, Self, TypeVar

import numpy as np
from pydantic import BaseModel, JsonValue

from embedviz.core.errors import DataError
from embedviz.core.files import replacing
from embedviz.core.typed_json import JsonObject

T = TypeVar("T")

VALUES = "values.json"  # name of the tensor of bytes that holds the JSON part


def save(value: Any, path: Path) -> None:
    """Write a dataclass to a file, in one step.

    Parameters
    ----------
    value
        An instance of a dataclass.
    path
        The file, usually ending in ``.safetensors``.
    """
    from safetensors.numpy import save_file

    arrays: dict[str, np.ndarray] = {}
    values = _pack(value, "", arrays)
    text = json.dumps(values, ensure_ascii=False).encode()
    tensors = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    with replacing(path) as temporary:
        save_file({**tensors, VALUES: np.frombuffer(text, np.uint8)}, temporary)


def load(cls: type[T], path: Path) -> T:
    """Read a dataclass back.

    Parameters
    ----------
    cls
        The class that was saved.
    path
        The file that `save` wrote.

    Raises
    ------
    DataError
        When the file is no such archive, or one of another class or version.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            arrays = _Tensors(file)
            values = json.loads(file.get_tensor(VALUES).tobytes())
            return typing.cast(T, _unpack(cls, values, arrays))
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path.name} was not written by this version of embedviz ({error}).") from error


class Archived:
    """A dataclass that is kept in one file."""

    def save(self, path: Path) -> None:
        """Write everything that `load` needs to one file."""
        save(self, path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote. DataError when the file holds something else."""
        return load(cls, path)


class _Tensors(Mapping[str, np.ndarray]):
    """The tensors of an open file by name, read when they are asked for."""

    def __init__(self, file: Any):
        self._file = file

    def __getitem__(self, name: str) -> np.ndarray:
        return self._file.get_tensor(name)

    def __iter__(self) -> typing.Iterator[str]:
        return iter(self._file.keys())

    def __len__(self) -> int:
        return len(self._file.keys())


def _pack(value: Any, name: str, arrays: dict[str, np.ndarray]) -> JsonValue:
    """Return the JSON part of a value; its arrays go into `arrays` under `name` and what follows a dot behind it."""
    if value is None or (isinstance(value, bool | int | float | str) and not isinstance(value, np.generic | Enum)):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        arrays[name] = value
        return {"array": name}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = [field for field in dataclasses.fields(value) if field.init]
        return {f.name: _pack(getattr(value, f.name), f"{name}.{f.name}" if name else f.name, arrays) for f in fields}
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {str(key): _pack(item, f"{name}.{key}", arrays) for key, item in value.items()}
    if _is_frame(value):
        return _pack_frame(value, name, arrays)
    if isinstance(value, Sequence):
        return [_pack(item, f"{name}.{i}", arrays) for i, item in enumerate(value)]
    raise TypeError(f"{name or 'The value'} is of type {type(value).__name__}, which an archive does not hold.")


def _unpack(expected: Any, packed: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    origin, arguments = typing.get_origin(expected), typing.get_args(expected)
    if origin in (typing.Union, types.UnionType):
        if packed is None and type(None) in arguments:
            return None
        kinds = [kind for kind in arguments if kind is not type(None)]
        return _unpack(_fitting(kinds, packed), packed, arrays)
    if origin is typing.Annotated:
        return _unpack(arguments[0], packed, arrays)
    if origin is typing.Literal or expected in (Any, object) or isinstance(expected, TypeVar):
        return packed
    if expected is np.ndarray or origin is np.ndarray:
        return arrays[packed["array"]]
    if origin in (list, Sequence, typing.Sequence) or expected is list:
        return [_unpack(arguments[0] if arguments else Any, item, arrays) for item in packed]
    if origin is tuple:
        kinds = [arguments[0]] * len(packed) if arguments[-1] is Ellipsis else arguments
        return tuple(_unpack(kind, item, arrays) for kind, item in zip(kinds, packed, strict=True))
    if origin in (dict, Mapping) or expected is dict:
        kind = arguments[1] if arguments else Any
        return {key: _unpack(kind, item, arrays) for key, item in packed.items()}
    if not isinstance(expected, type):
        raise TypeError(f"A field is annotated {expected!r}, which an archive does not hold.")
    return _unpack_class(expected, packed, arrays)


def _unpack_class(expected: type, packed: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    if dataclasses.is_dataclass(expected):
        hints = _hints(expected)
        names = [field.name for field in dataclasses.fields(expected) if field.init and field.name in packed]
        return expected(**{name: _unpack(hints[name], packed[name], arrays) for name in names})
    if issubclass(expected, BaseModel):
        return expected.model_validate(packed)
    if issubclass(expected, Enum):
        return expected(packed)
    if expected.__name__ == "DataFrame":
        return _unpack_frame(packed, arrays)
    if expected is float and isinstance(packed, int):
        return float(packed)
    if expected is not type(packed):
        raise TypeError(f"expected {expected.__name__}, got {type(packed).__name__}")
    return packed


def _fitting(kinds: Sequence[Any], packed: Any) -> Any:
    """Return which of several annotated kinds a packed value is of."""
    if len(kinds) == 1:
        return kinds[0]
    for kind in kinds:
        if isinstance(kind, type) and isinstance(packed, kind) and not (kind is int and isinstance(packed, bool)):
            return kind
    return next((kind for kind in kinds if kind is float), kinds[0])


@functools.cache
def _hints(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _is_frame(value: Any) -> bool:
    return hasattr(value, "iloc") and hasattr(value, "columns")


def _pack_frame(frame: Any, name: str, arrays: dict[str, np.ndarray]) -> JsonObject:
    """Numbers and truth values of a data frame as arrays, text and what is missing in it as JSON; its index is not kept."""
    columns: list[JsonValue] = []
    for place, label in enumerate(frame.columns):
        column = frame.iloc[:, place]
        if column.dtype.kind in "biuf":
            columns.append({"name": str(label), "cells": _pack(column.to_numpy(), f"{name}.{place}", arrays)})
            continue
        cells = [None if missing else _plain(cell) for cell, missing in zip(column, column.isna(), strict=True)]
        columns.append({"name": str(label), "cells": cells, "dtype": str(column.dtype)})
    return {"rows": len(frame), "columns": columns}


def _unpack_frame(packed: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    import pandas as pd

    frame = pd.DataFrame(index=range(packed["rows"]))
    for column in packed["columns"]:
        cells = column["cells"]
        if isinstance(cells, dict):
            frame[column["name"]] = arrays[cells["array"]]
        else:
            frame[column["name"]] = pd.Series(cells, dtype="str" if column["dtype"] == "str" else object)
    return frame


def _plain(cell: Any) -> JsonValue:
    cell = cell.item() if isinstance(cell, np.generic) else cell
    return cell if isinstance(cell, bool | int | float | str) else str(cell)
