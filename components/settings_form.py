"""A form made of a settings class: its fields' ranges, defaults and sentences of help."""

from __future__ import annotations

import types
import typing
from typing import Any, Literal

import streamlit as st
from pydantic.fields import FieldInfo

from embedviz.core.settings import Settings, TrainingSettings


def settings_form(
    settings: type[Settings],
    *,
    key: str,
    hidden: tuple[str, ...] = (),
    defaults: dict[str, Any] | None = None,
    menus: dict[str, dict[str, str]] | None = None,
) -> dict[str, Any]:
    """The values a person chose: the basic fields in a row, the rest behind "More settings". defaults go before those
    of the class; menus: for a field of text, the values to choose from, each with what it is called."""
    defaults, menus = defaults or {}, menus or {}
    fields = {
        name: field
        for name, field in settings.model_fields.items()
        if name not in hidden and _counts(field, settings, key, defaults)
    }
    basic = [name for name, field in fields.items() if (field.json_schema_extra or {}).get("basic")]
    values: dict[str, Any] = {}
    if basic:
        for column, name in zip(st.columns(len(basic)), basic, strict=True):
            with column:
                values[name] = _widget(name, fields[name], f"{key}-{name}", defaults, menus.get(name))
    with st.expander("More settings", icon=":material/tune:"):
        columns = st.columns(2)
        rest = [(name, field) for name, field in fields.items() if name not in basic]
        rest.sort(key=lambda pair: pair[0] in TrainingSettings.model_fields)  # its own before those that all have
        for i, (name, field) in enumerate(rest):
            with columns[i % 2]:
                values[name] = _widget(name, field, f"{key}-{name}", defaults, menus.get(name))
    return values


def _counts(field: FieldInfo, settings: type[Settings], key: str, defaults: dict[str, Any]) -> bool:
    """False for a field that only counts with another value of another one, such as perplexity while drawing by umap."""
    for other, values in ((field.json_schema_extra or {}).get("only_for") or {}).items():
        chosen = st.session_state.get(f"{key}-{other}", defaults.get(other, settings.model_fields[other].default))
        if chosen not in values:
            return False
    return True


def _widget(name: str, field: FieldInfo, key: str, defaults: dict[str, Any], menu: dict[str, str] | None = None) -> Any:
    label, default = field.title or name.replace("_", " ").capitalize(), defaults.get(name, field.default)
    kind, optional = _kind(field.annotation)
    limits = {type(m).__name__.lower(): m for m in field.metadata}
    common = {"help": field.description, "key": key, "persist_state": "session"}
    if menu:
        choices = list(menu)
        return st.selectbox(label, choices, choices.index(default) if default in menu else 0, menu.get, **common)
    if typing.get_origin(kind) is Literal:
        choices = list(typing.get_args(kind))
        return st.selectbox(label, choices, index=choices.index(default), **common)
    if kind is bool:
        return st.toggle(label, default, **common)
    if kind in (int, float):
        low = limits["ge"].ge if "ge" in limits else limits["gt"].gt if "gt" in limits else None
        high = limits["le"].le if "le" in limits else None
        more = {"step": 1} if kind is int else {"format": "%g", "step": None}
        if kind is float and "gt" in limits:
            low = 1e-9
        placeholder = {"placeholder": "chosen by size"} if optional else {}
        return st.number_input(
            label, _as(kind, low), _as(kind, high), _as(kind, default), **more, **placeholder, **common
        )
    return st.text_input(label, default, **common)


def _kind(annotation: Any) -> tuple[Any, bool]:
    """The type without its None, and whether None was one of them."""
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union:
        rest = [part for part in typing.get_args(annotation) if part is not type(None)]
        return rest[0], len(rest) < len(typing.get_args(annotation))
    return annotation, False


def _as(kind: type, value: Any) -> Any:
    return None if value is None else kind(value)
