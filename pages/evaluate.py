"""Evaluate: how good the model is, what it has to beat, and how far the figures can be trusted."""

import streamlit as st

from components import evaluate_jobs, evaluate_pictures, session, tables, tours, training_view
from components.error_boundary import error_boundary
from embedviz.evaluation.score_table import MEMORY, SECONDS, WHAT, ScoreTable, score_table
from embedviz.evaluation.scores import SCORES
from embedviz.store.run import Run


def scores(table: ScoreTable) -> None:
    """The table with its protocol."""
    config = {
        WHAT: st.column_config.TextColumn(WHAT, pinned=True),
        SECONDS: st.column_config.TextColumn(SECONDS, help="Of the whole; for repeats, of one of them."),
        MEMORY: st.column_config.TextColumn(
            MEMORY, help="The most that the process held meanwhile, its libraries included."
        ),
    }
    shown = table.shown()
    for title in table.titles:
        if shown[title].str.contains("±").any():  # which the usual width would cut
            config[title] = st.column_config.TextColumn(title, width=125)
    st.dataframe(shown, hide_index=True, column_config=config)
    tables.csv_button(table.frame, "scores.csv", "download-scores")
    lower = [
        title for title in table.titles if any(title == s.title and not s.greater_is_better for s in SCORES.values())
    ]
    if lower:
        st.caption(f"Lower is better for {' and '.join(lower)}; higher for the rest.")
    st.text(" ".join(table.protocol))


def nothing_to_score(run: Run | None) -> None:
    """Why there is nothing, and the next step."""
    if run is not None and run.kind == "training":
        st.info(f"This run is {run.status}; its scores are measured when it has ended.")
        if st.button("See the training", type="primary"):
            st.switch_page("train.py")
        return
    st.info(
        "Nothing was trained here. Train a model on a text or a table, and its scores will stand here."
        if run is None
        else "This run holds vectors that were opened, not trained: there is nothing to score. Train on a text or a table "
        "to get scores, or look at these vectors' neighbours."
    )
    with st.container(horizontal=True):
        if st.button("Bring data", type="primary"):
            st.switch_page("data.py")
        if run is not None and st.button("Neighbours"):
            st.switch_page("neighbours.py")
        if run is None and "review" in tours.TOURS and st.button(f"Take the tour “{tours.TOURS['review'].title}”"):
            tours.start_tour("review")
            st.switch_page("train.py")


st.title("Evaluate")
st.write("See how good the model is, what it has to beat, and how far the figures can be trusted.")
run = session.current_run()
if run is None or not run.metrics:
    nothing_to_score(run)
else:
    with error_boundary():
        table = score_table(run)
        st.text(training_view.test_score_text(run.metrics, run.record))
        scores(table)
        left, right = st.columns(2, gap="large")
        with left, error_boundary():
            evaluate_jobs.show_baselines(run, table.verdict())
        with right, error_boundary():
            evaluate_jobs.show_repeat_form(run)
        evaluate_jobs.show_repeats(run)
    with error_boundary():
        evaluate_pictures.show_pictures(run)
