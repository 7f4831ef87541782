"""Budgets as people write them: seconds, or 90s, 5m, 2h."""

from __future__ import annotations

import re

from embedviz.core.errors import SettingsError

UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def seconds_of(budget: float | str) -> float:
    """Return the seconds of a budget.

    Raises
    ------
    SettingsError
        For something else than a number with s, m, h or d behind it.

    Examples
    --------
    >>> seconds_of("5m")
    300.0
    """
    if isinstance(budget, (int, float)):
        return float(budget)
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhd]?)", budget.strip())
    if not found:
        raise SettingsError(f"A budget is a time such as 90s, 5m or 2h, not {budget!r}.")
    return float(found[1]) * UNITS[found[2]]
