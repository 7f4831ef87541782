"""Rows of a matrix with what is known of each: which column labels them, and the space that they make.

Letters: N rows, D dimensions.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
import pandas as pd

from embedviz.core.errors import DataError, VectorFormatError
from embedviz.formats.labels import without_blanks
from embedviz.formats.metadata_files import LABEL, Metadata
from embedviz.formats.source import Source
from embedviz.space import EmbeddingSpace
from embedviz.space.checks import MAX_ENTRY, first_unusable
from embedviz.space.embedding_space import RESERVED
from embedviz.space.kinds import SPACE_KINDS, SpaceKind

NUMBERED = "There are no labels in the file: its rows are numbered."
LABEL_NAMES = (
    "label",
    "labels",
    "word",
    "words",
    "token",
    "tokens",
    "term",
    "key",
    "keys",
    "name",
    "names",
    "title",
    "text",
)
ID_NAMES = ("id", "ids", "identifier", "item", "user")
TEXT_NAMES = ("text", "sentence", "document", "review", "abstract", "description", "content", "body")
MAX_NAMED = 3  # rows left out that a note names


def space_of_rows(
    source: Source,
    vectors: np.ndarray,
    columns: pd.DataFrame | None = None,
    labels: list[str] | None = None,
    *,
    total: int | None = None,
    notes: Sequence[str] = (),
) -> EmbeddingSpace:
    """Make the space of the rows that were read, with the metadata that came with them.

    Equal labels get a number, so that no row is lost; rows with NaN, infinity or numbers too large to be compared are left
    out. The space's notes say so.

    Parameters
    ----------
    source : Source
        Where they were read from.
    vectors : np.ndarray
        (N, D) numbers.
    columns : pd.DataFrame, optional
        N rows. The column that names the rows best becomes their labels, unless these are given.
    labels : list of str, optional
        N labels.
    total : int, optional
        How many rows the file holds, where only its first ones were read.
    notes : sequence of str
        What the reader has to say about the file.

    Raises
    ------
    VectorFormatError
        When there is nothing, when the metadata have another number of rows, or when most vectors cannot be used.
    """
    if not len(vectors) or not vectors.shape[1]:
        raise VectorFormatError(f"{source.name} holds no vectors.")
    said = list(notes)
    known = pd.DataFrame(index=range(len(vectors))) if columns is None else columns
    metadata = source.metadata or (source.vocabulary if labels is None and known.empty else None)
    if metadata is not None:
        count = len(vectors) if total is None else total
        rows = _described(metadata, count, source, said)
        if rows is not None:
            rows = rows[rows < len(vectors)]
            vectors, known = vectors[rows], known.iloc[rows].reset_index(drop=True)
            labels = None if labels is None else [labels[row] for row in rows.tolist()]
            known = _joined(known, metadata.columns.iloc[: len(rows)])
    kind: SpaceKind = "word"
    if labels is None:
        column = label_column(known)
        if column is None:
            labels, kind = [str(row) for row in range(1, len(vectors) + 1)], "row"
            said.append(NUMBERED)
        else:
            labels = texts_of(known[column])
            known = known.drop(columns=column)
            kind = "text" if column.lower() in TEXT_NAMES else "word"
    for known_kind in SPACE_KINDS:
        if known_kind == source.kind:
            kind = known_kind
    labels = unique_labels(list(labels), said)
    return _usable_space(source.name, labels, vectors, known, kind, said)


def label_column(columns: pd.DataFrame) -> str | None:
    """Return the column that names the rows: by its name, an identifier, or the first of texts, rather of distinct ones.

    A column of one text in every row names none of them.
    """
    by_name = {str(name).strip().lower(): str(name) for name in columns.columns}
    texts = [str(name) for name in columns.columns if pd.api.types.is_string_dtype(columns[name])]
    for likely in LABEL_NAMES:
        if by_name.get(likely) in texts:
            return by_name[likely]
    distinct = [name for name in texts if columns[name].is_unique and columns[name].notna().all()]
    for likely in (*ID_NAMES, *LABEL_NAMES):
        name = by_name.get(likely)
        if name is None or (name not in texts and distinct):
            continue
        if columns[name].is_unique and not pd.api.types.is_float_dtype(columns[name]):
            return name
    differing = (name for name in texts if len(columns) == 1 or columns[name].nunique() > 1)
    return next(chain(distinct, differing), None)


def with_metadata(space: EmbeddingSpace, source: Source, limit: int | None) -> EmbeddingSpace:
    """Return a space of a format with labels of its own, with the columns of the metadata or of a file beside it.

    A column "label" that holds the space's labels, perhaps with the blanks that the format cannot hold, takes their place.

    Raises
    ------
    VectorFormatError
        When the metadata have another number of rows than the space, or fewer where only its first rows were read.
    """
    metadata = source.metadata
    if metadata is None:
        return _with_columns_beside(space, source, limit)
    given = len(metadata.columns)
    if given != len(space) and not (limit is not None and given > len(space) == limit):
        raise VectorFormatError(_other_count(source.name, len(space), metadata))
    return _with_columns(space, metadata.columns.iloc[: len(space)])


def _with_columns_beside(space: EmbeddingSpace, source: Source, limit: int | None) -> EmbeddingSpace:
    """Return a space with the columns that were written beside its file; those of other labels are noted and not used."""
    metadata = source.columns_beside
    if metadata is None:
        return space
    rows = metadata.columns.iloc[: len(space)] if len(space) == limit else metadata.columns
    if _original_labels(space, rows) is None:
        note = f"{metadata.name} beside the file is about other labels, so it was not used."
        return _replaced(space, space.labels, space.columns, [*space.notes, note])
    return _with_columns(space, rows)


def _with_columns(space: EmbeddingSpace, rows: pd.DataFrame) -> EmbeddingSpace:
    labels = _original_labels(space, rows)
    if labels is not None:
        rows = rows.drop(columns=LABEL)
    named = rows.rename(columns={name: f"{name} (metadata)" for name in RESERVED})
    return _replaced(space, space.labels if labels is None else labels, _joined(space.columns, named), space.notes)


def _original_labels(space: EmbeddingSpace, rows: pd.DataFrame) -> list[str] | None:
    """Return the labels that metadata name, when they are the space's but for blanks and underscores; else None."""
    if LABEL not in rows or len(rows) != len(space):
        return None
    named = texts_of(rows[LABEL].astype("str"))
    given = list(space.labels)
    if named == given:
        return named
    try:
        return named if len(set(named)) == len(named) and without_blanks(named) == given else None
    except DataError:  # two of them would be one label of such a file, so they are not those of this one
        return None


