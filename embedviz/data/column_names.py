"""Names of columns, unique and never empty."""

from __future__ import annotations

from collections.abc import Sequence

from embedviz.core.errors import DataError

MAX_COLUMNS = 10_000


def column_names(row: Sequence[str], width: int) -> list[str]:
    """Return unique names for the columns: an empty one is named by its place, a repeated one gets a number.

    Takes time linear in the number of columns.
    """
    names: list[str] = []
    taken: set[str] = set()
    last_number: dict[str, int] = {}
    for i in range(width):
        name = " ".join(row[i].split()) if i < len(row) else ""
        name = name or f"column {i + 1}"
        unique, n = name, last_number.get(name, 1)
        while unique in taken:
            n += 1
            unique = f"{name} ({n})"
        last_number[name] = n
        names.append(unique)
        taken.add(unique)
    return names


def check_columns(count: int, name: str) -> None:
    """Raise DataError for a file with more columns than are read.

    Parameters
    ----------
    count : int
        Its columns.
    name : str
        The file's name.
    """
    if count > MAX_COLUMNS:
        raise DataError(
            f"{name} has {count:,} columns; at most {MAX_COLUMNS:,} are read. Leave out columns, or turn the table on its "
            f"side if its rows are what you want to compare."
        )
