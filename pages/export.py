"""The Export page: the vectors, the model, and what reproduces a run, for other tools and people."""

import streamlit as st

from components import live, session
from components.error_boundary import error_boundary
from components.exports.again_group import show_again_group
from components.exports.model_group import show_model_group
from components.exports.vectors_group import show_vectors_group
from components.space_picker import is_being_opened, show_no_run, show_waiting
from embedviz.core.jobs.status import Status
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


def show_training(run: RunFolder) -> None:
    """Show how far the training is; the page is rerun once it has ended."""

    def draw(state: Status) -> None:
        if not state.is_final:
            last = run.last_event()
            live.bar(
                last, f"{run.name} can be exported once it has ended. {last.get('message', 'Waiting for a worker')}."
            )

    live.follow(run, draw, key="training")
    if st.button("See the training", type="primary"):
        st.switch_page("train.py")


st.title("Export")
st.write("Export the vectors, the model, or everything that reproduces a run, for other tools and people.")
run = session.current_run()
with error_boundary():
    if run is None:
        show_no_run("export its vectors")
    elif is_being_opened(run):
        show_waiting(run)
    elif not run.state.is_final:
        show_training(run)
    else:
        show_groups(run)
