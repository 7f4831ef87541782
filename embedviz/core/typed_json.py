"""JSON files with a typed class each: written from a dataclass, and checked against it when read."""

from __future__ import annotations

from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

from pydantic import JsonValue, TypeAdapter, ValidationError

from embedviz.core.errors import DataError
from embedviz.core.files import write_json

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")
JsonObject: TypeAlias = dict[str, JsonValue]


def write_typed(path: Path, value: DataclassInstance) -> None:
    """Write a dataclass as a JSON object, in one step.

    Parameters
    ----------
    path : Path
        The file; it is replaced whole.
    value : dataclass instance
        Its fields become the object's keys.
    """
    write_json(path, asdict(value))


def read_typed(path: Path, cls: type[T]) -> T | None:
    """Read a JSON object as the dataclass or typed dictionary `cls`.

    Keys that `cls` does not have are ignored, and fields with a default may be missing, so that files of other
    versions can be read as far as they go.

    Parameters
    ----------
    path : Path
        The file.
    cls : type
        A dataclass or a TypedDict.

    Returns
    -------
    cls or None
        None when there is no such file.

    Raises
    ------
    DataError
        When the file is not JSON, or does not hold what `cls` needs.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        return cast(T, _adapter(cls).validate_json(data))
    except ValidationError as error:
        raise _unreadable(path.name) from error


def parse_typed(values: object, cls: type[T], name: str) -> T:
    """Check JSON values against the dataclass or typed dictionary `cls`, as `read_typed` does.

    Parameters
    ----------
    values : object
        A JSON object as Python values.
    cls : type
        A dataclass or a TypedDict.
    name : str
        Name of the file in the error message.

    Returns
    -------
    cls

    Raises
    ------
    DataError
        When the values are not those of `cls`.
    """
    try:
        return cast(T, _adapter(cls).validate_python(values))
    except ValidationError as error:
        raise _unreadable(name) from error


def _unreadable(name: str) -> DataError:
    return DataError(f"{name} is damaged, or was written by another version of embedviz, and cannot be read.")


@lru_cache
def _adapter(cls: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(cls)
