"""Columns of dates written as text: their format, and dates as numbers that a model can read."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from embedviz.data.category_names import Names

# The day is tried before the month where a column fits both, as most of the world writes it.
FORMATS = (
    "ISO8601", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%y", "%d/%m/%y",
    "%m/%d/%y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%d-%b-%Y", "%d-%b-%y",
    "%Y/%m/%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%Y/%m/%d %H:%M",
    "%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M %p",
    "%a %b %d %H:%M:%S %Y",
)  # fmt: skip
TYPED = "dates"  # the format of a column that was stored as dates
MIN_SHARE = 0.9  # of the filled cells that have to be dates in a column of them; the others count as missing
HEAD_CELLS = 200  # filled cells looked at before all are
_LIKE_VERSIONS = ("%d.%m.%y", "%d.%m.%Y")  # 2.5.14
MIN_DATES = 30  # from which the days of a column should go beyond MAX_VERSION_DAY
MAX_VERSION_DAY = 12
DAYS_PER_YEAR = 365.2425
_MAY_BE = r"^(?=.*\d.*\d)[\w ,.:/+-]{6,40}$"  # two digits at least, and nothing that no date has
_ONLY_DIGITS = r"^[+-]?\d+([.,]\d+)?$"


def date_format(values: pd.Series) -> str | None:
    """Return the format in which most filled cells are dates, and at least MIN_SHARE of them.

    TYPED for a column stored as dates, None where the cells are no dates. A question mark and its like fill no cell.
    """
    if pd.api.types.is_datetime64_any_dtype(values):
        return TYPED
    names = Names.of(values)
    return format_of_names(names, lambda format: parse_dates(names.distinct, format))


def format_of_names(names: Names, parsed: Callable[[str], pd.DatetimeIndex]) -> str | None:
    """Return the format of named cells as `date_format` does. parsed: format -> dates of the distinct names (V)."""
    codes = names.codes[~names.missing]
    codes = codes[~names.is_mark[codes]]
    in_head, head_counts = np.unique(codes[:HEAD_CELLS], return_counts=True)
    head = names.distinct[in_head]
    cells = pd.Series(head, dtype=object).astype("str")
    possible = (cells.str.match(_MAY_BE) & ~cells.str.match(_ONLY_DIGITS)).to_numpy(bool)
    if not len(head) or np.average(possible, weights=head_counts) < MIN_SHARE or _are_seasons(cells):
        return None
    shares = {}
    for format in FORMATS:
        if np.average(parse_dates(head, format).notna(), weights=head_counts) >= MIN_SHARE:
            shares[format] = float(np.mean(parsed(format).notna()[codes]))
    best = max(shares, key=shares.__getitem__, default=None)
    if best is None or shares[best] < MIN_SHARE or (best in _LIKE_VERSIONS and _are_versions(parsed(best)[codes])):
        return None
    return best


def _are_seasons(cells: pd.Series) -> bool:
    """True for 2009-10 and 2010-11: a year and the one after it, not months."""
    years = cells.str.extract(r"^(\d{4})[-/](\d{2})$").astype("float64")
    return len(cells) > 1 and bool(((years[0] + 1) % 100 == years[1]).all())


def _are_versions(dates: pd.DatetimeIndex) -> bool:
    """True where two-digit years and unpadded days look like versions such as 2.5.14: years far apart, low days alone.

    Dates of one column lie within some decades, and their days go to the end of the month.
    """
    known = dates[dates.notna()]
    return len(known) >= MIN_DATES and int(known.day.max()) <= MAX_VERSION_DAY


def parse_dates(names: np.ndarray, format: str) -> pd.DatetimeIndex:
    """Parse written dates: (V,) names -> (V,) dates in UTC without a time zone, NaT where a name is none."""
    known = "ISO8601" if format == TYPED else format  # stored dates come back as text from a file
    dates = pd.to_datetime(pd.Series(names, dtype=object).astype("str"), format=known, errors="coerce", utc=True)
    return pd.DatetimeIndex(dates).tz_localize(None)


def read_dates(values: pd.Series, format: str) -> pd.Series:
    """Read cells as dates without a time zone (UTC where one was given): (N,), NaT where a cell is no date."""
    if pd.api.types.is_datetime64_any_dtype(values):
        dates = pd.to_datetime(values, errors="coerce", utc=True)
    else:
        known = "ISO8601" if format == TYPED else format
        dates = pd.to_datetime(values.astype("str").str.strip(), format=known, errors="coerce", utc=True)
    return dates.dt.tz_localize(None)


def date_parts(dates: pd.Series) -> dict[str, np.ndarray]:
    """Return numbers for a model: (N,) dates -> (N,) float64 each, NaN where the date is missing.

    "year" with the share of it that has passed as its fraction, "month" 1 to 12, "day of week" 0 (Monday) to 6, and
    "hour" with its fraction.
    """
    parts = {
        "year": dates.dt.year + (dates.dt.day_of_year - 1) / DAYS_PER_YEAR,
        "month": dates.dt.month,
        "day of week": dates.dt.day_of_week,
        "hour": (dates - dates.dt.normalize()) / pd.Timedelta(hours=1),
    }
    return {name: part.to_numpy(np.float64, na_value=np.nan) for name, part in parts.items()}
