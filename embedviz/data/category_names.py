"""Cells as people read them, dictionary-encoded: each distinct name is stored once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import pandas as pd

# what people write where nothing is known, in lower case
MARKS = {
    "?", "??", "-", "--", "---", "–", "—", ".", "..", "...", "*", "na", "n/a", "n.a.", "#n/a", "<na>", "nan", "null", "nil",
    "none", "missing", "unknown", "undefined", "not available", "not known", "no data",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Names:
    """The names of N cells, V of them distinct.

    Parameters
    ----------
    codes : (N,) int32 array
        Each cell's place in `distinct`, -1 where it is missing or blank.
    distinct : (V,) object array of str
        In order of first appearance; after `take`, some may not occur.
    """

    codes: np.ndarray
    distinct: np.ndarray

    @classmethod
    def of(cls, values: pd.Series) -> Self:
        """Name every cell; 1 and 1.0 are one name, and so are "a" and " a "."""
        if values.dtype == object:
            values = values.map(lambda cell: cell if cell is None or pd.api.types.is_scalar(cell) else str(cell))
        codes, cells = pd.factorize(values)  # -1 for what is missing
        names = pd.Series([class_name(cell) for cell in cells], dtype=object)
        merged, distinct = pd.factorize(names.mask(names == ""))
        return cls(np.append(merged, -1)[codes].astype(np.int32), np.asarray(distinct, object))

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: np.ndarray) -> Self:
        """Return the names of some rows, by number or as a mask."""
        return type(self)(self.codes[rows], self.distinct)

    @cached_property
    def counts(self) -> np.ndarray:
        """(V,) int64: cells of each distinct name."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.distinct))

    @cached_property
    def is_mark(self) -> np.ndarray:
        """(V,) bool: whether a distinct name stands for nothing, as a question mark does."""
        return is_mark(self.distinct)

    @property
    def missing(self) -> np.ndarray:
        """(N,) bool: whether a cell is missing or blank."""
        return self.codes < 0

    def spread(self, values: np.ndarray, fill: object) -> np.ndarray:
        """Give every cell the value of its name: (V,) -> (N,), `fill` where the cell is missing."""
        return np.append(values, np.array([fill], values.dtype))[self.codes]

    def series(self, index: pd.Index | None = None, name: object = None) -> pd.Series:
        """Return the names themselves, NA where a cell is missing: (N,) object."""
        return pd.Series(self.spread(self.distinct, pd.NA), index=index, name=name, dtype=object)


def class_name(value: object) -> str:
    """Return a cell as people read it: 1.0 and 1 are both "1"; white space around it is left out."""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def is_mark(names: Iterable[object]) -> np.ndarray:
    """Tell which names stand for nothing, as "?" and "n/a" do: (n,) bool."""
    return np.array([isinstance(name, str) and name.casefold() in MARKS for name in names], bool)
