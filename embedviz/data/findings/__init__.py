"""What looks odd in a table before a model is trained on it, each with the way out.

Nothing is changed here: a finding is said, and its remedy is taken where a person asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from embedviz.data.findings.classes import find_sorted, find_spellings
from embedviz.data.findings.finding import Finding, Remedy, merged_options, merged_roles
from embedviz.data.findings.look import Look, Roles
from embedviz.data.findings.matrices import find_matrix
from embedviz.data.findings.numbers import find_apart, find_counts, find_flags, find_skewed
from embedviz.data.findings.texts import find_markup

if TYPE_CHECKING:
    from embedviz.data.reading import Table

__all__ = ["Finding", "Remedy", "find_findings", "merged_options", "merged_roles"]


def find_findings(table: Table, roles: Roles, settings: Mapping[str, object] | None = None) -> list[Finding]:
    """Return what looks odd, what matters most first.

    Parameters
    ----------
    table : Table
    roles : mapping
        role -> column(s) that the model reads.
    settings : mapping, optional
        The model's settings: what they took care of is not said again.

    Examples
    --------
    >>> from embedviz.data.reading import read_table
    >>> rows = "".join(f"u{i % 5},i{i % 7},{i % 5 + 1 if i % 9 else 99}\\n" for i in range(60))
    >>> table = read_table(f"user,item,stars\\n{rows}".encode(), name="r.csv")
    >>> [finding.remedy.label for finding in find_findings(table, table.roles)]
    ['Treat 99 as missing']
    """
    look = Look(table, {role: columns for role, columns in roles.items() if columns}, settings or {})
    matrix = find_matrix(look)
    if matrix and ("item" in look.roles or "rating" in look.roles):
        return [matrix]  # what its columns hold is said once it is melted
    finders: tuple[Callable[[Look], Iterator[Finding]], ...] = (
        find_flags, find_apart, find_counts, find_skewed, find_spellings, find_markup, find_sorted,
    )  # fmt: skip
    return [*([matrix] if matrix else []), *(finding for finder in finders for finding in finder(look))]
