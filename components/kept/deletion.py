"""The button that deletes everything, behind a second look."""

from __future__ import annotations

import streamlit as st

from components import session
from components.error_boundary import error_boundary
from embedviz.core.mode import is_shared
from embedviz.core.plurals import counted
from embedviz.jobs.forgetting import forget_owner, forget_store
from embedviz.store.disk_room import kept_by

DONE = "kept-message"  # in the session's state, once everything is deleted


def show_deletion() -> None:
    """Show the button, or that everything has been deleted."""
    if message := st.session_state.pop(DONE, None):
        st.success(message)
    if is_shared():
        st.write(
            "This stops your jobs, and deletes your uploads, runs, experiments, maps and predictions, at once and for good."
        )
        if st.button("Delete everything of mine", icon=":material/delete_forever:"):
            _confirm_mine()
    else:
        st.write("This stops all jobs and empties the folder of the store, at once and for good.")
        if st.button("Delete everything in the store of this machine", icon=":material/delete_forever:"):
            _confirm_store()


@st.dialog("Delete everything of mine?")
def _confirm_mine() -> None:
    store, owner = session.store(), session.owner()
    kept = kept_by(store.folder, owner)
    uploads = sum(each.kind == "upload" for each in kept)
    runs = sum(each.kind == "run" for each in kept)
    st.write(
        f"{counted(uploads, 'upload', 'uploads')} and {counted(runs, 'run', 'runs')}, with all maps, predictions and comparisons, "
        "are deleted for good. Nobody can bring them back, and addresses that you sent to others lead nowhere."
    )
    if st.button("Delete for good", type="primary"):
        with error_boundary(), st.spinner("Stopping your jobs and deleting"):
            forget_owner(session.executor(), store, owner)
            _start_over("Everything of yours is deleted. What you do from here on is a new visitor's.")


@st.dialog("Delete everything in the store?")
def _confirm_store() -> None:
    store = session.store()
    st.write("All runs, uploads, experiments, downloads and tables in this folder are deleted for good:")
    st.code(str(store.folder), language=None, wrap_lines=True)
    with st.form("delete-store", border=False):
        name = st.text_input("Type the last part of its name to confirm", placeholder=store.folder.name)
        if st.form_submit_button("Delete for good", type="primary"):
            if name.strip() != store.folder.name:
                st.error(f"The last part of its name is {session.plain(store.folder.name)}. Nothing was deleted.")
                return
            with error_boundary(), st.spinner("Stopping all jobs and deleting"):
                forget_store(session.executor(), store)
                _start_over("The store is empty.")


def _start_over(message: str) -> None:
    session.forget_visitor()
    st.session_state[DONE] = message
    st.rerun()
