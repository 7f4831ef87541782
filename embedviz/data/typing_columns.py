"""Text columns to numbers where every filled cell is a number and no digit is lost, block by block.

A column starts as whole numbers, becomes fractions and then text as its cells ask for it. Once it is text its earlier
blocks have to be read again as text, which is rare, because a sample is looked at first.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from embedviz.data.written_numbers import COMMA, POINT

# missing values among numbers
MISSING = (
    *("", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NULL", "Null", "null", "None", "none", "NIL", "nil"),
    *("\\N", "?", "-", "--", "."),
)
MAX_EXACT = 2**53  # the largest integer up to which a float keeps every digit
_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$"
_WITH_COMMA = r"^[+-]?([0-9]+|[1-9][0-9]{0,2}(\.[0-9]{3})+)(,[0-9]*)?$|^[+-]?,[0-9]+$"
_LEADING_ZERO = r"^[+-]?0[0-9]"  # 007 is a code, not a number
_WHOLE_EXPONENT = r"^[0-9]+[eE][0-9]+$"  # 5E2 may be a code
_COMMA_CELL = r"^[+-]?(?:0,[0-9]{3}|[0-9]+,(?:[0-9]{1,2}|[0-9]{4,})|[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]+)$"
_POINT_CELL = r"^[+-]?(?:0\.[0-9]{3}|[0-9]+\.(?:[0-9]{1,2}|[0-9]{4,})|[1-9][0-9]{0,2}(?:,[0-9]{3})+\.[0-9]+)$"

Kind = Literal["whole", "fraction", "text"]


def decimal_of(columns: list[pa.Array]) -> str:
    """Return the sign before the fractions of a table: COMMA or POINT, whichever more cells can only be read with.

    Parameters
    ----------
    columns : list of (N,) string arrays
        Of a sample. 1,371 and 1.371 have no say: they may be a thousand or a fraction.
    """
    votes: Counter[str] = Counter()
    for column in columns:
        cells = pc.utf8_trim_whitespace(column)
        votes[COMMA] += pc.sum(pc.match_substring_regex(cells, _COMMA_CELL)).as_py() or 0
        votes[POINT] += pc.sum(pc.match_substring_regex(cells, _POINT_CELL)).as_py() or 0
    return COMMA if votes[COMMA] > votes[POINT] else POINT


@dataclass
class ColumnBuilder:
    """Collects a column's blocks.

    Parameters
    ----------
    decimal : {",", "."}
        The sign before fractions in this file.
    missing : tuple of str
        Cells that hold nothing, in addition to an empty one.
    kind : {"whole", "fraction", "text"}
        What the cells so far allow; "text" from the start where that is known.
    """

    decimal: str = POINT
    missing: tuple[str, ...] = MISSING
    kind: Kind = "whole"
    torn: bool = False  # earlier blocks were numbers and have to be read again as text
    _parts: list[pa.Array] = field(default_factory=list, repr=False)
    _marks: Counter[str] = field(default_factory=Counter, repr=False)
    _sign: str = ""  # before the fractions, once a cell has told it
    _largest: int = 0
    _has_missing: bool = False
    _has_codes: bool = False
    _has_fractions: bool = False

    def add(self, cells: pa.Array) -> None:
        """Add a block: (n,) strings, or numbers that were parsed as `direct_type` says."""
        if self.kind == "text":
            if _is_text(cells.type):
                self._parts.append(cells)
            else:
                self.torn = True  # parsed ahead, when all cells so far were numbers
            return
        numbers = self._numbers(cells) if _is_text(cells.type) else cells
        if numbers is None:
            self._become_text(cells)
            return
        if numbers.null_count:
            self._has_missing = True
        if pa.types.is_integer(numbers.type) and len(numbers) > numbers.null_count:
            extremes = pc.min_max(numbers).as_py()
            self._largest = max(self._largest, abs(extremes["min"]), abs(extremes["max"]))
        elif pa.types.is_floating(numbers.type):
            self.kind = "fraction"
            if not pc.all(pc.is_finite(numbers)).as_py() and pc.any(pc.invert(pc.is_finite(numbers))).as_py():
                self._become_text(cells)
                return
        self._parts.append(numbers)

    def direct_type(self) -> pa.DataType:
        """The type that the next block can be parsed to at once; strings where its cells have to be looked at."""
        if self.kind == "whole":
            return pa.int64()
        return pa.float64() if self.kind == "fraction" and self.decimal == POINT else pa.large_string()

    def finish(self) -> pd.Series | None:
        """Return the column (N,), or None when it has to be read again as text, which `kind` then says."""
        inexact = self._largest > MAX_EXACT and (self._has_missing or self.kind == "fraction")
        only_codes = self._has_codes and not self._has_fractions
        empty = self.kind == "whole" and all(part.null_count == len(part) for part in self._parts)
        if self.kind != "text" and (inexact or only_codes or empty):
            self.torn, self.kind = True, "text"
        if self.torn:
            return None
        parts, self._parts = self._parts, []
        if self.kind == "text":
            return pd.Series(pa.chunked_array(parts, pa.large_string()).to_pandas(), dtype="str")
        if self.kind == "fraction" or self._has_missing:
            parts = [part if pa.types.is_floating(part.type) else pc.cast(part, pa.float64()) for part in parts]
        return _as_series(parts)

    def note(self) -> str:
        """A sentence on cells that hold no number, empty where there are none."""
        if self.kind == "text" or not self._marks:
            return ""
        mark, count = self._marks.most_common(1)[0][0], sum(self._marks.values())
        return f"{count:,} {'cell' if count == 1 else 'cells'} such as {mark} {'holds' if count == 1 else 'hold'} no number and {'is' if count == 1 else 'are'} missing."

    def again_as_text(self) -> ColumnBuilder:
        """A builder of the same column for a second reading, in which it is text."""
        return ColumnBuilder(self.decimal, self.missing, "text")

    def _become_text(self, cells: pa.Array) -> None:
        self.torn = self.torn or bool(self._parts) or not _is_text(cells.type)
        self.kind = "text"
        self._parts = [] if self.torn else [cells]

    def _numbers(self, column: pa.Array) -> pa.Array | None:
        """The cells as int64 or float64, None when a filled one is no number."""
        cells = pc.utf8_trim_whitespace(column)
        is_missing = pc.is_in(cells, value_set=pa.array(self.missing, cells.type))
        filled = cells.filter(pc.invert(is_missing))
        signs = (self._sign,) if self._sign else dict.fromkeys((self.decimal, POINT))
        sign = next((sign for sign in signs if _all_numbers(filled, sign)), None)
        if sign is None:
            return None
        if pc.any(pc.match_substring_regex(filled, r"[.,]")).as_py():
            self._sign = sign
        if pc.any(is_missing).as_py():
            written = cells.filter(is_missing)
            self._marks.update(cell for cell in written.to_pylist() if cell)
            cells = pc.if_else(is_missing, None, cells)
        if sign == COMMA:
            cells = pc.replace_substring(pc.replace_substring(cells, ".", ""), ",", ".")
        cells = pc.replace_substring_regex(cells, r"^\+", "")
        self._has_codes |= bool(pc.any(pc.match_substring_regex(filled, _WHOLE_EXPONENT)).as_py())
        has_fractions = bool(pc.any(pc.match_substring_regex(cells, r"[.eE]")).as_py())
        self._has_fractions |= bool(pc.any(pc.match_substring_regex(cells, r"[.]|[eE][+-]")).as_py())
        try:
            return pc.cast(cells, pa.float64() if has_fractions else pa.int64())
        except pa.ArrowInvalid:
            return None  # more digits than a number has room for


def typed(cells: pa.ChunkedArray, decimal: str = POINT, missing: tuple[str, ...] = MISSING) -> tuple[pd.Series, str]:
    """Convert a column to numbers where every filled cell is one, else to text.

    Returns
    -------
    (Series, str)
        The column (N,), and a note where cells such as NA are missing values.
    """
    builder = ColumnBuilder(decimal, missing)
    for chunk in cells.chunks:
        builder.add(chunk)
    series = builder.finish()
    if series is not None:
        return series, builder.note()
    return pd.Series(cells.to_pandas(), dtype="str"), ""


def _as_series(parts: list[pa.Array]) -> pd.Series:
    """The parts one after another, each let go once it is copied."""
    size = sum(map(len, parts))
    kind = np.int64 if parts and pa.types.is_integer(parts[0].type) else np.float64
    values = np.empty(size, kind)
    at = size
    while parts:
        part = parts.pop()
        values[at - len(part) : at] = part.to_numpy(zero_copy_only=False)
        at -= len(part)
        del part
    pa.default_memory_pool().release_unused()  # or a large file's columns are held twice
    return pd.Series(values, copy=False)


def _all_numbers(cells: pa.Array, sign: str) -> bool:
    """True when each cell is a number; codes with a leading zero are not."""
    pattern = _WITH_COMMA if sign == COMMA else _NUMBER
    if not len(cells):
        return True
    head = cells.slice(0, 64)
    if not pc.all(pc.match_substring_regex(head, pattern)).as_py():
        return False
    fits = pc.match_substring_regex(cells, pattern)
    return bool(pc.all(fits).as_py()) and not pc.any(pc.match_substring_regex(cells, _LEADING_ZERO)).as_py()


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)
