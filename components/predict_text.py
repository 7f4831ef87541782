"""Asking a model of texts: one text, with which words pushed which way; or a file of them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from components import answers, session
from components.colored_words import colored_words
from embedviz.jobs.prediction import ask_rows
from embedviz.store.run import Run

EXAMPLE = "A warm and funny film, though never as clever as it thinks."
MOST_CHARACTERS = 5000


def show(run: Run) -> None:
    answers.tabs(
        {
            "A text": lambda: _one(run),
            "A file of texts": lambda: answers.predict_file(run, run.spec["columns"].get("text") or "text"),
        }
    )


def _one(run: Run) -> None:
    with st.form(f"ask-text-{run.id}", border=False):
        text = st.text_area("Text", EXAMPLE, max_chars=MOST_CHARACTERS, key=f"text-{run.id}", height=100)
        asked = st.form_submit_button("Predict", type="primary", icon=":material/online_prediction:")
    state_key = f"asked-text-{run.id}"
    if asked:
        st.session_state[state_key] = text.strip()
    asked_text = st.session_state.get(state_key)
    if asked_text == "":
        st.info("Type a sentence first.")
    elif asked_text:
        answers.show_when_done(
            ask_rows(run, [asked_text], session.owner()),
            lambda answer: _answer(asked_text, answer),
            key="text-progress",
        )


def _answer(text: str, answer: pd.DataFrame) -> None:
    row = answer.iloc[0]
    reasons = list(row["reasons"])
    left, right = st.columns([2, 3])
    with left:
        answers.show_classes(row)
    with right:
        st.markdown("**Which words pushed which way**")
        colored_words(text, reasons, key="words")
        st.caption(
            f"Blue words spoke for “{session.plain(str(row['prediction']))}”, orange ones against it; the fuller the "
            "colour, the more. The table has the numbers."
        )
        answers.contributions_table(reasons, "word", "words-table")
        with st.expander("How is this worked out?"):
            st.write(
                "By integrated gradients (Sundararajan, Taly and Yan 2017): the change of the answer from a text of "
                "nothing to this one is shared out among its words. The shares add up to the change."
            )
