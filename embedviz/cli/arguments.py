"""What stands on the command line, as columns and options of reading."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from embedviz.core.errors import SettingsError

SEVERAL = ("--positive", "--negative", "--columns", "--probe", "--read")  # flags that take several words
YES_OR_NO = {"yes": True, "true": True, "no": False, "false": False}
OF_A_COLUMN = ("missing", "only")  # options of --read that name a column: missing:stars=0
NO_MARK = ""


def repeated(words: list[str]) -> list[str]:
    """Turn --positive king woman into --positive king --positive woman, likewise for the other flags of several.

    Examples
    --------
    >>> repeated(["analogy", "--positive", "king", "woman", "--negative=man", "-k", "5"])
    ['analogy', '--positive', 'king', '--positive', 'woman', '--negative=man', '-k', '5']
    """
    result: list[str] = []
    flag, first = "", True
    for word in words:
        if word.startswith("-"):
            name, sign, _ = word.partition("=")
            flag, first = (name if name in SEVERAL else ""), not sign
            result.append(word)
            continue
        if flag and not first:
            result.append(flag)
        result.append(word)
        first = False
    return result


def columns_of(pairs: list[str]) -> dict[str, Any]:
    """Return role -> column, or columns for a role that has several, of target=body ignore=id ignore=url.

    split= becomes None, which takes a guess away.

    Raises
    ------
    SettingsError
        For a text without the sign, or a role that does not exist.
    """
    from embedviz.data.roles import COLUMN_ROLES, ROLES

    roles: dict[str, Any] = {}
    for text in pairs:
        role, sign, column = text.partition("=")
        if not sign or (not column and role in COLUMN_ROLES):
            raise SettingsError(f"Expected role=column, got {text!r}.")
        if role not in ROLES and role not in COLUMN_ROLES:
            raise SettingsError(f"There is no role {role!r}. Roles: {', '.join((*ROLES, *COLUMN_ROLES))}.")
        if role in COLUMN_ROLES:
            roles[role] = [*roles.get(role, []), column]
        else:
            roles[role] = column or None
    return roles


def reading_of(pairs: list[str] | None) -> dict[str, Any]:
    """Return what overrides read_table's guesses, of encoding=cp1251 header=no missing:stars=0.

    Raises
    ------
    SettingsError
        For an option that does not exist, or a value that it does not take.
    """
    from embedviz.store.dataset import OPTIONS

    values: dict[str, Any] = {}
    for text in pairs or []:
        given, sign, value = text.partition("=")
        name, colon, column = given.partition(":")
        takes_column = name in OF_A_COLUMN and bool(column)
        may_be_empty = name in ("melt", "quote", "escape")
        if not sign or not (value or may_be_empty) or name not in OPTIONS or (colon and not takes_column):
            raise SettingsError(f"Expected one of {', '.join(f'{option}=…' for option in OPTIONS)}, got {text!r}.")
        if name == "only" and not column:
            raise SettingsError(f"Expected only:COLUMN=VALUE, got {text!r}.")
        if name in OF_A_COLUMN:
            values.setdefault(name, {}).setdefault(column, []).append(value)
        elif name == "merge_classes":
            values.setdefault(name, []).append(value)
        elif name == "header" and value.isdigit():
            values[name] = int(value)
        elif name in ("header", "strip_markup"):
            if value not in YES_OR_NO:
                also = " or the number of the line with the names" if name == "header" else ""
                raise SettingsError(f"{name} is yes, no{also}, not {value!r}.")
            values[name] = YES_OR_NO[value]
        else:
            values[name] = NO_MARK if name in ("quote", "escape") and value == "none" else value
    return values


def check_folder_of(path: Path) -> None:
    """Raise SettingsError before the work is done, when the file could not be written after it."""
    if not path.parent.is_dir():
        raise SettingsError(f"There is no folder {path.parent} to write {path.name} into. Make it first.")
