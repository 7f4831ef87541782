"""A column of classes to numbers: any spelling, numbers and truth values included; missing and rare ones told apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from embedviz.core.errors import DataError


@dataclass(frozen=True)
class Classes:
    """names (C), the most frequent first; codes (n,) int64, -1 for rows that are left out; missing: rows without a
    value; rare: classes of too few rows, with their rows, left out."""

    names: list[str]
    codes: np.ndarray
    missing: int
    rare: dict[str, int]

    @property
    def counts(self) -> np.ndarray:
        """(C,) rows of each class."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.names))

    def sizes(self) -> list[tuple[str, int]]:
        """Each class with its rows, the largest first."""
        return list(zip(self.names, self.counts.tolist(), strict=True))

    def left_out_sentences(self) -> list[str]:
        """What was left out, in words; empty when nothing was."""
        said = []
        if self.missing:
            said.append(
                f"{self.missing:,} {'row has' if self.missing == 1 else 'rows have'} no class and are left out."
            )
        if self.rare:
            rows = sum(self.rare.values())
            shown = ", ".join(f"“{name}”" for name in list(self.rare)[:3]) + (
                " and others" if len(self.rare) > 3 else ""
            )
            said.append(
                f"{len(self.rare):,} {'class has' if len(self.rare) == 1 else 'classes have'} too few rows to learn "
                f"from and to test on ({shown}); {rows:,} {'row is' if rows == 1 else 'rows are'} left out."
            )
        return said


def class_name(value: object) -> str:
    """A class as people read it: 1.0 and 1 are one class, white space around it is none of it."""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def class_names(values: pd.Series) -> pd.Series:
    """Each cell's class_name, missing where the cell is missing or blank."""
    cells = values.astype(object)
    names = pd.Series(pd.NA, index=values.index, dtype=object)
    filled = cells.notna()
    names[filled] = [class_name(cell) for cell in cells[filled]]
    return names.mask(names == "")


def read_classes(values: pd.Series, fewest: int = 2) -> Classes:
    """The classes of a column; those of fewer than `fewest` rows are left out. DataError when fewer than two are left,
    for there is nothing to tell apart then."""
    names = class_names(values)
    counts = names.value_counts()
    kept = sorted(counts.index[counts >= fewest], key=lambda name: (-counts[name], name))
    rare = {name: int(counts[name]) for name in sorted(counts.index[counts < fewest])}
    if len(kept) < 2:
        raise DataError(_why_too_few(values.name, counts, kept, fewest))
    number = {name: i for i, name in enumerate(kept)}
    codes = names.map(number).fillna(-1).to_numpy(np.int64)
    return Classes(kept, codes, int(names.isna().sum()), rare)


def _why_too_few(column: object, counts: pd.Series, kept: list[str], fewest: int) -> str:
    if not len(counts):
        return f"Column {column!r} is empty in every row, so there are no classes to learn."
    if len(counts) == 1:
        return f"Column {column!r} holds one class, {counts.index[0]!r}, in every row. Two are needed to tell apart."
    if kept:
        return f"Of the classes in column {column!r} only {kept[0]!r} has {fewest} rows or more. Two are needed."
    return (
        f"None of the {len(counts):,} classes in column {column!r} has {fewest} rows or more. "
        f"Is it a number, or an id? Choose another column."
    )
