"""One column of a table, with what its cells were parsed to."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from embedviz.core.errors import ColumnError
from embedviz.data.category_names import Names
from embedviz.data.dates import TYPED, format_of_names, parse_dates, read_dates
from embedviz.data.written_numbers import POINT, decimal_votes, elected_sign, read_numbers

StoredKind = Literal["number", "boolean", "date", "text"]


def cells_of(frame: pd.DataFrame, name: str) -> pd.Series:
    """Return a column of a frame; ColumnError if several columns have its name."""
    cells = frame[name]
    if not isinstance(cells, pd.Series):
        raise ColumnError(f"Several columns are called {name!r}. Give each its own name.")
    return cells


@dataclass(frozen=True, eq=False)
class Column:
    """Cells of a table that are parsed once, on first use.

    Names, numbers and dates are kept; those of some rows (`take`) are taken from those of all.

    Parameters
    ----------
    name : str
        The column's name in its table.
    values : (N,) Series
        The cells as they are stored.
    """

    name: Hashable
    values: pd.Series
    _whole: Column | None = field(default=None, repr=False)
    _rows: np.ndarray | None = field(default=None, repr=False)  # of _whole
    _numbers: dict[str, np.ndarray] = field(default_factory=dict, init=False, repr=False)  # decimal sign -> (N,)
    _dates: dict[str, pd.DatetimeIndex] = field(default_factory=dict, init=False, repr=False)  # format -> (V,)

    @classmethod
    def of(cls, values: pd.Series | Column) -> Column:
        """Return the cells as a column; a column is returned as it is."""
        return values if isinstance(values, Column) else cls(values.name, values)

    def __len__(self) -> int:
        return len(self.values)

    def take(self, rows: np.ndarray) -> Column:
        """Return some rows, by number or as a mask (n,); nothing is parsed again."""
        numbers = np.arange(len(self))[rows]
        if self._whole is not None and self._rows is not None:
            return Column(self.name, self.values.iloc[numbers], self._whole, self._rows[numbers])
        return Column(self.name, self.values.iloc[numbers], self, numbers)

    @cached_property
    def kind(self) -> StoredKind:
        """Type of the stored cells; written numbers are "text"."""
        if pd.api.types.is_bool_dtype(self.values):
            return "boolean"
        if pd.api.types.is_numeric_dtype(self.values):
            return "number"
        return "date" if pd.api.types.is_datetime64_any_dtype(self.values) else "text"

    @cached_property
    def names(self) -> Names:
        """The cells as people read them; 1 and 1.0 are one name, blank ones are missing."""
        return Names.of(self.values) if self._rows is None else self.whole.names.take(self._rows)

    @cached_property
    def missing(self) -> np.ndarray:
        """(N,) bool: whether a cell is missing or blank."""
        return self.values.isna().to_numpy(bool) if self.kind == "number" else self.names.missing

    @property
    def n_filled(self) -> int:
        """Cells that are not missing."""
        return len(self) - int(self.missing.sum())

    @cached_property
    def n_distinct(self) -> int:
        """Distinct names among the cells."""
        if self.kind == "number":
            return self.values.nunique()
        return int(np.count_nonzero(self.names.counts))

    @cached_property
    def decimal_sign(self) -> str:
        """The sign before the fractions of written numbers, "," or ".", as these rows tell it."""
        if self.kind == "number":
            return POINT
        return elected_sign(self.whole._decimal_votes, self.names.counts)

    def numbers(self, decimal: str | None = None) -> np.ndarray:
        """Return the cells as numbers: (N,) float64, NaN where a cell is none.

        Parameters
        ----------
        decimal : {",", "."}, optional
            The sign before fractions; by default that of these rows. See `embedviz.data.written_numbers.read_numbers`.
        """
        decimal = self.decimal_sign if decimal is None else decimal
        if self._rows is not None:
            return self.whole.numbers(decimal)[self._rows]
        if decimal not in self._numbers:
            names = None if self.kind == "number" else self.names
            self._numbers[decimal] = read_numbers(self.values, decimal, names)
        return self._numbers[decimal]

    @cached_property
    def date_format(self) -> str | None:
        """The format in which these rows are dates, None where they are none. See `embedviz.data.dates.date_format`."""
        if self.kind == "number":
            return None
        return TYPED if self.kind == "date" else format_of_names(self.names, self.whole._distinct_dates)

    def dates(self, format: str) -> pd.Series:
        """Return the cells as dates without a time zone: (N,), NaT where a cell is none."""
        if not isinstance(self.values.dtype, pd.StringDtype):
            return read_dates(self.values, format)
        dates = self.whole._distinct_dates(format).take(self.names.codes, fill_value=np.datetime64("NaT"))
        return pd.Series(dates, index=self.values.index, name=self.name)

    @property
    def whole(self) -> Column:
        """The column that these rows were taken from; the column itself where it has all its rows."""
        return self if self._whole is None else self._whole

    @cached_property
    def _decimal_votes(self) -> np.ndarray:
        return decimal_votes(self.names.distinct)

    def _distinct_dates(self, format: str) -> pd.DatetimeIndex:
        """The dates of the distinct names: (V,)."""
        if format not in self._dates:
            self._dates[format] = parse_dates(self.names.distinct, format)
        return self._dates[format]
