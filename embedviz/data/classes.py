"""A column of class labels as integers; missing and rare labels are left out and counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from embedviz.core.errors import DataError
from embedviz.core.plurals import counted
from embedviz.data.column import Column
from embedviz.data.written_numbers import read_numbers

MIN_ORDERED_CLASSES = 3  # two classes are as far apart as the accuracy says


@dataclass(frozen=True)
class Classes:
    """Class labels of N rows.

    Parameters
    ----------
    names : list of str
        The classes (C), the most frequent first.
    codes : (N,) int64 array
        Each row's class, -1 for rows that are left out.
    missing : int
        Rows without a label.
    rare : dict of str to int
        Classes with too few rows, which are left out, and their rows.
    """

    names: list[str]
    codes: np.ndarray
    missing: int
    rare: dict[str, int]

    @property
    def counts(self) -> np.ndarray:
        """(C,) int64: rows of each class."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.names))

    def sizes(self) -> list[tuple[str, int]]:
        """Return each class with its rows, the largest first."""
        return list(zip(self.names, self.counts.tolist(), strict=True))

    def left_out_sentences(self) -> list[str]:
        """Describe what was left out; empty where nothing was."""
        sentences = []
        if self.missing:
            sentences.append(
                f"{counted(self.missing, 'row has no class and is', 'rows have no class and are')} left out."
            )
        if self.rare:
            rows = sum(self.rare.values())
            shown = ", ".join(f"“{name}”" for name in list(self.rare)[:3]) + (
                " and others" if len(self.rare) > 3 else ""
            )
            sentences.append(
                f"{counted(len(self.rare), 'class has', 'classes have')} too few rows to learn from and to test on "
                f"({shown}); {counted(rows, 'row is', 'rows are')} left out."
            )
        return sentences


def read_classes(values: Column | pd.Series, min_rows: int = 2) -> Classes:
    """Read the classes of a column.

    Parameters
    ----------
    values : (N,) Column or Series
    min_rows : int
        Classes with fewer rows are left out.

    Raises
    ------
    DataError
        If fewer than two classes are left, for there is nothing to tell apart then.
    """
    column = Column.of(values)
    names = column.names
    counts = {name: int(count) for name, count in zip(names.distinct, names.counts, strict=True) if count}
    kept = sorted((name for name in counts if counts[name] >= min_rows), key=lambda name: (-counts[name], name))
    rare = {name: counts[name] for name in sorted(counts) if counts[name] < min_rows}
    if len(kept) < 2:
        raise DataError(_why_too_few(column.name, list(counts), kept, min_rows))
    code = {name: i for i, name in enumerate(kept)}
    codes = names.spread(np.array([code.get(name, -1) for name in names.distinct], np.int64), -1)
    return Classes(kept, codes, int(names.missing.sum()), rare)


def class_numbers(names: Sequence[str]) -> np.ndarray | None:
    """Return the numbers that ordered classes are, such as one to five stars.

    Parameters
    ----------
    names : (C) sequence of str
        The classes.

    Returns
    -------
    (C,) float64 array or None
        None where some class is no number, two are the same one, or there are fewer than three.

    Examples
    --------
    >>> class_numbers(["5", "1", "2.5"]).tolist()
    [5.0, 1.0, 2.5]
    >>> class_numbers(["good", "bad", "3"])
    """
    return _numbers(names) if len(names) >= MIN_ORDERED_CLASSES else None


def display_order(names: Sequence[str]) -> list[int]:
    """Return the places of classes in the order in which they are shown: numbers by size, other classes as they are given.

    Examples
    --------
    >>> display_order(["5", "1", "2.5"])
    [1, 2, 0]
    >>> display_order(["good", "bad"])
    [0, 1]
    """
    numbers = _numbers(names)
    return list(range(len(names))) if numbers is None else np.argsort(numbers, kind="stable").tolist()


def _numbers(names: Sequence[str]) -> np.ndarray | None:
    """Return the numbers that classes are, (C,) float64; None where some class is no number, or two are the same one."""
    numbers = read_numbers(pd.Series(list(names), dtype=object))
    return numbers if np.isfinite(numbers).all() and len(np.unique(numbers)) == len(names) else None


def _why_too_few(column: object, names: list[str], kept: list[str], min_rows: int) -> str:
    if not names:
        return f"Column {column!r} is empty in every row, so there are no classes to learn."
    if len(names) == 1:
        return f"Column {column!r} holds one class, {names[0]!r}, in every row. Two are needed to tell apart."
    if kept:
        return f"Of the classes in column {column!r} only {kept[0]!r} has {min_rows} rows or more. Two are needed."
    return (
        f"None of the {len(names):,} classes in column {column!r} has {min_rows} rows or more. "
        f"Is it a number, or an id? Choose another column."
    )