def _replaced(
    space: EmbeddingSpace, labels: Sequence[str], columns: pd.DataFrame, notes: Sequence[str]
) -> EmbeddingSpace:
    return EmbeddingSpace(labels, space.vectors, columns, space.name, notes, kind=space.kind, subwords=space.subwords)


def _described(metadata: Metadata, count: int, source: Source, said: list[str]) -> np.ndarray | None:
    """Return which rows of `count` the metadata are about; None where they cannot be used."""
    rows = metadata.rows
    if rows is None:
        if len(metadata.columns) != count:
            raise VectorFormatError(_other_count(source.name, count, metadata))
        return np.arange(count)
    if not len(rows) or int(rows.max()) >= count:
        if metadata is source.metadata:
            raise VectorFormatError(_other_count(source.name, count, metadata))
        said.append(
            f"{metadata.name} beside the file has {len(rows):,} entries for {count:,} vectors, so it was not used."
        )
        return None
    if metadata is not source.metadata:
        said.append(f"The labels are those of {metadata.name} beside the file.")
    if len(rows) < count - metadata.unnamed_rows:
        said.append(f"{count - len(rows):,} rows without a token in {metadata.name} were left out.")
    return rows


def _other_count(name: str, count: int, metadata: Metadata) -> str:
    given = len(metadata.columns)
    hint = ""
    if given == count + 1 and metadata.columns.shape[1] == 1:
        hint = " A metadata file with one column has no header line."
    elif given == count - 1 and metadata.columns.shape[1] > 1:
        hint = " A metadata file with several columns needs a header line."
    return f"{name} holds {count:,} vectors, but {metadata.name} describes {given:,}: each vector needs one row.{hint}"


def _joined(columns: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    """Return both beside each other; a column of `more` takes the place of one of the same name."""
    kept = columns.drop(columns=[name for name in columns.columns if name in more.columns])
    return pd.concat([kept.reset_index(drop=True), more.reset_index(drop=True)], axis=1)


def texts_of(column: pd.Series) -> list[str]:
    """Return the cells as labels, "row 3" where one is missing."""
    texts = column.astype("str")
    missing = column.isna().to_numpy()
    return [
        f"row {row}" if gone else text for row, (text, gone) in enumerate(zip(texts.tolist(), missing, strict=True), 1)
    ]


def unique_labels(labels: list[str], said: list[str]) -> list[str]:
    """Return the labels, a number behind each that was there before."""
    if len(set(labels)) == len(labels):
        return labels
    taken, last = set(labels), dict[str, int]()
    seen: set[str] = set()
    changed = 0
    for row, label in enumerate(labels):
        if label not in seen:
            seen.add(label)
            continue
        n = last.get(label, 1) + 1
        while f"{label} ({n})" in taken:
            n += 1
        last[label] = n
        labels[row] = f"{label} ({n})"
        taken.add(labels[row])
        changed += 1
    said.append(f"{changed:,} {'label was' if changed == 1 else 'labels were'} there before and got a number.")
    return labels


def _usable_space(
    name: str, labels: list[str], vectors: np.ndarray, columns: pd.DataFrame, kind: SpaceKind, said: list[str]
) -> EmbeddingSpace:
    with np.errstate(over="ignore", invalid="ignore"):
        numbers = np.ascontiguousarray(vectors, np.float32)
        is_usable = first_unusable(numbers) is None
    if not is_usable:
        usable = np.all(np.abs(numbers) <= MAX_ENTRY, axis=1)  # (N,), False for NaN too
        bad = np.flatnonzero(~usable)
        reasons = "; ".join(
            f"vector {row + 1:,}, of {labels[row][:60]!r}, holds NaN, infinity or a number past 1e15"
            for row in bad[:MAX_NAMED].tolist()
        )
        if 2 * len(bad) > len(numbers):
            raise VectorFormatError(f"{name}: {len(bad):,} of {len(numbers):,} vectors cannot be used; {reasons}.")
        more = f"; and {len(bad) - MAX_NAMED:,} more" if len(bad) > MAX_NAMED else ""
        said.append(f"{len(numbers) - len(bad):,} of {len(numbers):,} vectors were read; {reasons}{more}.")
        labels = [label for label, good in zip(labels, usable, strict=True) if good]
        numbers, columns = numbers[usable], columns[usable]
    renamed = columns.rename(columns={column: f"{column} (file)" for column in columns.columns if column in RESERVED})
    return EmbeddingSpace(labels, numbers, renamed, notes=said, kind=kind)
