"""Labels between files and spaces: bytes to unique text, and text to what a format with blanks as separators holds."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from embedviz.core.errors import DataError, VectorFormatError
from embedviz.space import EmbeddingSpace
from embedviz.space.checks import first_unusable

# What Unicode calls white space, control characters, which make a text file look binary, and the byte order mark,
# which readers drop at the start of a file.
_BLANK = re.compile(r"[\s\x00-\x1f\ufeff]")


def space_of(labels: list[bytes], vectors: np.ndarray, name: str) -> EmbeddingSpace:
    """Make the space of what was read.

    A repeated label's first vector is kept; the space's notes say how many were left out.

    Parameters
    ----------
    labels : list of bytes
        N labels as they are in the file.
    vectors : np.ndarray
        (N, D) float32.
    name : str
        Of the file, for messages.

    Raises
    ------
    VectorFormatError
        When there is nothing, or a vector holds NaN, infinity or a number too large to be compared.
    """
    if not labels:
        raise VectorFormatError(f"{name} holds no vectors.")
    bad = first_unusable(vectors)
    if bad is not None:
        raise VectorFormatError(
            f"{name}: vector {bad + 1:,}, of {_decoded(labels[bad])!r}, holds NaN, infinity or a number past 1e15. "
            f"Take that vector out, or make the file again."
        )
    notes: list[str] = []
    texts = [_decoded(label) for label in labels]
    garbled = sum("\ufffd" in text and b"\xef\xbf\xbd" not in label for text, label in zip(texts, labels, strict=True))
    if garbled:
        notes.append(f"{_counted(garbled)} not valid UTF-8; what could not be read of them shows as \ufffd.")
    first: dict[str, int] = {}
    for i, text in enumerate(texts):
        first.setdefault(text, i)
    if len(first) < len(texts):
        notes.append(f"{_counted(len(texts) - len(first))} in the file before; the first vector of each was kept.")
        vectors = vectors[list(first.values())]
    return EmbeddingSpace(list(first), vectors, notes=notes, kind="word")


def without_blanks(labels: Sequence[str]) -> list[str]:
    """Return the labels with underscores for blanks and control characters, for a blank ends a word in these formats.

    An empty label becomes "_".

    Raises
    ------
    DataError
        When two labels would become the same.
    """
    written = [_BLANK.sub("_", label).encode("utf-8", "replace").decode() or "_" for label in labels]
    if len(set(written)) < len(written):
        seen: dict[str, str] = {}
        for label, text in zip(labels, written, strict=True):
            if text in seen:
                raise DataError(
                    f"{seen[text]!r} and {label!r} would both be written as {text!r}, because a blank ends a word in "
                    f"this format. Rename one of them."
                )
            seen[text] = label
    return written


def _decoded(label: bytes) -> str:
    return label.decode("utf-8", "replace")


def _counted(n: int) -> str:
    return "1 label is" if n == 1 else f"{n:,} labels are"
