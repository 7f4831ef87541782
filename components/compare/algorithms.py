"""Which algorithm: several of them trained on a run's text for the same time, their scores and neighbours side by side."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from components import formatting, live, session, tables
from embedviz.core.errors import RunError, UnknownLabelError
from embedviz.evaluation.example_labels import example_pair
from embedviz.jobs.algorithm_comparison import (
    AlgorithmComparison,
    comparison_of_algorithms,
    kept_comparisons,
)
from embedviz.jobs.algorithm_table import algorithm_title
from embedviz.models.compatibility import word_models
from embedviz.space.letter_case import in_space_case
from embedviz.space.searchable_space import COMPOSED
from embedviz.space.side_by_side import UNKNOWN, side_by_side
from embedviz.store.dataset import Dataset
from embedviz.store.open_spaces import open_space
from embedviz.store.run_folder import RunFolder

SHARED_SETTINGS = ("dim", "window", "min_count", "tokenizer", "lowercase", "seed")  # taken from the open run
MIN_DIM, MAX_DIM, DEFAULT_DIM = 2, 1000, 100
MIN_SECONDS, MAX_SECONDS, DEFAULT_SECONDS = 1, 600, 30
NEIGHBORS = 10
HELP = (
    "Every algorithm gets the same text, vocabulary, window and dimension. A short trial measures its speed; from that its "
    "epochs are chosen, so that it ends where its learning rate does. Each becomes a run that can be opened."
)
HEADINGS = {  # column of the table -> its heading, and what it means
    "epochs": ("epochs", "Passes over the data, chosen for the time."),
    "seconds": ("seconds", "Of the whole run: reading, preparing, training and measuring."),
    "test/auc": (
        "test AUC",
        "How often a word of the test set scores above a noise word: 0.5 is chance, 1 is perfect.",
    ),
    "test/loss": ("test loss", "Cross-entropy of words of the test set among noise words; lower is better."),
    "small-pairs spearman": (
        "similarity",
        "Spearman's rank correlation with the judgements of the small set of English word pairs; 0 is chance.",
    ),
    "small-pairs coverage": ("pairs answered", "Share of the word pairs whose words are in the vocabulary."),
    "small-analogies accuracy": (
        "analogies",
        "Accuracy: the share of the small set of English analogies whose expected word comes first.",
    ),
    "small-analogies coverage": ("analogies answered", "Share of the analogies whose words are in the vocabulary."),
    "memory_bytes": ("memory", "Peak of the process, libraries included."),
}


def has_algorithms(run: RunFolder) -> bool:
    """Return whether the page has this section: for the visitor's own runs of models of words."""
    return run.kind == "training" and run.model in word_models() and session.is_mine(run)


def draw_algorithms(run: RunFolder) -> None:
    """Draw the section for a run of a model of words; nothing for other runs, and for those of other people."""
    if not has_algorithms(run):
        return
    st.header("Which algorithm?", help=HELP)
    dataset = _dataset(run)
    if dataset is None:
        st.caption("The data of this run was deleted. Bring it again and train on it to compare algorithms.")
        return
    kept = kept_comparisons(dataset)
    with st.expander("Train several algorithms on this text", icon=":material/balance:", expanded=not kept):
        _draw_form(run, dataset)
    if not kept:
        return
    asked = kept[0]
    if len(kept) > 1:
        titles = [found.title for found in kept]
        key = f"algorithms-{dataset.id}-{len(kept)}"
        asked = kept[st.selectbox("Comparison", range(len(kept)), format_func=titles.__getitem__, key=key)]
    live.follow_progress(asked, key=f"algorithms-{asked.id}", mark=lambda: _mark(asked))
    _draw_table(asked)
    _draw_neighbors(asked)


def _dataset(run: RunFolder) -> Dataset | None:
    """Return the visitor's data set that the run was trained on; None where it is gone."""
    try:
        dataset = session.store().dataset(run.data.get("id", ""))
    except RunError:
        return None
    return dataset if dataset.owner == session.owner() else None


