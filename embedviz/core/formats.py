"""Registry of vector file formats, so that a space can be saved by code below the formats.

Each module of `embedviz.formats` registers its writer when it is imported; the first look-up imports the package.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Protocol

import numpy as np

from embedviz.core.errors import SettingsError

if TYPE_CHECKING:
    import pandas as pd

PACKAGE = "embedviz.formats"  # what it registers, it registers on import
GZIP_ENDING = ".gz"
METADATA_ENDING = ".metadata.tsv"


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
    """A format that vectors can be written in.

    Attributes
    ----------
    name : str
        As people name it.
    endings : tuple of str
        The file endings that it goes by.
    write : callable
        Writes labelled vectors to a binary stream.
    held_columns : tuple of str or None
        The columns beside the labels that its files can hold; None for all.
    write_metadata : callable or None
        Writes labels and columns, for a file beside one that cannot hold them.
    """

    name: str
    endings: tuple[str, ...]
    write: Writer
    held_columns: tuple[str, ...] | None = None
    write_metadata: Writer | None = None

    def loses_columns(self, space: LabeledVectors) -> bool:
        """Return whether a space has columns that a file of this format alone would lose."""
        return self.held_columns is not None and not set(space.columns.columns) <= set(self.held_columns)


_formats: dict[str, RegisteredFormat] = {}


def register_format(
    name: str,
    endings: Sequence[str],
    write: Writer,
    held_columns: Sequence[str] | None = None,
    write_metadata: Writer | None = None,
) -> None:
    """Register a format; a name that is there already is replaced.

    Parameters
    ----------
    name : str
        As people name it.
    endings : sequence of str
        File endings with their dot, in lower case.
    write : callable
        Takes the labelled vectors and a binary stream.
    held_columns : sequence of str, optional
        The columns that it can hold; by default all.
    write_metadata : callable, optional
        Writes labels and columns for a file beside it, where it cannot hold all.
    """
    held = None if held_columns is None else tuple(held_columns)
    _formats[name] = RegisteredFormat(name, tuple(endings), write, held, write_metadata)


def find_format(name: str) -> RegisteredFormat:
    """Return a format by its name.

    Raises
    ------
    SettingsError
        For a name that nobody registered, with those there are.
    """
    formats = _registered()
    if name not in formats:
        raise SettingsError(f"A format is one of {', '.join(formats)}, not {name!r}.")
    return formats[name]


def metadata_path(path: Path) -> Path:
    """Return where the columns of a file of vectors stand that cannot hold them: vectors.vec.metadata.tsv, a .gz left out."""
    plain = path.with_suffix("") if path.suffix.lower() == GZIP_ENDING else path
    return plain.with_name(plain.name + METADATA_ENDING)


def registered_formats() -> list[RegisteredFormat]:
    """Return all formats that vectors can be written in, those with an ending of their own first."""
    return sorted(_registered().values(), key=lambda each: not each.endings)


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
