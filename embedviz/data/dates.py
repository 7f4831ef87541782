"""Columns of dates written as text: in which format, and as numbers that a model can read."""

from __future__ import annotations

import numpy as np
import pandas as pd

from embedviz.data.category_values import category_names
from embedviz.data.written_numbers import is_mark

# The day is tried before the month where a column fits both, as most of the world writes it.
FORMATS = (
    "ISO8601", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%y", "%d/%m/%y",
    "%m/%d/%y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%d-%b-%Y", "%d-%b-%y",
    "%Y/%m/%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%Y/%m/%d %H:%M",
    "%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p",
    "%a %b %d %H:%M:%S %Y",
)  # fmt: skip
TYPED = "dates"  # the format of a column that came as dates already
SHARE = 0.9  # of the filled cells that have to be dates in a column of them; the others count as missing
FIRST = 200  # filled cells looked at before all are
_MAY_BE = r"^(?=.*\d.*\d)[\w ,.:/+-]{6,40}$"  # two digits at least, and nothing that no date has
_ONLY_DIGITS = r"^[+-]?\d+([.,]\d+)?$"
YEAR = 365.2425  # days


def date_format(values: pd.Series) -> str | None:
    """The format in which most filled cells are dates, and at least SHARE of them: TYPED for a column of dates, None where
    they are none. What stands for nothing, as a question mark does, fills no cell."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return TYPED
    names = category_names(values)
    filled = names[names.notna() & ~is_mark(names)].astype("str")
    head = filled.head(FIRST)
    possible = head.str.match(_MAY_BE) & ~head.str.match(_ONLY_DIGITS)
    if not len(head) or possible.mean() < SHARE:
        return None
    shares = {format: _share(filled, format) for format in FORMATS if _share(head, format) >= SHARE}
    best = max(shares, key=shares.__getitem__, default=None)
    return best if best and shares[best] >= SHARE else None


def read_dates(values: pd.Series, format: str) -> pd.Series:
    """The cells as dates without a time zone (UTC where one was given); missing where a cell is none."""
    if pd.api.types.is_datetime64_any_dtype(values):
        dates = pd.to_datetime(values, errors="coerce", utc=True)
    else:
        known = "ISO8601" if format == TYPED else format  # typed dates come back as text from a file
        dates = pd.to_datetime(values.astype("str").str.strip(), format=known, errors="coerce", utc=True)
    return dates.dt.tz_localize(None)


def date_parts(dates: pd.Series) -> dict[str, np.ndarray]:
    """ "year": with the way through it as its fraction, "month" 1 to 12, "day of week" 0 (Monday) to 6, and "hour" with
    its fraction; (n,) float64 each, NaN where the date is missing."""
    parts = {
        "year": dates.dt.year + (dates.dt.day_of_year - 1) / YEAR,
        "month": dates.dt.month,
        "day of week": dates.dt.day_of_week,
        "hour": (dates - dates.dt.normalize()) / pd.Timedelta(hours=1),
    }
    return {name: part.to_numpy(np.float64, na_value=np.nan) for name, part in parts.items()}


def _share(cells: pd.Series, format: str) -> float:
    return float(pd.to_datetime(cells, format=format, errors="coerce", utc=True).notna().mean())