def _draw_form(run: RunFolder, dataset: Dataset) -> None:
    models = word_models()
    chosen = st.multiselect(
        "Algorithms", list(models), list(models), format_func=algorithm_title, key=f"which-{run.id}"
    )
    left, right = st.columns(2)
    shared = {name: run.spec.settings[name] for name in SHARED_SETTINGS if name in run.spec.settings}
    own = shared.get("dim")
    default = own if isinstance(own, int) else DEFAULT_DIM
    dim = left.number_input("Dimensions", MIN_DIM, MAX_DIM, default, key=f"which-dim-{run.id}")
    seconds = right.number_input(
        "Seconds for each", MIN_SECONDS, MAX_SECONDS, DEFAULT_SECONDS, key="which-seconds", persist_state="session"
    )
    if run.data.get("only"):
        st.caption("This run was trained on a selection; the algorithms are trained on the whole text.")
    st.caption(f"Training takes about {formatting.duration(1.3 * seconds * len(chosen))}, speed trials included.")
    if st.button("Train and compare", type="primary", icon=":material/play_arrow:", disabled=len(chosen) < 2):
        asked = comparison_of_algorithms(
            dataset, chosen, seconds=seconds, columns=run.columns, settings={**shared, "dim": int(dim)}
        )
        if asked.state.is_final and asked.status != "done":
            session.executor().submit(asked)
        st.rerun()


def _mark(asked: AlgorithmComparison) -> tuple[tuple[str, bool, bool], ...]:
    """Return what the table depends on."""
    runs = asked.runs
    return tuple(
        (row.model, row.model in runs and runs[row.model].state.is_final, row.scores is not None) for row in asked.rows
    )


def _draw_table(asked: AlgorithmComparison) -> None:
    frame = asked.frame()
    if frame.empty:
        return
    shown = frame.drop(columns=["model", "run"]).dropna(axis=1, how="all")
    if frame["status"].eq("done").all():
        shown = shown.drop(columns="status")
    if "memory_bytes" in shown:
        shown["memory_bytes"] = [formatting.size(value) if pd.notna(value) else None for value in shown["memory_bytes"]]
    config = {str(name): _column(str(name), shown[name]) for name in shown}
    st.dataframe(shown, hide_index=True, column_config=config, placeholder="", key=f"algorithms-table-{asked.id}")
    for note in asked.notes():
        st.caption(session.plain(note))
    with st.container(horizontal=True):
        tables.csv_button(frame, "algorithms.csv", "download-algorithms")
        for name, run in asked.runs.items():
            if run.space_names and st.button(
                f"Open {algorithm_title(name)}", icon=":material/hub:", key=f"open-{asked.id}-{name}"
            ):
                session.remember(run)
                st.switch_page("neighbours.py")


def _column(name: str, values: pd.Series) -> ColumnConfig:
    heading, gloss = HEADINGS.get(name, (name, None))
    if name.endswith("coverage"):
        return st.column_config.NumberColumn(heading, format="percent", help=gloss)
    if name in ("epochs", "seconds"):
        return st.column_config.NumberColumn(heading, format="%d" if name == "epochs" else "%.1f", help=gloss)
    if pd.api.types.is_float_dtype(values):
        return st.column_config.NumberColumn(heading, format="%.3f", help=gloss)
    return st.column_config.Column(heading, help=gloss)


def _draw_neighbors(asked: AlgorithmComparison) -> None:
    """Draw a word's neighbours by each algorithm, in one table."""
    runs = asked.runs.items()
    spaces = {algorithm_title(name): open_space(run) for name, run in runs if run.space_names}
    if not spaces:
        return
    first = next(iter(spaces.values()))
    typed = tables.label_input(first, "Neighbours of", example_pair(first)[0], f"algorithms-word-{asked.id}")
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
    st.dataframe(shown, hide_index=True, column_config=config, placeholder="", key=f"algorithms-near-{asked.id}")
    if composed := near.attrs.get(COMPOSED):
        st.caption(session.plain(composed))
    if unknown := near.attrs.get(UNKNOWN):
        st.caption(session.plain(f"Not in the vocabulary of: {unknown}."))
    tables.csv_button(near, "neighbours-by-algorithm.csv", "download-algorithms-near")
