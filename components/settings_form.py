"""A form generated from a settings class: ranges, defaults and help texts come from its fields."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from typing import Any, Literal

import streamlit as st
from pydantic.fields import FieldInfo

from embedviz.core.settings import Settings, TrainingSettings

SMALLEST_POSITIVE = 1e-9  # the minimum of a field that has to be greater than 0


def settings_form(
    settings: type[Settings],
    *,
    key: str,
    hidden: tuple[str, ...] = (),
    defaults: Mapping[str, Any] | None = None,
    menus: Mapping[str, dict[str, str]] | None = None,
    several: Mapping[str, Mapping[str, str]] | None = None,
) -> dict[str, Any]:
    """Show the form, the basic fields in a row and the rest under "More settings", and return the chosen values.

    Parameters
    ----------
    settings
        The settings class.
    key
        Prefix of the widgets' keys.
    hidden
        Fields that are left out.
    defaults
        Initial values that override those of the class.
    menus
        For a text field, the values to choose from: value -> label.
    several
        Likewise for a text field that names several, with commas between them; nothing chosen is an empty text.
    """
    defaults, menus, several = defaults or {}, menus or {}, several or {}
    fields = {
        name: field
        for name, field in settings.model_fields.items()
        if name not in hidden and _is_relevant(field, settings, key, defaults)
    }
    basic = [name for name, field in fields.items() if _extra(field).get("basic")]
    values: dict[str, Any] = {}
    if basic:
        for column, name in zip(st.columns(len(basic)), basic, strict=True):
            with column:
                values[name] = _widget(
                    name, fields[name], f"{key}-{name}", defaults, menus.get(name), several.get(name)
                )
    rest = [(name, field) for name, field in fields.items() if name not in basic]
    if not rest:
        return values
    with st.expander("More settings", icon=":material/tune:"):
        rest.sort(key=lambda pair: pair[0] in TrainingSettings.model_fields)  # the model's own settings come first
        for i in range(0, len(rest), 2):  # rows, not columns: they keep the order where a narrow screen stacks them
            for column, (name, field) in zip(st.columns(2, vertical_alignment="bottom"), rest[i : i + 2], strict=False):
                with column:
                    values[name] = _widget(name, field, f"{key}-{name}", defaults, menus.get(name), several.get(name))
    return values


def _extra(field: FieldInfo) -> dict[str, Any]:
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


def _is_relevant(field: FieldInfo, settings: type[Settings], key: str, defaults: Mapping[str, Any]) -> bool:
    """Return False for a field that another field's value rules out, such as perplexity when the method is UMAP."""

    def chosen(other: str) -> Any:
        return st.session_state.get(f"{key}-{other}", defaults.get(other, settings.model_fields[other].default))

    only_for, not_for = _extra(field).get("only_for") or {}, _extra(field).get("not_for") or {}
    return all(chosen(other) in values for other, values in only_for.items()) and not any(
        chosen(other) in values for other, values in not_for.items()
    )


def _widget(
    name: str,
    field: FieldInfo,
    key: str,
    defaults: Mapping[str, Any],
    menu: Mapping[str, str] | None = None,
    several: Mapping[str, str] | None = None,
) -> Any:  # the value has the type of the field
    label, default = field.title or name.replace("_", " ").capitalize(), defaults.get(name, field.default)
    kind, optional = _split_optional(field.annotation)
    common: dict[str, Any] = {"help": field.description, "key": key, "persist_state": "session"}
    if several:
        chosen = [part.strip() for part in str(default).split(",") if part.strip()]
        label_of = several.__getitem__
        return ", ".join(
            st.multiselect(label, list(several), chosen, format_func=label_of, placeholder="All", **common)
        )
    if menu:
        choices = list(menu)
        index = choices.index(default) if default in menu else 0
        return st.selectbox(label, choices, index, format_func=lambda value: menu[value], **common)
    if typing.get_origin(kind) is Literal:
        choices = list(typing.get_args(kind))
        return st.selectbox(label, choices, index=choices.index(default), **common)
    if kind is bool:
        return st.toggle(label, default, **common)
    if kind in (int, float):
        low, high = _limits(field, kind)
        common |= {"step": 1} if kind is int else {"step": None, "format": "%g"}
        if optional:
            common["placeholder"] = "automatic"
        value = None if default is None else kind(default)
        return st.number_input(label, low, high, value, **common)
    return st.text_input(label, default, **common)


def _split_optional(annotation: Any) -> tuple[Any, bool]:
    """Return the type without None, and whether None was allowed."""
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union:
        rest = [part for part in typing.get_args(annotation) if part is not type(None)]
        return rest[0], len(rest) < len(typing.get_args(annotation))
    return annotation, False


def _limits(field: FieldInfo, kind: type[int] | type[float]) -> tuple[float | None, float | None]:
    """Return the field's minimum and maximum, None where it has none."""
    limits = {type(m).__name__.lower(): m for m in field.metadata}
    low = limits["ge"].ge if "ge" in limits else limits["gt"].gt if "gt" in limits else None
    high = limits["le"].le if "le" in limits else None
    if kind is float and "gt" in limits:
        low = SMALLEST_POSITIVE
    return None if low is None else kind(low), None if high is None else kind(high)
