"""Labels of a large space: texts in an Arrow file that is mapped from disk, found by their hashes.

Ten million labels as Python strings with a dict of their rows take 1.7 GB; here they take no memory of their own.
Letters: N labels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast, overload

import numpy as np
import pandas as pd
import pyarrow as pa

from embedviz.core.errors import DataError
from embedviz.core.files import replacing

MIN_STORED = 1_000_000  # labels; fewer are a list, which is looked up faster
BLOCK = 65_536  # labels turned into strings at a time
LABEL, HASH, ROW = "label", "hash", "row"
TOKEN = b"embedviz.labels"


class StoredLabels(Sequence[str]):
    """N different labels, each with its row.

    Parameters
    ----------
    texts : pa.LargeStringArray
        The labels, none missing.
    hashes : np.ndarray
        (N,) uint64, ascending: their hashes.
    rows : np.ndarray
        (N,) uint32, the row of each hash's label.
    """

    def __init__(self, texts: pa.LargeStringArray, hashes: np.ndarray, rows: np.ndarray):
        self.texts, self._hashes, self._rows = texts, hashes, rows

    @classmethod
    def build(cls, texts: pa.LargeStringArray) -> StoredLabels:
        """Hash labels and sort the hashes.

        Raises
        ------
        DataError
            When a label occurs twice.
        """
        hashes = np.empty(len(texts), np.uint64)
        for start in range(0, len(texts), BLOCK):
            part = texts.slice(start, BLOCK)
            hashes[start : start + len(part)] = _hashed(part.to_numpy(zero_copy_only=False))
        rows = np.argsort(hashes, kind="stable").astype(np.uint32)
        labels = cls(texts, hashes[rows], rows)
        if (twice := labels.repeated()) is not None:
            raise DataError(f"The label {texts[twice].as_py()!r} occurs twice; labels have to be unique.")
        return labels

    @classmethod
    def open(cls, path: Path, token: str) -> StoredLabels | None:
        """Map the labels that were saved with the token; None for other ones, or where there are none."""
        try:
            table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
        except (FileNotFoundError, pa.ArrowInvalid):
            return None
        if (table.schema.metadata or {}).get(TOKEN) != token.encode() or table.column(LABEL).num_chunks != 1:
            return None
        texts, hashes, rows = (table.column(name).chunk(0) for name in (LABEL, HASH, ROW))
        labels = cls(cast(pa.LargeStringArray, texts), hashes.to_numpy(), rows.to_numpy())
        is_same_hash = labels.row(labels[0]) == 0  # another version of pandas may hash otherwise
        return labels if is_same_hash else None

    def save(self, path: Path, token: str) -> None:
        """Write an Arrow file in one step; `open` knows it by the token."""
        columns = [self.texts, pa.array(self._hashes), pa.array(self._rows)]
        table = pa.table(columns, names=[LABEL, HASH, ROW]).replace_schema_metadata({TOKEN: token.encode()})
        with replacing(path) as temporary, pa.ipc.new_file(str(temporary), table.schema) as writer:
            writer.write_table(table)

    def row(self, label: object) -> int | None:
        """Return the row of a label, or None when it is not there."""
        if not isinstance(label, str) or not _is_unicode(label):
            return None
        key = _hashed(np.array([label], object))[0]
        first, last = (int(np.searchsorted(self._hashes, key, side)) for side in ("left", "right"))
        return next((row for row in self._rows[first:last].tolist() if self[row] == label), None)

    def repeated(self) -> int | None:
        """Return the first row whose label another row has, or None."""
        alike = np.flatnonzero(self._hashes[1:] == self._hashes[:-1])
        pairs = ((int(self._rows[at]), int(self._rows[at + 1])) for at in alike)
        return min((min(a, b) for a, b in pairs if self[a] == self[b]), default=None)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            start, stop, step = at.indices(len(self))
            if step == 1:
                return cast("list[str]", self.texts.slice(start, max(0, stop - start)).to_pylist())
            return [self[i] for i in range(start, stop, step)]
        at = int(at)
        if not -len(self) <= at < len(self):
            raise IndexError(f"There is no label {at} among {len(self):,}.")
        return cast(str, self.texts[at % len(self)].as_py())

    def __len__(self) -> int:
        return len(self.texts)

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self), BLOCK):
            yield from self[start : start + BLOCK]

    def __contains__(self, label: object) -> bool:
        return self.row(label) is not None

    def __eq__(self, other: object) -> bool:
        if isinstance(other, StoredLabels):
            return self.texts.equals(other.texts)
        if not isinstance(other, list) or len(cast("list[object]", other)) != len(self):
            return False
        return all(a == b for a, b in zip(self, cast("list[object]", other), strict=True))

    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def __repr__(self) -> str:
        return f"<{len(self):,} labels, from {self[0]!r} to {self[-1]!r}>" if len(self) else "<no labels>"


def _hashed(labels: np.ndarray) -> np.ndarray:
    """Return the SipHash of labels (N,) of objects: (N,) uint64."""
    return pd.util.hash_array(labels, categorize=False)


def _is_unicode(label: str) -> bool:
    try:
        label.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which no file holds
        return False
    return True
