"""Remedies of findings that a visitor took: applied to the data, the roles and the settings, and undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from components import session
from components.training_draft import TrainingDraft, open_draft
from embedviz.data.findings import Finding, merged_options, merged_roles
from embedviz.store.dataset import OPTIONS, Dataset

_ABSENT = object()  # a widget that had no value


@dataclass(frozen=True)
class _Asked:
    """A remedy to take at the next run of the page, before its widgets are drawn."""

    finding: Finding
    settings_key: str


@dataclass(frozen=True)
class _Taken:
    """A remedy that was taken, and what was there before."""

    done: str
    options: dict[str, Any]
    roles: dict[str, str | list[str]]
    widgets: dict[str, Any]


def ask(finding: Finding, dataset: Dataset, settings_key: str) -> None:
    """Ask for the remedy of a finding.

    Parameters
    ----------
    settings_key
        Prefix of the settings form's keys: see `components.settings_form.settings_form`.
    """
    st.session_state[_asked_key(dataset)] = _Asked(finding, settings_key)


def take_asked(draft: TrainingDraft, dataset: Dataset) -> TrainingDraft:
    """Take the remedy that was asked for, or undo the last one, and return the draft as it is then.

    Called before the widgets of the form are drawn, for a drawn widget's value cannot be changed.
    """
    asked = st.session_state.pop(_asked_key(dataset), None)
    taken: list[_Taken] = st.session_state.setdefault(_taken_key(dataset), [])
    if asked == "undo" and taken:
        last = taken.pop()
        dataset.set_options(**{name: last.options.get(name) for name in OPTIONS})
        _set_widgets(last.widgets)
        draft = replace(draft, roles=last.roles)
    elif isinstance(asked, _Asked) and (remedy := asked.finding.remedy) is not None:
        widgets = {f"{asked.settings_key}-{name}": value for name, value in remedy.settings.items()}
        before = {key: st.session_state.get(key, _ABSENT) for key in widgets}
        taken.append(_Taken(remedy.done, dict(dataset.options), draft.roles, before))
        dataset.set_options(**merged_options(dataset.options, remedy.options))
        _set_widgets(widgets)
        draft = replace(draft, roles=merged_roles(draft.roles, remedy.columns))
    else:
        return draft
    open_draft(draft)
    return draft


def show_taken(dataset: Dataset) -> None:
    """Show which remedies were taken, the last with a button that undoes it."""
    taken: list[_Taken] = st.session_state.get(_taken_key(dataset), [])
    for number, remedy in enumerate(taken):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.success(session.plain(remedy.done))
            is_last = number == len(taken) - 1
            if is_last and st.button("Undo", icon=":material/undo:", key=f"undo-{dataset.id}-{number}"):
                st.session_state[_asked_key(dataset)] = "undo"
                st.rerun(scope="app")


def _set_widgets(values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if value is _ABSENT:
            st.session_state.pop(key, None)
        else:
            st.session_state[key] = value


def _asked_key(dataset: Dataset) -> str:
    return f"remedy-asked-{dataset.id}"


def _taken_key(dataset: Dataset) -> str:
    return f"remedies-taken-{dataset.id}"
