"""Menus for the roles of columns. What the visitor chooses is kept with the data set."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from components.data.recorded import show_recorded
from embedviz.data.roles import COLUMN_ROLES, ROLES, assign_role, roles_within
from embedviz.models import MODELS, model_spec
from embedviz.store.dataset import Dataset

Roles = dict[str, str | list[str]]  # role -> column, or columns for "as category", "as number" and "leave out"
LABELS = {"category": "As categories", "number": "As numbers", "ignore": "Leave out"}


def choose_roles(dataset: Dataset, columns: Sequence[str], guessed: Mapping[str, str | list[str]]) -> Roles:
    """Show a menu for each role and return the roles: those that were chosen, else those that were guessed.

    A column that is chosen leaves the roles that cannot share it. With a target, the other columns can be assigned to
    categories, numbers or left out.
    """
    chosen = roles_within(dataset.roles or {}, set(columns))
    is_chosen = dataset.roles is not None and (bool(chosen) or not dataset.roles)
    roles = chosen if is_chosen else dict(guessed)
    with st.container(horizontal=True):
        for role in ROLES:
            _menu(dataset, role, columns, roles)
    if message := st.session_state.pop(_message_key(dataset), None):
        st.text(message)
    if "target" in roles:
        with st.expander("How the other columns are used"):
            st.caption("By default, numbers are used as numbers; words and codes are used as categories.")
            for role in COLUMN_ROLES:
                _several(dataset, role, columns, roles)
    if is_chosen:
        st.button(
            "Guess the roles again",
            icon=":material/undo:",
            key=f"guess-{dataset.id}",
            type="tertiary",
            on_click=dataset.set_roles,
            args=(None,),
        )
    return roles


def _menu(dataset: Dataset, role: str, columns: Sequence[str], roles: Roles) -> None:
    key = f"{role}-{dataset.id}"
    show_recorded(key, roles.get(role))
    st.selectbox(
        role.capitalize(),
        columns,
        index=None,
        placeholder="no column",
        key=key,
        width=170,
        help=role_help(role),
        on_change=_chooser(dataset, role, roles, key),
    )


def _several(dataset: Dataset, role: str, columns: Sequence[str], roles: Roles) -> None:
    key = f"{role}-{dataset.id}"
    others = [its for other, its in roles.items() if other in COLUMN_ROLES and other != role]
    single = [roles.get(role) for role in ("target", "split")]
    assigned = {*(column for column in single if isinstance(column, str)), *(one for its in others for one in its)}
    show_recorded(key, list(roles.get(role, [])))
    st.multiselect(
        LABELS[role],
        [column for column in columns if column not in assigned],
        key=key,
        on_change=_chooser(dataset, role, roles, key),
    )


def _chooser(dataset: Dataset, role: str, roles: Roles, key: str) -> Callable[[], None]:
    """Return what keeps the choice of a menu, and says which role has lost its column to it."""

    def choose() -> None:
        picked = st.session_state[key]
        now = assign_role(roles, role, picked)
        dataset.set_roles(now)
        lost = [other for other in roles if other in ROLES and other != role and other not in now]
        if lost and isinstance(picked, str):
            st.session_state[_message_key(dataset)] = (
                f"“{picked}” is now the {role}, no longer the {' and '.join(lost)}."
            )

    return choose


def role_help(role: str) -> str | None:
    """Return what each model uses a column in this role for."""
    models = [model_spec(name) for name in MODELS]
    uses = [(model.title, ({**model.roles, **model.optional_roles}).get(role)) for model in models]
    return " ".join(f"{title}: {use}." for title, use in uses if use) or None


def _message_key(dataset: Dataset) -> str:
    return f"roles-message-{dataset.id}"
