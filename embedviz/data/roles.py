"""Which column plays which role: guessed from names and values, said in words, and changed by whoever knows better."""

from __future__ import annotations

import re

import pandas as pd

from embedviz.errors import ColumnError

# role -> what column names hint at it
_NAMES = {
    "text": r"text|review|comment|sentence|body|content|message|description|verse|abstract|tweet",
    "user": r"user|customer|reviewer|member|visitor|reader",
    "item": r"item|movie|film|product|book|song|track|article|isbn",
    "rating": r"rating|stars|score|grade",
    "label": r"label|class|sentiment|category|target|polarity",
}
MANY_WORDS = 4.0  # words a cell on average from which a column is text
FEW_VALUES = 50


def guess_roles(frame: pd.DataFrame, kind: str) -> dict[str, str]:
    """role -> column. Plain text has its one column; a table is looked through by names first, then by values."""
    if kind == "text":
        return {"text": "text"}
    roles: dict[str, str] = {}
    sample = frame.head(2000)
    texts = {column: _words_a_cell(sample[column]) for column in frame if _is_text(sample[column])}
    long = {column: words for column, words in texts.items() if words >= MANY_WORDS}
    if long:
        roles["text"] = max(long, key=lambda column: (_named(column, "text"), long[column]))
    for role in ("user", "item", "rating"):
        for column in frame:
            if (
                column not in roles.values()
                and _named(column, role)
                and (role != "rating" or _is_number(frame[column]))
            ):
                roles[role] = column
                break
    if "text" in roles:
        few = [c for c in frame if c not in roles.values() and 2 <= sample[c].nunique() <= FEW_VALUES]
        named = [c for c in few if _named(c, "label")]
        if named or len(few) == 1:
            roles["label"] = (named or few)[0]
    return roles


def checked_role(frame: pd.DataFrame, role: str, column: str) -> str:
    """The column when it can play the role; ColumnError saying why not otherwise."""
    if column not in frame.columns:
        raise ColumnError(f"There is no column {column!r}. The columns are: {', '.join(map(str, frame.columns))}.")
    if role == "text" and not _is_text(frame[column]):
        raise ColumnError(f"Column {column!r} holds numbers, not text. Choose a column of words.")
    if role == "rating" and not _is_number(frame[column]):
        raise ColumnError(f"Column {column!r} holds text, but ratings have to be numbers.")
    return column


def role_sentence(frame: pd.DataFrame, roles: dict[str, str]) -> str:
    """What will be read as what, in a sentence. Column names come as they are: show the sentence as plain text."""
    parts = []
    for role, column in roles.items():
        detail = ""
        if role == "label":
            sizes = frame[column].value_counts()
        if role == "label" and len(sizes):
            detail = f" ({len(sizes):,} classes, the smallest has {int(sizes.min()):,} rows)"
        parts.append(f"“{column}” as {'text' if role == 'text' else f'the {role}'}{detail}")
    if not parts:
        return "No column looks like text, users, items or ratings yet. Choose the columns below."
    return f"I will read {', '.join(parts[:-1])}{' and ' if len(parts) > 1 else ''}{parts[-1]}."


def _named(column: str, role: str) -> bool:
    """Whole words of the name count: "user_id" and "userId" name users, "operating" is no rating."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", str(column)).lower()
    return re.search(rf"(?<![a-z])(?:{_NAMES[role]})s?(?![a-z])", words) is not None


def _is_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _is_text(values: pd.Series) -> bool:
    return pd.api.types.is_string_dtype(values) or values.dtype == object


def _words_a_cell(values: pd.Series) -> float:
    filled = values.dropna().astype(str)
    return float(filled.str.count(r"\S+").mean()) if len(filled) else 0.0
