"""Numbers as people write them: $12.50, € 3, 12 %, 1,371, 1.234,5, (12.00) for -12, €12.5M, 4.1/5."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from embedviz.data.category_names import Names
from embedviz.data.cell_patterns import THOUSANDS_BLANKS, UNIT

MAX_NUMBER = 1e30  # a larger number counts as missing, for its square overflows
COMMA, POINT = ",", "."
_OTHER = {COMMA: POINT, POINT: COMMA}
_BRACKETS = rf"^\((?:{UNIT})?\s*\d[\d.,' ]*(?:{UNIT})?\)$"  # how bookkeepers write what is lost
_SCALE = {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "bn": 1e9}
_SCALED = re.compile(rf"^([+-]?{UNIT}?\s*[\d.,]*\d)\s*(k|K|M)(\s*{UNIT})?$|^([+-]?{UNIT}\s*[\d.,]*\d)\s*(B|bn)$")
_OUT_OF = r"^([+-]?[\d.,]*\d)\s*(?:/|out of)\s*(\d{1,3})$"  # 4.1/5, 8 out of 10: of the most that can be given
_SPACED = rf"^[+-]?\d{{1,3}}(?:[{THOUSANDS_BLANKS}'’]\d{{3}})+(?:[.,]\d+)?$"  # 1 234,5
_AMBIGUOUS = r"^[+-]?[1-9]\d{0,2}[.,]\d{3}$"  # 1,371 and 1.371: a thousand or a fraction, as the rest of the column is
_NUMBER = {
    COMMA: r"^[+-]?(?:(?:\d+,?\d*|,\d+)(?:[eE][+-]?\d{1,3})?|[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?)$",
    POINT: r"^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?|[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?)$",
}


def decimal_sign(values: pd.Series) -> str:
    """Return COMMA or POINT, whichever precedes the fractions of a column.

    Cells that can be read in one way only decide; POINT where there are none.
    """
    if pd.api.types.is_numeric_dtype(values):
        return POINT
    names = Names.of(values)
    return elected_sign(decimal_votes(names.distinct), names.counts)


def decimal_votes(names: np.ndarray) -> np.ndarray:
    """Return 1 for a name that is a number only with a decimal comma, -1 for a point, else 0: (V,) -> (V,) int64."""
    cells = _without_units(_without_scales(names)[0])
    unambiguous = ~cells.str.match(_AMBIGUOUS).to_numpy(bool)
    comma, point = (cells.str.match(_NUMBER[sign]).to_numpy(bool) for sign in (COMMA, POINT))
    return (unambiguous & comma).astype(np.int64) - (unambiguous & point)


def elected_sign(votes: np.ndarray, counts: np.ndarray) -> str:
    """Return the sign that most cells vote for. votes, counts : (V,) int64."""
    return COMMA if int(votes @ counts) > 0 else POINT


def read_numbers(values: pd.Series, decimal: str = POINT, names: Names | None = None) -> np.ndarray:
    """Read cells as numbers.

    Parameters
    ----------
    values : (N,) Series
    decimal : {",", "."}
        The column's decimal sign, by which 1,371 is read; 12,5 and 1.234,5 are numbers in any column.
    names : Names, optional
        The names of the cells, where they are known already.

    Returns
    -------
    (N,) float64 array
        NaN where a cell is missing, no number, or beyond MAX_NUMBER.
    """
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        numbers = values.to_numpy(np.float64, na_value=np.nan)
    else:
        names = Names.of(values) if names is None else names
        numbers = names.spread(parse_numbers(names.distinct, decimal), np.nan)
        if values.dtype == object:  # a number among words is itself, not how it is written
            typed = values.map(lambda cell: isinstance(cell, int | float | np.number) and not isinstance(cell, bool))
            typed = typed.to_numpy(bool)
            numbers[typed] = values[typed].astype(np.float64)
    return np.where(np.abs(numbers) <= MAX_NUMBER, numbers, np.nan)


def parse_numbers(names: np.ndarray, decimal: str) -> np.ndarray:
    """Parse written numbers: (V,) names -> (V,) float64, NaN where a name is no number."""
    cells, scales = _without_scales(names)
    cells = _without_units(cells)
    numbers = np.full(len(cells), np.nan)
    for sign in (_OTHER[decimal], decimal):  # where a cell can be read both ways, the column's own sign overrides
        fits = cells.str.match(_NUMBER[sign]).to_numpy(bool, copy=True)
        if sign != decimal:
            fits &= ~cells.str.match(_AMBIGUOUS).to_numpy(bool)
        plain = cells.loc[fits].str.replace(_OTHER[sign], "", regex=False).str.replace(sign, ".", regex=False)
        numbers[fits] = plain.astype(np.float64)
    return numbers * scales


def _without_scales(names: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The names without a K or M behind them and without "/5", and what each number is multiplied by: (V,) and (V,)."""
    cells = pd.Series(names, dtype=object).astype("str")
    scales = np.ones(len(cells))
    out_of = cells.str.extract(_OUT_OF)
    if out_of[1].nunique() == 1:  # 4/5 beside 3/7 are no ratings: days, or fractions
        cells = cells.mask(out_of[1].notna(), out_of[0])
    for i in np.flatnonzero(cells.str.contains(r"\d\s*(?:[kKMB]|bn)", regex=True).to_numpy(bool)):
        if found := _SCALED.match(cells.iat[i]):
            cells.iat[i] = (found[1] or found[4]) + (found[3] or "")
            scales[i] = _SCALE[found[2] or found[5]]
    return cells.to_numpy(object), scales


def _without_units(names: np.ndarray) -> pd.Series:
    """The names without currencies, percent signs and spaces between thousands; a minus instead of brackets."""
    cells = pd.Series(names, dtype=object).astype("str").str.replace("−", "-", regex=False)
    in_brackets = cells.str.match(_BRACKETS)
    cells = cells.mask(in_brackets, "-" + cells.str.slice(1, -1))
    cells = cells.str.replace(rf"^([+-]?)\s*{UNIT}\s*", r"\1", regex=True)
    cells = cells.str.replace(rf"\s*{UNIT}$", "", regex=True)
    spaced = cells.str.match(_SPACED)
    return cells.mask(spaced, cells.str.replace(r"[^\d.,+-]", "", regex=True))
