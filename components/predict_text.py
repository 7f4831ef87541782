"""The Predict page of a text classifier: one text with its word contributions, or a file of texts."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from components import answers, session
from components.colored_words import FULL_STRENGTH, colored_words
from components.tours import guide
from embedviz.jobs.prediction import ask_rows
from embedviz.models.sentiment.trained import EXAMPLE_TEXT, TextForm
from embedviz.store.open_spaces import open_form
from embedviz.store.run_folder import RunFolder

MAX_CHARACTERS = 5000


def show_text_prediction(run: RunFolder) -> None:
    """Show the form for one text and the form for a file."""
    answers.tabs(
        {
            "Text": lambda: _one_text(run),
            "File": lambda: answers.predict_file(run, str(run.spec.columns.get("text") or "text")),
        }
    )


def _one_text(run: RunFolder) -> None:
    with st.form(f"ask-text-{run.id}", border=False):
        text = st.text_area("Text", EXAMPLE_TEXT, max_chars=MAX_CHARACTERS, key=f"text-{run.id}", height=100)
        kind = "primary" if guide.current_tour() is None else "secondary"  # a tour has a primary button of its own
        submitted = st.form_submit_button("Predict", type=kind, icon=":material/online_prediction:")
    state_key = f"asked-text-{run.id}"
    if submitted:
        st.session_state[state_key] = text.strip()
    asked_text = st.session_state.get(state_key)
    if asked_text == "":
        st.info("Type a sentence first.")
    elif asked_text:
        answers.show_when_done(
            ask_rows(run, [asked_text], session.owner()),
            lambda answer: _show(run, asked_text, answer),
            key="text-progress",
        )


def _show(run: RunFolder, text: str, answer: pd.DataFrame) -> None:
    row, classes = answer.iloc[0], open_form(run, TextForm).classes
    reasons = list(row["reasons"])
    left, right = st.columns([2, 3], gap="large")
    with left:
        answers.show_classes(row)
    with right:
        st.markdown(
            "**Word contributions**",
            help="Integrated gradients (Sundararajan, Taly and Yan 2017): the change of the model's output from an empty "
            "text to this one is divided among the words. The contributions add up to the change.",
        )
        colored_words(text, reasons, classes, key="words")
        st.caption(
            f"A word has the colour of the class that it speaks for most. The colour is full from a contribution of "
            f"{FULL_STRENGTH:g}, in every text. Below: the contributions to “{session.plain(str(row['prediction']))}”."
        )
        answers.contributions_table(reasons, "word", "words-table")
