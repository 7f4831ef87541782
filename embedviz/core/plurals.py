"""Numbers with a noun in the singular or the plural, and lists of names in a sentence."""

from __future__ import annotations

from collections.abc import Sequence


def counted(n: int, one: str, many: str) -> str:
    """Return a number with its noun: 1 row, 2,000 rows."""
    return f"{n:,} {one if n == 1 else many}"


def listed(names: Sequence[str], n_more: int = 0) -> str:
    """Return names as a sentence lists them: "a, b and c"; with more than those, "a, b and 3 more"."""
    *first, last = [*names, f"{n_more:,} more"] if n_more > 0 else names
    return f"{', '.join(first)} and {last}" if first else last
