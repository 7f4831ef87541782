"""Roles of columns: guessed or chosen, checked, and described."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from embedviz.core.errors import ColumnError
from embedviz.core.plurals import counted, listed
from embedviz.data.column import Column, StoredKind, cells_of
from embedviz.data.column_hints import HINTS
from embedviz.data.guessing import MAX_CLASSES, MAX_NUMERIC_CLASSES, Chosen, guess_roles
from embedviz.data.profile import ColumnProfile
from embedviz.data.rating_values import as_ratings
from embedviz.data.split_names import LEFT_OUT, part_codes

if TYPE_CHECKING:
    from embedviz.data.reading import Table

ROLES = tuple(HINTS)  # of one column each
COLUMN_ROLES = ("category", "number", "ignore")  # of several columns: how a model of tables reads them
_KINDS: dict[StoredKind, str] = {"boolean": "true and false", "date": "dates", "number": "numbers", "text": "text"}
_PLURALS = {"category": "categories", "number": "numbers"}
READ_BY_ONE = {"rating", "label", "target"}  # by different models, so that they may share a column


def roles_of(table: Table, chosen: Chosen) -> dict[str, str | list[str]]:
    """Return role -> column(s) of a table: those chosen, and guesses for the rest.

    A column chosen for one role is not guessed for another that the same model reads, and a role chosen as None has no
    column.
    """
    guessed = guess_roles(table.frame, table.kind, chosen, is_beginning=table.report.truncated)
    return {role: column for role, column in guessed.items() if role not in chosen} | {
        role: given for role, given in chosen.items() if given
    }


def checked_role(frame: pd.DataFrame, role: str, column: str) -> str:
    """Return the column if it can play the role; ColumnError with the reason otherwise."""
    if column not in frame.columns:
        raise ColumnError(f"There is no column {column!r}. The columns are: {_listed(frame)}.")
    values = cells_of(frame, column)
    cells = Column.of(values)
    is_empty = not values.notna().any() or (cells.kind == "text" and not values.dropna().astype(str).str.strip().any())
    if problem := role_problem(role, column, cells.kind, is_empty):
        raise ColumnError(f"{problem} The columns are: {_listed(frame)}." if is_empty else problem)
    if role == "rating" and as_ratings(values) is None:
        raise ColumnError(
            f"Column {column!r} holds {_KINDS[cells.kind]}, but ratings have to be numbers, or yes and no."
        )
    if role == "split" and (part_codes(values.dropna().unique()) == LEFT_OUT).all():
        raise ColumnError(
            f"Column {column!r} says train, validation or test in no row. Choose another column as split, or none."
        )
    return column


def role_problem(role: str, column: str, kind: StoredKind, is_empty: bool) -> str:
    """Return why a column cannot play a role, in a sentence; empty where it can.

    Parameters
    ----------
    kind : {"number", "boolean", "date", "text"}
        Type of its cells.
    is_empty : bool
        No cell is filled.
    """
    if is_empty:
        return f"Column {column!r} is empty in every row."
    if role == "text" and kind != "text":
        return f"Column {column!r} holds {_KINDS[kind]}, not text. Choose a column of words."
    if role == "rating" and kind == "date":  # a text may be a written number, or yes and no
        return f"Column {column!r} holds {_KINDS[kind]}, but ratings have to be numbers, or yes and no."
    return ""


def assign_role(
    roles: Mapping[str, str | list[str]], role: str, column: str | list[str] | None
) -> dict[str, str | list[str]]:
    """Give a role its column(s), or none, and take them from the roles that cannot share them.

    Examples
    --------
    >>> assign_role({"text": "review", "label": "stars"}, "user", "stars")
    {'text': 'review', 'user': 'stars'}
    """
    taken = {column} if isinstance(column, str) else set(column or ())
    assigned: dict[str, str | list[str]] = {}
    for other, its in roles.items():
        if other == role:
            continue
        if _may_share(role, other):
            assigned[other] = its
        elif isinstance(its, list):
            assigned[other] = [one for one in its if one not in taken]
        elif its not in taken:
            assigned[other] = its
    if column:
        assigned[role] = column
    return {name: assigned[name] for name in (*ROLES, *COLUMN_ROLES) if assigned.get(name)}


def _may_share(role: str, other: str) -> bool:
    """True for roles that one column may have both: different models read them."""
    if role in COLUMN_ROLES or other in COLUMN_ROLES:
        return not {role, other} <= {*COLUMN_ROLES, "target"}
    return {role, other} <= READ_BY_ONE


def roles_within(roles: Mapping[str, str | list[str]], columns: Collection[str]) -> dict[str, str | list[str]]:
    """Return the roles without columns that are not there."""
    there: dict[str, str | list[str]] = {}
    for role, its in roles.items():
        if isinstance(its, list):
            there[role] = [column for column in its if column in columns]
        elif its in columns:
            there[role] = its
    return {role: its for role, its in there.items() if its}


def checked_roles(frame: pd.DataFrame, roles: Mapping[str, str], needed: Mapping[str, str]) -> dict[str, str]:
    """Return role -> column for every needed role.

    Parameters
    ----------
    roles : mapping of str to str
        role -> column.
    needed : mapping of str to str
        role -> its purpose, for messages.

    Raises
    ------
    ColumnError
        If a role has no column, there are fewer columns than roles, or two roles share one.
    """
    if len(frame.columns) < len(needed):
        raise ColumnError(
            f"{counted(len(needed), 'column is', 'columns are')} needed ({', '.join(needed)}), and this file has "
            f"{len(frame.columns)}: {_listed(frame)}. Is it the right file, and is the delimiter right?"
        )
    chosen: dict[str, str] = {}
    for role, purpose in needed.items():
        if role not in roles:
            raise ColumnError(f"No column is chosen as {role} ({purpose}). The columns are: {_listed(frame)}.")
        column = checked_role(frame, role, roles[role])
        for other, taken in chosen.items():
            if taken == column:
                raise ColumnError(
                    f"Column {column!r} is chosen as {other} and as {role}. Choose two different columns."
                )
        chosen[role] = column
    return chosen


def role_sentence(profile: Sequence[ColumnProfile], roles: Mapping[str, str | list[str]]) -> str:
    """Describe the roles in a sentence. Column names are not escaped: show it as plain text."""
    by_name = {column.name: column for column in profile}
    parts, left_out = [], ""
    for role, column in roles.items():
        detail = ""
        if isinstance(column, list):
            if role == "ignore":
                left_out = f" Columns left out: {len(column):,}."
            else:
                parts.append(f"{counted(len(column), 'column', 'columns')} as {_PLURALS[role]}")
            continue
        values = by_name[column]
        if role == "target" and values.kind == "number" and values.n_distinct > MAX_NUMERIC_CLASSES:
            detail = f" ({counted(values.n_distinct, 'distinct number', 'distinct numbers')})"
        elif role == "label" or (role == "target" and values.n_distinct <= MAX_CLASSES):
            rows = counted(values.smallest, "row", "rows") if values.n_distinct else "no rows"
            detail = f" ({counted(values.n_distinct, 'class', 'classes')}, the smallest has {rows})"
        parts.append(f"“{column}” as {'text' if role == 'text' else f'the {role}'}{detail}")
    if not parts:
        return "No column looks like text, users, items or ratings yet. Choose the columns above."
    return f"Columns used: {listed(parts)}.{left_out}"


def _listed(frame: pd.DataFrame, max_names: int = 20) -> str:
    names = [str(column) for column in frame.columns]
    return ", ".join(names[:max_names]) + (f" and {len(names) - max_names} more" if len(names) > max_names else "")
