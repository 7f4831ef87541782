"""Mistakes on the test set, as a table to read them in."""

from __future__ import annotations

import streamlit as st

from components import tables
from components.example_card import example_columns, show_example
from components.nouns import noun_of
from components.space_picker import open_in_neighbours
from embedviz.evaluation.mistakes import mistakes_sentence, worst_predictions
from embedviz.space.kinds import EXAMPLE_KINDS
from embedviz.store.open_spaces import open_space
from embedviz.store.run_folder import RunFolder
from embedviz.training.examples import ERROR, OUTCOME

HEIGHT_PX = 280


def show_mistakes(run: RunFolder) -> None:
    """Show the worst predictions of the test set, and the one that is clicked in full; nothing for a model without any."""
    name = next((name for name, kind in run.space_kinds.items() if kind in EXAMPLE_KINDS), None)
    space = open_space(run, name) if name else None
    frame = worst_predictions(space) if space else None
    if space is None or frame is None or frame.empty:
        return
    noun, key = noun_of(space), f"mistake-{run.id}"
    st.header("Mistakes")
    st.text(mistakes_sentence(space, noun.many))

    def read(chosen: str) -> None:
        st.session_state[key] = chosen

    columns = example_columns(space, frame)
    tables.clickable_table(frame, f"mistakes-{run.id}", read, column_order=columns, height=HEIGHT_PX)
    by = OUTCOME if OUTCOME in space.columns else ERROR
    st.caption(f"Click a {noun.one} to read it. On the Map, colour the {noun.many} by “{by}”.")
    label = st.session_state.get(key)
    if isinstance(label, str) and label in space:
        show_example(space, label)
        if st.button(f"Neighbours of this {noun.one}"):
            open_in_neighbours(run, space, label)
    tables.csv_button(frame, "mistakes.csv", "download-mistakes")
