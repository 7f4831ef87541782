"""Text columns to numbers where every filled cell is a number and no digit is lost."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None")  # missing values among numbers
HEAD_CELLS = 200  # looked at before the whole column is
MAX_EXACT = 2**53  # the largest integer up to which a float keeps every digit
_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$"
_CODE = r"^[+-]?0[0-9]"  # 007 is a code, not a number


def typed(column: pa.ChunkedArray, decimal_comma: bool = False) -> tuple[pd.Series, str]:
    """Convert a column to numbers where every filled cell is one, else to text.

    Parameters
    ----------
    column : (N,) chunked array of strings
    decimal_comma : bool
        3,5 is a number too, as in files separated by semicolons.

    Returns
    -------
    (Series, str)
        The column (N,), and a note where cells such as NA are missing values.
    """
    head = _filled(column.slice(0, HEAD_CELLS))
    if len(head) and not pc.all(_numeric(head, decimal_comma)).as_py():
        return _text(column), ""
    cells = pc.utf8_trim_whitespace(column)
    missing = pc.is_in(cells, value_set=pa.array(MISSING, cells.type))
    filled = cells.filter(pc.invert(missing))
    if not len(filled) or not pc.all(_numeric(filled, decimal_comma)).as_py():
        return _text(column), ""
    if decimal_comma:
        cells = pc.replace_substring(cells, ",", ".")
    cells = pc.replace_substring_regex(pc.if_else(missing, None, cells), r"^\+", "")
    whole = not pc.any(pc.match_substring_regex(cells, r"[.eE]")).as_py()
    try:
        numbers = pc.cast(cells, pa.int64() if whole else pa.float64())
    except pa.ArrowInvalid:
        return _text(column), ""  # more digits than a number has room for
    if whole and pc.any(missing).as_py() and pc.max(pc.abs(numbers)).as_py() > MAX_EXACT:
        return _text(column), ""
    if not whole and not pc.all(pc.is_finite(numbers.drop_null())).as_py():
        return _text(column), ""
    written = column.filter(missing)
    marked = len(written.filter(pc.not_equal(written, pa.scalar("", column.type))))
    note = f"{marked:,} cells such as NA hold no number and are missing." if marked else ""
    return numbers.to_pandas(), note


def has_decimal_comma(column: pa.ChunkedArray) -> bool:
    """Return True when a comma in the first cells precedes decimals; before three digits it may separate thousands."""
    head = _filled(column.slice(0, HEAD_CELLS))
    return bool(pc.any(pc.match_substring_regex(head, r"^[+-]?[0-9]+,([0-9]{1,2}|[0-9]{4,})$")).as_py())


def _text(column: pa.ChunkedArray) -> pd.Series:
    return pd.Series(column.to_pandas(), dtype="str")


def _filled(column: pa.ChunkedArray) -> pa.ChunkedArray:
    cells = pc.utf8_trim_whitespace(column)
    return cells.filter(pc.invert(pc.is_in(cells, value_set=pa.array(MISSING, cells.type))))


def _numeric(cells: pa.ChunkedArray, decimal_comma: bool) -> pa.ChunkedArray | pa.BooleanArray:
    """True for each cell that is a number; codes with a leading zero are not."""
    if decimal_comma:
        cells = pc.replace_substring(cells, ",", ".")
    return pc.and_(pc.match_substring_regex(cells, _NUMBER), pc.invert(pc.match_substring_regex(cells, _CODE)))
