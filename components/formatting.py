"""Durations, sizes, counts, similarities and dates as text."""

from __future__ import annotations

import datetime


def duration(seconds: float) -> str:
    """Return a duration as text: 3.4 s, 48 s, 2 min, 2 min 5 s, 1 h 20 min."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return _parts(int(seconds // 60), "min", int(seconds % 60), "s")
    return _parts(int(seconds // 3600), "h", int(seconds % 3600 // 60), "min")


def _parts(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large} {large_unit} {small} {small_unit}" if small else f"{large} {large_unit}"


def size(n_bytes: float) -> str:
    """Return a number of bytes as text: 640 kB, 12.5 MB, 1.2 GB."""
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if n_bytes >= scale:
            return f"{n_bytes / scale:.3g} {unit}"
    return f"{n_bytes:.0f} bytes"


def count(n: float) -> str:
    """Return a count with three significant digits: 812, 34.1 k, 3.2 M."""
    if n >= 1e6:
        return f"{n / 1e6:.3g} M"
    return f"{n / 1e3:.3g} k" if n >= 10_000 else f"{n:,.0f}"


def similarity(value: float) -> str:
    """Return a similarity with two digits and a true minus sign: 0.68, −0.99."""
    return f"{value:.2f}".replace("-", "\N{MINUS SIGN}")


def when(timestamp: float) -> str:
    """Return a Unix timestamp as day and minute in the server's time zone."""
    return datetime.datetime.fromtimestamp(timestamp).strftime("%d %b %Y, %H:%M")
