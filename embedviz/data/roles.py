"""Which column plays which role: guessed from names and values, said in words, and changed by whoever knows better."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from embedviz.errors import ColumnError

# role -> words in a column's name that hint at it, the surest first
_HINTS: dict[str, tuple[str, ...]] = {
    "text": (
        "text", "review", "comment", "sentence", "body", "content", "message", "description", "verse", "abstract",
        "tweet", "post", "summary", "question", "title", "word",
    ),
    "user": ("user", "customer", "reviewer", "member", "visitor", "reader", "person"),
    "item": ("item", "movie", "film", "product", "book", "song", "track", "article", "isbn", "game"),
    "rating": ("rating", "stars", "star", "score", "grade", "points"),
    "time": ("timestamp", "time", "date", "when", "day"),
    "label": (
        "label", "class", "sentiment", "category", "target", "polarity", "topic", "intent", "emotion", "mood", "tone",
        "stars", "star", "rating", "score",
    ),
    "target": ("target", "label", "class", "outcome", "result", "survived", "species", "churn", "type", "price"),
}  # fmt: skip
ROLES = tuple(_HINTS)  # of one column each
COLUMN_ROLES = ("category", "number", "ignore")  # of several columns: how a table's model takes them
_PLURALS = {"category": "categories", "number": "numbers", "ignore": "left out"}
SAMPLE = 2000  # rows looked at
MANY_WORDS = 4.0  # words a cell on average from which a column is text
FEW_WORDS = 1.5  # the same where the name says so: the body of a car is one word
FEW_VALUES = 50  # different values up to which a column can be a label


def guess_roles(frame: pd.DataFrame, kind: str) -> dict[str, str]:
    """role -> column. Plain text has its one column; a table is looked through by names first, then by values."""
    if kind == "text":
        return {"text": "text"}
    sample = frame.head(SAMPLE)
    roles: dict[str, str] = {}
    if text := _text_column(sample):
        roles["text"] = text
    for role in ("user", "item", "rating", "time"):
        for column in sample:
            fits = _is_number(frame[column]) if role == "rating" else True
            if column not in roles.values() and fits and _hint(column, role):
                roles[role] = column
                break
    if not {"user", "item"} <= roles.keys():  # a rating or a time alone says nothing of who rated what
        roles = {role: column for role, column in roles.items() if role not in ("rating", "time")}
    if "text" in roles:
        few = [c for c in sample if c not in roles.values() and 2 <= sample[c].nunique() <= FEW_VALUES]
        named = sorted((c for c in few if _hint(c, "label")), key=lambda c: -_hint(c, "label"))
        words = [column for column in few if _is_text(sample[column])]
        for candidates in (named, words if len(words) == 1 else [], few if len(few) == 1 else []):
            if candidates:
                roles["label"] = candidates[0]
                break
    elif not {"user", "item"} <= roles.keys() and (target := _target_column(sample)):
        roles["target"] = target
    return roles


def merged_roles(guessed: Mapping[str, str], chosen: Mapping[str, Any]) -> dict[str, Any]:
    """role -> column(s): what was chosen goes before what was guessed, a column chosen for one role is no longer
    guessed for another, and a role chosen as None has no column."""
    taken = {column for given in chosen.values() for column in ([given] if isinstance(given, str) else given or [])}
    kept = {role: column for role, column in guessed.items() if role not in chosen and column not in taken}
    return kept | {role: given for role, given in chosen.items() if given}


def checked_role(frame: pd.DataFrame, role: str, column: str) -> str:
    """The column when it can play the role; ColumnError saying why not otherwise."""
    if column not in frame.columns:
        raise ColumnError(f"There is no column {column!r}. The columns are: {_listed(frame)}.")
    values = frame[column]
    if not values.notna().any() or (_is_text(values) and not values.dropna().astype(str).str.strip().any()):
        raise ColumnError(f"Column {column!r} is empty in every row. The columns are: {_listed(frame)}.")
    if role == "text" and not _is_text(values):
        raise ColumnError(f"Column {column!r} holds {_kind(values)}, not text. Choose a column of words.")
    if role == "rating" and not _is_number(values):
        raise ColumnError(f"Column {column!r} holds {_kind(values)}, but ratings have to be numbers.")
    return column


def checked_roles(frame: pd.DataFrame, roles: Mapping[str, str], needed: Mapping[str, str]) -> dict[str, str]:
    """role -> column for every needed role. needed: role -> what it is for, in words.

    ColumnError when a role has no column, when there are fewer columns than roles, or when two roles share one.
    """
    if len(frame.columns) < len(needed):
        raise ColumnError(
            f"{_count(len(needed), 'column is', 'columns are')} needed ({', '.join(needed)}), and this file has "
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


def role_sentence(frame: pd.DataFrame, roles: Mapping[str, Any]) -> str:
    """What will be read as what, in a sentence. Column names come as they are: show the sentence as plain text."""
    parts = []
    for role, column in roles.items():
        detail = ""
        if isinstance(column, list):
            parts.append(f"{_count(len(column), 'column', 'columns')} as {_PLURALS[role]}")
            continue
        sizes = frame[column].value_counts()
        if role == "label" or (role == "target" and len(sizes) <= FEW_VALUES):
            rows = _count(int(sizes.min()), "row", "rows") if len(sizes) else "no rows"
            detail = f" ({_count(len(sizes), 'class', 'classes')}, the smallest has {rows})"
        parts.append(f"“{column}” as {'text' if role == 'text' else f'the {role}'}{detail}")
    if not parts:
        return "No column looks like text, users, items or ratings yet. Choose the columns below."
    return f"I will read {', '.join(parts[:-1])}{' and ' if len(parts) > 1 else ''}{parts[-1]}."


def _text_column(sample: pd.DataFrame) -> str | None:
    """The column of text with the surest name among those of many words, or the only column of text there is."""
    words = {column: _words_a_cell(sample[column]) for column in sample if _is_text(sample[column])}
    long = [column for column, count in words.items() if count >= MANY_WORDS]
    if long:
        return max(long, key=lambda column: (_hint(column, "text"), words[column]))
    named = [column for column in words if _hint(column, "text") and words[column] >= FEW_WORDS]
    if named:
        return max(named, key=lambda column: _hint(column, "text"))
    return next(iter(words)) if len(sample.columns) == 1 and words else None


def _target_column(sample: pd.DataFrame) -> str | None:
    """The column with the surest name among those that a table may be asked to predict."""
    fitting = [c for c in sample if _is_number(sample[c]) or 2 <= sample[c].nunique() <= FEW_VALUES]
    named = [column for column in fitting if _hint(column, "target")]
    return max(named, key=lambda column: _hint(column, "target"), default=None)


def _hint(column: object, role: str) -> int:
    """How surely the column's name hints at the role: 0 not at all; the surer the higher."""
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", str(column))
    known = _HINTS[role]
    found = [
        len(known) - known.index(w) for word in words for w in (word.lower(), word.lower().rstrip("s")) if w in known
    ]
    return max(found, default=0)


def _is_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _is_text(values: pd.Series) -> bool:
    return pd.api.types.is_string_dtype(values) or values.dtype == object


def _kind(values: pd.Series) -> str:
    if pd.api.types.is_bool_dtype(values):
        return "true and false"
    if pd.api.types.is_datetime64_any_dtype(values):
        return "dates"
    return "numbers" if _is_number(values) else "text"


def _words_a_cell(values: pd.Series) -> float:
    filled = values.dropna().astype(str)
    return float(filled.str.count(r"\S+").mean()) if len(filled) else 0.0


def _listed(frame: pd.DataFrame, most: int = 20) -> str:
    names = [str(column) for column in frame.columns]
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
