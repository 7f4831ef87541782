"""What stands on the command line, as settings, columns and options of reading."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from embedviz.core.errors import SettingsError
from embedviz.core.settings import Settings
from embedviz.data.roles import COLUMN_ROLES, ROLES
from embedviz.store.dataset import OPTIONS

SEVERAL = (  # flags that take several words
    "--positive",
    "--negative",
    "--columns",
    "--probe",
    "--read",
)
YES_OR_NO = {"yes": True, "true": True, "no": False, "false": False}
OF_A_COLUMN = ("missing", "only")  # options of --read that name a column: missing:stars=0
NO_MARK = ""


def repeated(words: list[str]) -> list[str]:
    """Turn --positive king woman into --positive king --positive woman, likewise for the other flags of several."""
    result: list[str] = []
    flag, first = "", True
    for word in words:
        if word.startswith("-"):
            flag, first = (word if word in SEVERAL else ""), True
            result.append(word)
            continue
        if flag and not first:
            result.append(flag)
        result.append(word)
        first = False
    return result


def settings_of(settings: type[Settings], flags: list[str], further: type[Settings] | None = None) -> dict[str, Any]:
    """Turn --learning-rate 0.05 --deterministic into fields of the settings class; pydantic converts the text.

    further: another class whose fields may be given as well.
    """
    fields = {**settings.model_fields, **(further.model_fields if further else {})}
    values: dict[str, Any] = {}
    words = iter(flags)
    for flag in words:
        if not flag.startswith("--"):
            raise SettingsError(f"Expected a setting such as --dim 100, got {flag!r}.")
        name, _, value = flag[2:].partition("=")
        name = name.replace("-", "_")
        field = fields.get(name)
        if field is None and not (name == "preset" and settings.presets):
            raise SettingsError(f"There is no setting --{name}. Settings: {', '.join(fields)}.")
        if field is not None and field.annotation is bool and not value:
            values[name] = True
            continue
        value = value or next(words, "")
        if not value:
            raise SettingsError(f"The setting --{name} needs a value.")
        number = value.lstrip("-").replace(".", "", 1).replace("e-", "", 1)
        values[name] = (
            float(value) if number.isdigit() and not value.isdigit() else int(value) if value.isdigit() else value
        )
    return values


def columns_of(pairs: list[str]) -> dict[str, Any]:
    """Turn target=body ignore=id ignore=url into role -> column, or columns for a role that has several; split= into None,
    which takes a guess away."""
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
    """Turn encoding=cp1251 header=no missing:stars=0 into what overrides read_table's guesses."""
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
