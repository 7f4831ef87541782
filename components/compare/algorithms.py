"""Which algorithm: the way to the experiment that answers it for a run's text, and a word's neighbours by each algorithm."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from components import session, tables
from components.experiments.setup import EXPERIMENT, prefill
from embedviz.core.errors import RunError, UnknownLabelError
from embedviz.evaluation.example_labels import example_pair
from embedviz.experiments import find_question
from embedviz.experiments.algorithms import first_runs
from embedviz.experiments.experiment import Experiment, experiments_of
from embedviz.models.compatibility import word_models
from embedviz.space.letter_case import in_space_case
from embedviz.space.searchable_space import COMPOSED
from embedviz.space.side_by_side import UNKNOWN, side_by_side
from embedviz.store.dataset import Dataset
from embedviz.store.open_spaces import open_space
from embedviz.store.run_folder import RunFolder

QUESTION = "algorithms"
NEIGHBORS = 10


def has_algorithms(run: RunFolder) -> bool:
    """Return whether the page has this section: for the visitor's own runs of models of words."""
    return run.kind == "training" and run.model in word_models() and session.is_mine(run)


def draw_algorithms(run: RunFolder) -> None:
    """Draw the section for a run of a model of words; nothing for other runs, and for those of other people."""
    if not has_algorithms(run):
        return
    question = find_question(QUESTION)
    st.header(question.title)
    dataset = _dataset(run)
    if dataset is None:
        st.caption("The data of this run was deleted. Bring it again and train on it to compare algorithms.")
        return
    st.write(question.summary)
    answered = _answered(dataset)
    with st.container(horizontal=True):
        if st.button("Ask this of the text", type="primary", icon=":material/science:"):
            _ask(run)
        if answered and st.button("Open the last answer", icon=":material/history:"):
            st.switch_page("experiments.py", query_params={EXPERIMENT: answered.id})
    if answered:
        _draw_neighbors(answered)


def _dataset(run: RunFolder) -> Dataset | None:
    """Return the visitor's data set that the run was trained on; None where it is gone."""
    try:
        dataset = session.store().dataset(run.data.get("id", ""))
    except RunError:
        return None
    return dataset if dataset.owner == session.owner() else None


def _answered(dataset: Dataset) -> Experiment | None:
    """Return the visitor's newest experiment of this kind on the data; None without one."""
    found = experiments_of(session.store(), session.owner())
    return next((one for one in found if one.spec.question == QUESTION and one.spec.data["id"] == dataset.id), None)


def _ask(run: RunFolder) -> None:
    """Open the Experiments page with the question and the dimensions of the run chosen."""
    prefill(QUESTION, {"dim": run.spec.settings["dim"]})
    st.switch_page("experiments.py")


def _draw_neighbors(experiment: Experiment) -> None:
    """Draw a word's neighbours by each algorithm, in one table."""
    spaces = {title: open_space(run) for title, run in first_runs(experiment).items() if run.space_names}
    if not spaces:
        return
    first = next(iter(spaces.values()))
    typed = tables.label_input(first, "Neighbours of", example_pair(first)[0], f"algorithms-word-{experiment.id}")
    try:
        near = side_by_side(spaces, in_space_case(first, typed), NEIGHBORS)
    except UnknownLabelError as error:
        st.warning(session.plain(str(error)))
        return
    shown = pd.DataFrame({"rank": near["rank"]})
    for title in spaces:
        if title in near:
            cells = zip(near[title], near[f"{title} similarity"], strict=True)
            shown[title] = [f"{label}  {value:.2f}" if isinstance(label, str) else None for label, value in cells]
    config = {"rank": st.column_config.NumberColumn("rank", width="small")}
    st.dataframe(shown, hide_index=True, column_config=config, placeholder="", key=f"algorithms-near-{experiment.id}")
    if composed := near.attrs.get(COMPOSED):
        st.caption(session.plain(composed))
    if unknown := near.attrs.get(UNKNOWN):
        st.caption(session.plain(f"Not in the vocabulary of: {unknown}."))
    tables.csv_button(near, "neighbours-by-algorithm.csv", "download-algorithms-near")
