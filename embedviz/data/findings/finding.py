"""A finding and its remedy, and what taking the remedy changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from embedviz.core.typed_json import JsonObject

Kind = Literal["matrix", "sentinel", "absurd", "counts", "flags", "skewed", "spellings", "markup", "sorted"]


@dataclass(frozen=True)
class Remedy:
    """A way out.

    Attributes
    ----------
    label
        Of the button.
    done
        A sentence on what is different once it is taken.
    options
        Of `embedviz.data.reading.read_table`, to be merged into those of the data.
    columns
        role -> column, None to take it away.
    settings
        Values of the model's settings.
    """

    label: str
    done: str
    options: JsonObject = field(default_factory=JsonObject)
    columns: dict[str, str | None] = field(default_factory=dict[str, "str | None"])
    settings: JsonObject = field(default_factory=JsonObject)


@dataclass(frozen=True)
class Finding:
    """Something odd.

    Attributes
    ----------
    kind
        What it is.
    sentence
        The same in words. Names of columns and values are as they came: show it as plain text.
    remedy
        None where there is nothing to do.
    """

    kind: Kind
    sentence: str
    remedy: Remedy | None = None


def merged_options(given: Mapping[str, object], added: Mapping[str, object]) -> dict[str, object]:
    """Return options of `read_table` with further ones: marks, rows and classes are added to those that are there."""
    merged = dict(given)
    for name, value in added.items():
        before = merged.get(name)
        if name == "missing" and before is not None and not isinstance(before, Mapping):
            before = {"": before}
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            merged[name] = merged_options(before, value)
        elif isinstance(before, list | tuple) and isinstance(value, list | tuple):
            merged[name] = list(dict.fromkeys([*before, *value]))
        else:
            merged[name] = value
    return merged


def merged_roles(given: Mapping[str, str | list[str]], added: Mapping[str, str | None]) -> dict[str, str | list[str]]:
    """Return role -> column(s) with those of a remedy, which None takes away."""
    kept = {role: columns for role, columns in given.items() if role not in added}
    return kept | {role: column for role, column in added.items() if column}
