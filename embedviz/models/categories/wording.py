"""Lists of names in sentences."""

from __future__ import annotations

from collections.abc import Iterable


def quoted(names: Iterable[object], max_names: int) -> str:
    """Return the first names in quotation marks, and how many more there are."""
    return listed([f"“{name}”" for name in names], max_names)


def listed(names: Iterable[object], max_names: int) -> str:
    """Return the first names, and how many more there are."""
    names = [str(name) for name in names]
    more = f" and {len(names) - max_names:,} more" if len(names) > max_names else ""
    return f"{', '.join(names[:max_names])}{more}"
