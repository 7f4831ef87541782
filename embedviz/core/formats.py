"""Registry of vector file formats, so that a space can be saved by code below the formats.

Each module of `embedviz.formats` registers its writer when it is imported; the first look-up imports the package.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Protocol

import numpy as np

from embedviz.core.errors import SettingsError

if TYPE_CHECKING:
    import pandas as pd

PACKAGE = "embedviz.formats"  # what it registers, it registers on import
GZIP_ENDING = ".gz"


class LabeledVectors(Protocol):
    """The part of a space that a writer needs: N labels, vectors (N, D) float32, and N rows of columns."""

    @property
    def labels(self) -> Sequence[str]:
        """A label for each vector."""
        ...

    @property
    def vectors(self) -> np.ndarray:
        """(N, D) float32."""
        ...

    @property
    def columns(self) -> pd.DataFrame:
        """What is known of each label, N rows."""
        ...


class ByteSink(Protocol):
    """The part of a stream that a writer needs."""

    def write(self, data: bytes, /) -> object:
        """Write all of the bytes."""
        ...


Writer = Callable[[LabeledVectors, ByteSink], None]


@dataclass(frozen=True)
class RegisteredFormat:
    """A format that vectors can be written in: its name, the file endings it goes by, and the function that writes."""

    name: str
    endings: tuple[str, ...]
    write: Writer


_formats: dict[str, RegisteredFormat] = {}


def register_format(name: str, endings: Sequence[str], write: Writer) -> None:
    """Register a format; a name that is there already is replaced.

    Parameters
    ----------
    name : str
        As people name it.
    endings : sequence of str
        File endings with their dot, in lower case.
    write : callable
        Takes the labelled vectors and a binary stream.
    """
    _formats[name] = RegisteredFormat(name, tuple(endings), write)


def find_writer(name: str) -> Writer:
    """Return the writer of a format.

    Raises
    ------
    SettingsError
        For a name that nobody registered, with those there are.
    """
    formats = _registered()
    if name not in formats:
        raise SettingsError(f"A format is one of {', '.join(formats)}, not {name!r}.")
    return formats[name].write


def format_of(path: PurePath) -> str:
    """Return the name of the format that a file's ending stands for, a .gz behind it ignored.

    Raises
    ------
    SettingsError
        For an ending that no format has.
    """
    formats = _registered()
    plain = path.with_suffix("") if path.suffix.lower() == GZIP_ENDING else path
    names = {ending: each.name for each in formats.values() for ending in each.endings}
    if plain.suffix.lower() not in names:
        raise SettingsError(
            f"{path.name}: the ending names no format. Use {', '.join(names)}, or name one: {', '.join(formats)}."
        )
    return names[plain.suffix.lower()]


def _registered() -> dict[str, RegisteredFormat]:
    importlib.import_module(PACKAGE)
    return _formats
