"""The Predict page of a table model: a form for one row with its column contributions, or a file of rows."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from components import answers, session
from embedviz.jobs.prediction import ask_rows
from embedviz.models.categories.form import Form, FormField
from embedviz.store.open_spaces import open_form
from embedviz.store.run_folder import RunFolder

FIELDS_PER_LINE = 3
MAX_OPEN_FIELDS = 12  # the rest of a wide table is in an expander
UNKNOWN = "unknown"


def show_row_prediction(run: RunFolder) -> None:
    """Show the form for one row and the form for a file."""
    answers.tabs({"Row": lambda: _one_row(run), "File": lambda: answers.predict_file(run, None)})


def _one_row(run: RunFolder) -> None:
    features = open_form(run, Form).features
    with st.form(f"ask-row-{run.id}", border=False):
        row = _fields(run, features[:MAX_OPEN_FIELDS])
        if len(features) > MAX_OPEN_FIELDS:
            more = len(features) - MAX_OPEN_FIELDS
            with st.expander(f"{more} more {'column' if more == 1 else 'columns'}"):
                row |= _fields(run, features[MAX_OPEN_FIELDS:])
        submitted = st.form_submit_button("Predict", type="primary", icon=":material/online_prediction:")
    state_key = f"asked-row-{run.id}"
    if submitted:
        st.session_state[state_key] = row
    if state_key in st.session_state:
        question = ask_rows(run, [st.session_state[state_key]], session.owner())
        answers.show_when_done(question, lambda answer: _show(run, answer), key="row-progress")


def _fields(run: RunFolder, features: Sequence[FormField]) -> dict[str, str | float | None]:
    """Return column -> typed value, None where it is unknown."""
    row: dict[str, str | float | None] = {}
    for start in range(0, len(features), FIELDS_PER_LINE):
        line = features[start : start + FIELDS_PER_LINE]
        for column, feature in zip(st.columns(FIELDS_PER_LINE), line, strict=False):
            with column:
                row[feature.name] = _field(feature, f"field-{run.id}-{feature.name}")
    return row


def _field(feature: FormField, key: str) -> str | float | None:
    label = session.plain(feature.name)
    if feature.kind == "category":
        values = [None, *feature.values]
        return st.selectbox(
            label,
            values,
            values.index(feature.example) if feature.example in values else 0,
            format_func=lambda value: UNKNOWN if value is None else str(value),
            key=key,
            accept_new_options=True,
        )
    if feature.kind == "number":
        value = st.number_input(
            label,
            value=feature.median,
            format="%g",
            step=None,
            key=key,
            placeholder=UNKNOWN,
            help=f"Between {feature.low:g} and {feature.high:g} in the training set. Leave empty if {UNKNOWN}.",
        )
        return None if value is None else float(value)
    typed = st.text_input(
        label,
        str(feature.example),
        key=key,
        placeholder=UNKNOWN,
        help=session.plain(f"For example {feature.example}."),
    )
    return typed.strip() or None


def _show(run: RunFolder, answer: pd.DataFrame) -> None:
    row, target = answer.iloc[0], open_form(run, Form).target
    left, right = st.columns(2, gap="large")
    with left:
        if target.kind == "classes":
            answers.show_classes(row)
        else:
            answers.show_number(row, target.name)
    with right:
        st.markdown(
            "**Column contributions**",
            help="Integrated gradients (Sundararajan, Taly and Yan 2017): the change of the model's output from an average "
            "row to this one is divided among the columns.",
        )
        answers.contributions_table(list(row["reasons"]), "column", "row-table")
