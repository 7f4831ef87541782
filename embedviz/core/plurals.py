"""Numbers with a noun in the singular or the plural."""

from __future__ import annotations


def counted(n: int, one: str, many: str) -> str:
    """Return a number with its noun: 1 row, 2,000 rows."""
    return f"{n:,} {one if n == 1 else many}"
