"""Columns of one table found in another, in spite of capitals, blanks and underscores."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence

MAX_NAMED = 12  # columns that a message names


def match_columns(wanted: Iterable[object], given: Iterable[object]) -> dict[str, str]:
    """Return wanted -> given name of each column that is found.

    A column of exactly the wanted name is taken. Otherwise names that differ only in capitals, accents written apart,
    blanks, underscores, hyphens and points are one, where that leaves no doubt on either side.

    Examples
    --------
    >>> match_columns(["size", "body_type", "a b", "A-B"], ["Size ", "Body Type", "AB", "other"])
    {'size': 'Size ', 'body_type': 'Body Type'}
    """
    names = [str(name) for name in given]
    targets = [str(name) for name in wanted]
    exact = set(names) & set(targets)
    left: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        if name not in exact:
            left[_key(name)].append(name)
    asking: defaultdict[str, list[str]] = defaultdict(list)
    for name in targets:
        if name not in exact:
            asking[_key(name)].append(name)
    found: dict[str, str] = {}
    for name in targets:
        key = _key(name)
        if name in exact:
            found[name] = name
        elif key and len(asking[key]) == 1 and len(left[key]) == 1:
            found[name] = left[key][0]
    return found


def renamed_note(found: dict[str, str]) -> str:
    """Return a sentence on columns that have another name than was wanted; empty where none has."""
    renamed = [f"“{given}” as “{wanted}”" for wanted, given in found.items() if wanted != given]
    return f"Columns taken in spite of their spelling: {listed(renamed)}." if renamed else ""


def no_columns_sentence(wanted: Sequence[object], given: Sequence[object]) -> str:
    """Return the refusal of rows that have none of the columns of the training."""
    has = f"these rows have {listed([f'“{name}”' for name in given])}" if len(given) else "these rows have no column"
    names = listed([f"“{name}”" for name in wanted])
    return f"None of the columns of the training is among these rows: {names} {'was' if len(wanted) == 1 else 'were'} expected, {has}. Rename the columns, or choose another file."


def listed(names: Sequence[str]) -> str:
    """Return names with commas, the first MAX_NAMED."""
    more = f" and {len(names) - MAX_NAMED:,} more" if len(names) > MAX_NAMED else ""
    return ", ".join(names[:MAX_NAMED]) + more


def _key(name: str) -> str:
    letters = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in letters if not letter.isspace() and letter not in "_-.")
