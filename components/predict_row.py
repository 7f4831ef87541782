"""Asking a model of a table: a row typed into a form, with what each column added; or a file of rows."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from components import answers, session
from embedviz.jobs.prediction import ask_rows
from embedviz.store.open_spaces import open_knowledge
from embedviz.store.run import Run

ABREAST = 3  # fields of the form beside each other
SHOWN = 12  # fields that stand open; the rest of a wide table is folded away
UNKNOWN = "not known"


def show(run: Run) -> None:
    answers.tabs({"A row": lambda: _one(run), "A file of rows": lambda: answers.predict_file(run, None)})


def _one(run: Run) -> None:
    features = open_knowledge(run)["features"]
    with st.form(f"ask-row-{run.id}", border=False):
        row = _fields(run, features[:SHOWN])
        if len(features) > SHOWN:
            more = len(features) - SHOWN
            with st.expander(f"{more} more {'column' if more == 1 else 'columns'}"):
                row |= _fields(run, features[SHOWN:])
        asked = st.form_submit_button("Predict", type="primary", icon=":material/online_prediction:")
    state_key = f"asked-row-{run.id}"
    if asked:
        st.session_state[state_key] = row
    if state_key in st.session_state:
        question = ask_rows(run, [st.session_state[state_key]], session.owner())
        answers.show_when_done(question, lambda answer: _answer(run, answer), key="row-progress")


def _fields(run: Run, features: list[dict[str, Any]]) -> dict[str, Any]:
    """column -> what was typed, None where it is not known."""
    row = {}
    for start in range(0, len(features), ABREAST):
        for column, feature in zip(st.columns(ABREAST), features[start : start + ABREAST], strict=False):
            with column:
                row[feature["name"]] = _field(feature, f"field-{run.id}-{feature['name']}")
    return row


def _field(feature: dict[str, Any], key: str) -> Any:
    label = session.plain(feature["name"])
    if feature["kind"] == "category":
        values = [None, *feature["values"]]
        usual = values.index(feature["example"]) if feature["example"] in values else 0
        return st.selectbox(
            label,
            values,
            usual,
            lambda value: UNKNOWN if value is None else str(value),
            key=key,
            accept_new_options=True,
        )
    if feature["kind"] == "number":
        value = st.number_input(
            label, value=float(feature["median"]), format="%g", step=None, key=key, placeholder=UNKNOWN,
            help=f"In the training from {feature['low']:g} to {feature['high']:g}. Empty: {UNKNOWN}.",
        )  # fmt: skip
        return None if value is None else float(value)
    typed = st.text_input(
        label, str(feature["example"]), key=key, placeholder=UNKNOWN, help=session.plain(f"As in {feature['example']}.")
    )
    return typed.strip() or None


def _answer(run: Run, answer: pd.DataFrame) -> None:
    row, target = answer.iloc[0], open_knowledge(run)["target"]
    left, right = st.columns(2)
    with left:
        if target["kind"] == "classes":
            answers.show_classes(row)
        else:
            answers.show_number(row, target["name"])
    with right:
        st.markdown("**What moved it**")
        answers.contributions_table(list(row["reasons"]), "column", "row-table")
        st.caption(
            "Beside an ordinary row, by integrated gradients (Sundararajan, Taly and Yan 2017): what each column added to "
            "this answer."
        )
