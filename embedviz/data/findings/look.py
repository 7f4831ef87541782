"""A table, as those see it who look for what is odd in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from embedviz.data.column import Column
from embedviz.data.column_kinds import as_numbers

if TYPE_CHECKING:
    from embedviz.data.reading import Table

Roles = Mapping[str, "str | list[str] | None"]

SAMPLE_ROWS = 20_000  # looked at where a sample will do, spread over the table
MAX_FEATURES = 300  # columns beside the target whose values are looked at
MAX_NAMED = 3  # columns or values that a sentence names
MIN_DISTINCT = 20  # numbers from which they are measured, not counted or chosen


@dataclass(frozen=True)
class Look:
    """A table with the roles of its columns and a model's settings."""

    table: Table
    roles: Roles
    settings: Mapping[str, object]

    @property
    def frame(self) -> pd.DataFrame:
        """The table's rows."""
        return self.table.frame

    def column(self, *roles: str) -> Column | None:
        """The column of the first of some roles that has one in the table, else None."""
        for role in roles:
            name = self.roles.get(role)
            if isinstance(name, str) and (self.frame.columns == name).sum() == 1:
                return self.table.column(name)
        return None

    def features(self) -> list[Column]:
        """Columns that a target is predicted from: those without another role."""
        ignored = self.roles.get("ignore") or []
        taken = {str(self.roles.get("target")), *([ignored] if isinstance(ignored, str) else ignored)}
        if "target" not in self.roles:
            return []
        names = [
            name for name in self.frame.columns[self.frame.columns.duplicated(keep=False) == 0] if name not in taken
        ]
        return [self.table.column(name) for name in names[:MAX_FEATURES]]

    def target_numbers(self) -> np.ndarray | None:
        """The target as numbers; None where classes are predicted."""
        column = self.column("target")
        return None if column is None or self.settings.get("target_kind") == "classes" else as_numbers(column)


def figure(value: float) -> str:
    """A number for a sentence: 100,000,000, 2.5."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.6g}"


def digits(value: float) -> str:
    """A number for an option, with every digit."""
    return str(int(value)) if value == int(value) else repr(value)
