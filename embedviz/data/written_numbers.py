"""Numbers as people write them: $12.50, € 3, 12 %, 1,371, 1.234,5; and what they write where there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd

from embedviz.data.category_values import category_names

LARGEST = 1e30  # a number past it counts as missing, for its square leaves what can be computed with
MARKS = {
    "?", "??", "-", "--", "---", "–", "—", ".", "..", "...", "*", "na", "n/a", "n.a.", "#n/a", "<na>", "nan", "null", "nil",
    "none", "missing", "unknown", "undefined", "not available", "not known", "no data",
}  # fmt: skip
COMMA, POINT = ",", "."
_OTHER = {COMMA: POINT, POINT: COMMA}
_UNIT = r"(?:[$€£¥₹%]|USD\b|EUR\b|GBP\b|CHF\b|JPY\b)"
_SPACED = r"^[+-]?\d{1,3}(?:[ \u00a0\u2009\u202f'’]\d{3})+(?:[.,]\d+)?$"  # 1 234,5
_EITHER = r"^[+-]?[1-9]\d{0,2}[.,]\d{3}$"  # 1,371 and 1.371: a thousand or a fraction, as the rest of the column is
_NUMBER = {
    COMMA: r"^[+-]?(?:(?:\d+,?\d*|,\d+)(?:[eE][+-]?\d{1,3})?|[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?)$",
    POINT: r"^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?|[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?)$",
}


def is_mark(names: pd.Series) -> np.ndarray:
    """(n,) bool: which of category_names (n,) say by a sign or a word that nothing is known."""
    return names.map(lambda name: name.casefold() in MARKS, na_action="ignore").eq(True).to_numpy(bool)


def decimal_sign(values: pd.Series) -> str:
    """COMMA or POINT, ahead of a column's fractions, by the cells that can be read in one way only; POINT where none can."""
    if pd.api.types.is_numeric_dtype(values):
        return POINT
    cells = _bare(category_names(values).dropna())
    cells = cells[~cells.str.match(_EITHER)]
    fits = {sign: cells.str.match(_NUMBER[sign]) for sign in (COMMA, POINT)}
    only = {sign: int((fits[sign] & ~fits[_OTHER[sign]]).sum()) for sign in fits}
    return COMMA if only[COMMA] > only[POINT] else POINT


def read_numbers(values: pd.Series, decimal: str = POINT) -> np.ndarray:
    """(n,) float64, NaN where a cell is missing, past LARGEST or no number. decimal: the column's decimal_sign, by which
    1,371 is read; 12,5 and 1.234,5 are numbers in any column."""
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        numbers = pd.to_numeric(values).to_numpy(np.float64, na_value=np.nan)
    else:
        codes, different = pd.factorize(category_names(values))
        numbers = np.append(_written(_bare(pd.Series(different, dtype=object)), decimal), np.nan)[codes]
        if values.dtype == object:  # a number among words is itself, not how it is written
            typed = values.map(lambda cell: isinstance(cell, int | float | np.number) and not isinstance(cell, bool))
            typed = typed.to_numpy(bool)
            numbers[typed] = values[typed].astype(np.float64)
    return np.where(np.abs(numbers) <= LARGEST, numbers, np.nan)


def _written(cells: pd.Series, decimal: str) -> np.ndarray:
    numbers = np.full(len(cells), np.nan)
    for sign in (_OTHER[decimal], decimal):  # where both can be, the column's own has the last word
        fits = cells.str.match(_NUMBER[sign]).to_numpy(bool, copy=True)
        if sign != decimal:
            fits &= ~cells.str.match(_EITHER).to_numpy(bool)
        plain = cells[fits].str.replace(_OTHER[sign], "", regex=False).str.replace(sign, ".", regex=False)
        numbers[fits] = plain.astype(np.float64)
    return numbers


def _bare(names: pd.Series) -> pd.Series:
    """Without currencies, percent signs and spaces between thousands."""
    cells = names.astype("str").str.replace("−", "-", regex=False)
    cells = cells.str.replace(rf"^([+-]?)\s*{_UNIT}\s*", r"\1", regex=True)
    cells = cells.str.replace(rf"\s*{_UNIT}$", "", regex=True)
    spaced = cells.str.match(_SPACED)
    return cells.mask(spaced, cells.str.replace(r"[^\d.,+-]", "", regex=True))
