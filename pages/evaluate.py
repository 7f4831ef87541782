"""The Evaluate page: scores, baselines, repeats, charts of the test results, and scores of word vectors."""

import streamlit as st

from components import evaluate_jobs, evaluate_pictures, mistakes, session, tables, word_scores
from components.error_boundary import error_boundary
from components.tours import guide
from components.tours.content import TOURS
from embedviz.evaluation.score_sentences import comparison_sentence, protocol_table, result_sentence
from embedviz.evaluation.score_table import MEMORY, MODEL, SECONDS, ScoreTable, display_table, number_table
from embedviz.evaluation.scores import SCORES, gloss, readable
from embedviz.jobs.scores import protocol_of, scores_of
from embedviz.store.run_folder import RunFolder

PROTOCOL_COLUMNS = {
    "what": st.column_config.TextColumn("what", width=330),
    "value": st.column_config.TextColumn("value"),
}


def show_scores(run: RunFolder, table: ScoreTable) -> None:
    """Show the scores and how they were measured."""
    config = {
        MODEL: st.column_config.TextColumn(MODEL, pinned=True),
        SECONDS: st.column_config.TextColumn(SECONDS, help="Total time; for repeats, the time of one of them."),
        MEMORY: st.column_config.TextColumn(MEMORY, help="Peak memory of the process, libraries included."),
    }
    shown = display_table(table)
    for name in table.names:
        title = readable(name)
        width = 125 if shown[title].str.contains("±").any() else None  # the default width would cut it off
        config[title] = st.column_config.TextColumn(title, width=width, help=gloss(name))
    st.dataframe(shown, hide_index=True, column_config=config)
    tables.csv_button(number_table(table), "scores.csv", "download-scores")
    lower = [SCORES[name].title for name in table.names if name in SCORES and not SCORES[name].greater_is_better]
    if lower:
        st.caption(f"Lower is better for {' and '.join(lower)}, higher for the other scores.")
    if run.protocol is None:
        st.text(" ".join(protocol_of(run)))
        return
    with st.expander("How the scores were measured"):
        table = protocol_table(run.protocol, run.record.get("device", ""))
        st.dataframe(table, hide_index=True, height="content", column_config=PROTOCOL_COLUMNS)


def no_scores(run: RunFolder | None) -> None:
    """Show why there are no scores, and the next step."""
    if run is not None and run.kind == "training":
        st.info(f"This run is {run.status}. Its scores are measured once it has ended.")
        if st.button("See the training", type="primary"):
            st.switch_page("train.py")
        return
    st.info(
        "No run is open. Train a model on a text or a table to see its scores here."
        if run is None
        else "This run holds vectors that were opened, not trained, so there are no scores of a model. Train one to get "
        "scores, or look at the neighbours of these vectors."
    )
    with st.container(horizontal=True):
        if st.button("Bring data", type="primary"):
            st.switch_page("data.py")
        if run is not None and st.button("Neighbours"):
            st.switch_page("neighbours.py")
        if run is None and "review" in TOURS and st.button(f"Take the tour “{TOURS['review'].title}”"):
            guide.start_tour("review")
            st.switch_page("train.py")


st.title("Evaluate")
st.write("See how good the model is, which baselines it has to beat, and how far you can trust the scores.")
run = session.current_run()
if run is None or not run.metrics:
    no_scores(run)
else:
    with error_boundary():
        table = scores_of(run)
        st.text(result_sentence(run.metrics, run.primary_metric))
        show_scores(run, table)
        left, right = st.columns(2, gap="large")
        with left, error_boundary():
            evaluate_jobs.show_baselines(run, comparison_sentence(table.comparison()))
        with right, error_boundary():
            evaluate_jobs.show_repeat_form(run)
        evaluate_jobs.show_repeats(run)
    with error_boundary():
        evaluate_pictures.show_pictures(run)
    with error_boundary():
        mistakes.show_mistakes(run)
if run is not None:
    with error_boundary():
        word_scores.show_word_vectors(run)
