"""The Experiments page: a question, answered by several runs on one's own data."""

import streamlit as st

from components import formatting, session
from components.error_boundary import error_boundary
from components.experiments.setup import EXPERIMENT, draw_setup, open_address
from components.experiments.view import draw_experiment
from embedviz.core.errors import EmbedvizError
from embedviz.experiments.experiment import experiments_of, open_experiment

st.title("Experiments")
st.write("Ask a question that takes several trainings, and get a table, a figure and a verdict.")
if text := st.session_state.pop("experiment-error", None):
    st.warning(session.prose(text))
opened = None
if experiment_id := st.query_params.get(EXPERIMENT):
    try:
        opened = open_experiment(session.store(), experiment_id)
        _ = opened.spec
    except EmbedvizError as error:
        st.warning(session.plain(str(error)))
        open_address(None)
with error_boundary():
    if opened is not None:
        st.empty()  # in the place of the form, which would stay on among the rest until the script has run
        draw_experiment(opened)
        if st.button("Ask another question", icon=":material/add:"):
            open_address(None)
            st.rerun()
    else:
        with st.container():
            draw_setup()
with error_boundary():
    earlier = [
        found for found in experiments_of(session.store(), session.owner()) if opened is None or found.id != opened.id
    ]
    if earlier:
        st.header("Earlier experiments")
    for found in earlier[:10]:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"{found.title} · {found.status} · {formatting.when(found.created)}", width="stretch")
            if st.button("Open", key=f"open-{found.id}"):
                open_address(found)
                st.rerun()
