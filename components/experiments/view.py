"""An experiment as it goes on: progress, verdict, figure, table, runs and report."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from components import formatting, live, session
from components.experiments.setup import open_address
from components.tables import csv_button
from components.training_draft import discard_draft
from embedviz.core.errors import EmbedvizError
from embedviz.experiments.display import display_table
from embedviz.experiments.experiment import Experiment
from embedviz.experiments.report import protocol_of, report_html, runs_table
from embedviz.models import model_spec

MESSAGE = "experiment-message"
NO_VALUE = "—"


def draw_experiment(experiment: Experiment) -> None:
    """Draw the experiment, refreshed as results come in."""
    is_mine = experiment.owner == session.owner()
    st.header(session.plain(experiment.title))
    spec = experiment.spec
    st.caption(f"{model_spec(spec.model).title} · budget {formatting.duration(spec.budget)}")
    state = live.follow_progress(
        experiment,
        key=f"experiment-{experiment.id}",
        mark=lambda: sum(result.outcome != "training" for result in experiment.results),
        is_mine=is_mine,
    )
    table = experiment.table
    if verdict := experiment.verdict:
        first, *rest = verdict.sentences
        with st.container(key="verdict"):
            so_far = "" if state.is_final else " so far, with more runs to come"
            st.caption(f"Verdict{so_far}{'' if verdict.is_decided else ': the numbers do not decide'}")
            st.markdown(f"**{session.plain(first)}**")
            for sentence in rest:
                st.text(sentence)
    elif state.is_final:
        st.info("No run has ended, so there is nothing to say. A larger budget may help.")
    if figure := experiment.figure:
        st.plotly_chart(figure, key=f"figure-{experiment.id}", config={"displayModeBar": False})
    if len(table):
        shown = display_table(table)
        st.dataframe(
            shown, hide_index=True, column_config=_formats(shown), placeholder=NO_VALUE, key=f"table-{experiment.id}"
        )
    _draw_runs(experiment)
    if len(table):
        with st.expander("How it was measured", icon=":material/straighten:"):
            for sentence in protocol_of(experiment):
                st.text(sentence)
            st.caption("The command that makes it again:")
            st.code(experiment.command, language="bash", wrap_lines=True)
        with st.container(horizontal=True):
            st.download_button(
                "Download the report",
                lambda: report_html(experiment),
                "experiment.html",
                "text/html",
                on_click="ignore",
                icon=":material/description:",
            )
            csv_button(table, "experiment.csv", f"csv-{experiment.id}")
            if is_mine and state.is_final:
                st.button("Delete", icon=":material/delete:", on_click=_delete, args=(experiment,))


def _draw_runs(experiment: Experiment) -> None:
    """Draw the runs that were begun; a click on one opens it."""
    results = experiment.results
    if not results:
        return
    frame = runs_table(experiment)

    def open_run() -> None:
        if cells := st.session_state[key]["selection"]["cells"]:
            st.session_state[MESSAGE] = results[cells[0][0]].run_id

    key = f"runs-{experiment.id}-{len(results)}"
    with st.expander(f"Runs ({len(results)})", icon=":material/list:"):
        st.caption("Click a row to open the run.")
        st.dataframe(
            frame,
            hide_index=True,
            column_config=_formats(frame),
            placeholder=NO_VALUE,
            on_select=open_run,
            selection_mode="single-cell",
            key=key,
        )
    if run_id := st.session_state.pop(MESSAGE, None):
        session.remember(session.store().run(run_id))
        discard_draft()
        st.switch_page("train.py")


def _formats(frame: pd.DataFrame) -> dict[str, ColumnConfig]:
    """Return the formats of the columns of numbers: four significant places."""
    return {
        str(name): st.column_config.NumberColumn(str(name), format="%.4g")
        for name in frame.select_dtypes("floating").columns
    }


def _delete(experiment: Experiment) -> None:
    try:
        experiment.delete()
        open_address(None)
    except EmbedvizError as error:
        st.session_state["experiment-error"] = str(error)
