"""The choice of one matrix where a file holds several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from embedviz.core.errors import SeveralTensorsError, VectorFormatError
from embedviz.formats.companions import INPUT_EMBEDDINGS

MAX_NAMES = 20  # in a message
MAX_DIM = 100_000


class Asked(Protocol):
    """What is read, by its name, and the matrix that was asked for: a `Source`, or a table of a database.

    Attributes
    ----------
    name : str
        For messages.
    tensor : str
        The matrix that was asked for or taken; empty for none.
    matrices : dict
        Name to shape of all, once one was taken.
    """

    name: str
    tensor: str
    matrices: dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Choice:
    """The name of the matrix to read, and what to say about the others."""

    name: str
    notes: tuple[str, ...] = ()


def choose(source: Asked, shapes: Mapping[str, Sequence[int]]) -> Choice:
    """Choose the matrix to read: the one that was asked for, the only one, or the one whose name says input embeddings.

    Parameters
    ----------
    source : Asked
        Of which `tensor` counts; its `matrices` are set, and its `tensor` where it was likely.
    shapes : mapping
        Name -> shape of everything that the file holds and that could be read.

    Raises
    ------
    SeveralTensorsError
        When there are several and none was asked for.
    VectorFormatError
        When there is none, or not the one that was asked for.
    """
    matrices = {name: (shape[0], shape[1]) for name, shape in shapes.items() if len(shape) == 2 and min(shape) > 0}
    if not matrices:
        held = _listed({name: tuple(shape) for name, shape in shapes.items()})
        raise VectorFormatError(
            f"{source.name} holds no matrix: an array of numbers with two dimensions, rows and columns. It holds: {held}."
        )
    if source.tensor:
        if source.tensor not in matrices:
            raise VectorFormatError(f"{source.name} holds no matrix {source.tensor!r}. It holds: {_listed(matrices)}.")
        source.matrices = matrices
        return Choice(source.tensor)
    likely = [name for name in matrices if INPUT_EMBEDDINGS.search(name)]
    if len(matrices) == 1:
        return Choice(next(iter(matrices)))
    if len(likely) == 1:
        source.matrices, source.tensor = matrices, likely[0]
        return Choice(likely[0], (f"Of {len(matrices):,} matrices in the file, {likely[0]!r} was taken.",))
    ordered = {name: matrices[name] for name in [*likely, *matrices]}
    raise SeveralTensorsError(
        f"{source.name} holds {len(matrices):,} matrices; choose one of them by tensor=…: {_listed(ordered)}.", ordered
    )


def check_dim(source: Asked, dim: int) -> None:
    """Raise VectorFormatError for more dimensions than vectors have."""
    if dim > MAX_DIM:
        raise VectorFormatError(f"{source.name} promises vectors of {dim:,} dimensions; at most {MAX_DIM:,} are read.")


def _listed(shapes: Mapping[str, tuple[int, ...]]) -> str:
    named = [f"{name} ({' x '.join(f'{n:,}' for n in shape)})" for name, shape in list(shapes.items())[:MAX_NAMES]]
    return ", ".join([*named, *(["…"] if len(shapes) > MAX_NAMES else [])]) or "nothing"
