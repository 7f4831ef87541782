"""The Export page: the vectors, the model, and what reproduces a run, for other tools and people."""

import streamlit as st

from components import session, starting
from components.error_boundary import error_boundary
from components.exports.again_group import show_again_group
from components.exports.model_group import show_model_group
from components.exports.vectors_group import show_vectors_group
from embedviz.store.run_folder import WEIGHTS, RunFolder


def show_groups(run: RunFolder) -> None:
    """Show the groups that the run has something for."""
    if run.space_names:
        st.header("Vectors")
        with error_boundary():
            show_vectors_group(run)
    if run.kind != "training":
        st.caption("These vectors were opened from a file, so there is no model and no training to export.")
        return
    if (run.folder / WEIGHTS).exists():
        st.header("The model")
        with error_boundary():
            show_model_group(run)
    st.header("Reproduction")
    with error_boundary():
        show_again_group(run)


st.title("Export")
st.write("Export the vectors, the model, or everything that reproduces a run, for other tools and people.")
run = session.current_run()
if run is None:
    st.info("No run is open. Open the GloVe sample to export its vectors, or train on your own data.")
    with st.container(horizontal=True):
        if st.button("Open the GloVe sample", type="primary"):
            starting.open_vectors(starting.sample_dataset("glove"))
            st.rerun()
        if st.button("Bring data"):
            st.switch_page("data.py")
elif not run.state.is_final:
    st.info(f"This run is {run.status}. It can be exported once it has ended.")
    if run.kind == "training" and st.button("See the training", type="primary"):
        st.switch_page("train.py")
else:
    with error_boundary():
        show_groups(run)
