"""Labels between files and spaces: bytes to unique text, and text to what a format with blanks as separators holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast

import numpy as np
import pandas as pd
import pyarrow as pa

from embedviz.core.errors import DataError, VectorFormatError
from embedviz.data.charsets import find_charset
from embedviz.formats.left_out import LeftOut
from embedviz.space import EmbeddingSpace
from embedviz.space.checks import first_unusable, usable_rows
from embedviz.space.subwords import Subwords

# What Unicode calls white space, control characters, which make a text file look binary, and the byte order mark,
# which readers drop at the start of a file.
_BLANK = re.compile(r"[\s\x00-\x1f\ufeff]")
MIN_GARBLED = 20  # labels that are not UTF-8: fewer say nothing about an encoding
UNUSABLE = "holds NaN, infinity or a number past 1e15"


def space_of(
    labels: Sequence[bytes] | pa.ChunkedArray,
    vectors: np.ndarray,
    name: str,
    *,
    notes: Sequence[str] = (),
    columns: pd.DataFrame | None = None,
    subwords: Subwords | None = None,
) -> EmbeddingSpace:
    """Make the space of what was read.

    Vectors with NaN, infinity or numbers too large to be compared are left out, and of a repeated label the first vector
    is kept; the space's notes say how many.

    Parameters
    ----------
    labels : sequence of bytes or pa.ChunkedArray
        N labels as they are in the file.
    vectors : np.ndarray
        (N, D) float32.
    name : str
        Of the file, for messages.
    notes : sequence of str
        What the reader has to say about the file.
    columns : pd.DataFrame, optional
        What is known of each label, N rows.
    subwords : Subwords, optional
        Vectors of character n-grams that came with the words.

    Raises
    ------
    VectorFormatError
        When there is nothing, or most vectors cannot be used.
    """
    if not len(labels):
        raise VectorFormatError(f"{name} holds no vectors.")
    texts, said = _decoded(labels)
    left_out = LeftOut(name, "vector")
    keep = np.arange(len(texts))
    if first_unusable(vectors) is not None:
        usable = usable_rows(vectors)
        for row in np.flatnonzero(~usable).tolist():
            left_out.add(row + 1, f"{texts[row]!r} {UNUSABLE}")
        keep = np.flatnonzero(usable)
        left_out.check(len(keep))
    if len(keep) < len(texts) or len(set(texts)) < len(texts):
        first: dict[str, int] = {}
        for row in keep.tolist():
            first.setdefault(texts[row], row)
        if len(first) < len(keep):
            said.append(f"{_counted(len(keep) - len(first))} in the file before; the first vector of each was kept.")
        rows = list(first.values())
        texts, vectors = list(first), vectors[rows]
        columns = None if columns is None else columns.iloc[rows]
    notes = [*notes, *left_out.notes(len(keep)), *said]
    return EmbeddingSpace(texts, vectors, columns, notes=notes, kind="word", subwords=subwords)


def without_blanks(labels: Sequence[str]) -> list[str]:
    """Return the labels with underscores for blanks and control characters, for a blank ends a word in these formats.

    An empty label becomes "_".

    Raises
    ------
    DataError
        When two labels would become the same.
    """
    text = "".join(labels)
    if all(labels) and text.isprintable() and " " not in text:  # no other blank is printable
        return list(labels)
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


def _decoded(labels: Sequence[bytes] | pa.ChunkedArray) -> tuple[list[str], list[str]]:
    """Return the labels as text, and a note when some are not UTF-8."""
    array = cast(
        pa.ChunkedArray,
        labels if isinstance(labels, pa.ChunkedArray) else pa.chunked_array([pa.array(labels, pa.large_binary())]),
    )
    try:
        return array.cast(pa.large_string()).to_numpy().tolist(), []
    except pa.ArrowInvalid:
        return _decoded_one_by_one(array.to_pylist())


def _decoded_one_by_one(labels: list[bytes]) -> tuple[list[str], list[str]]:
    invalid = [label for label in labels if not _is_utf8(label)]
    beyond_ascii = sum(not label.isascii() for label in labels)
    if len(invalid) >= MIN_GARBLED and len(invalid) > beyond_ascii / 2:  # few are words that were cut, not an encoding
        encoding = find_charset(b"\n".join(invalid)).encoding
        note = f"{_counted(len(invalid))} not valid UTF-8; they were read as {encoding}."
        return [label.decode() if _is_utf8(label) else label.decode(encoding, "replace") for label in labels], [note]
    texts: list[str] = []
    shown: dict[str, bytes] = {}
    for label in labels:
        text = label.decode("utf-8", "replace")
        if "\ufffd" in text and shown.setdefault(text, label) != label:
            text = label.decode("utf-8", "backslashreplace")  # two that differ only in what cannot be read
        texts.append(text)
    return texts, [f"{_counted(len(invalid))} not valid UTF-8; what could not be read of them shows as \ufffd."]


def _is_utf8(label: bytes) -> bool:
    try:
        label.decode()
    except UnicodeDecodeError:
        return False
    return True


def _counted(n: int) -> str:
    return "1 label is" if n == 1 else f"{n:,} labels are"
