"""The choice of a matrix where a file of vectors holds several."""

from __future__ import annotations

import streamlit as st

from components import session, starting
from embedviz.store.run_folder import RunFolder


def choose_tensor(run: RunFolder) -> None:
    """Show the matrices that the run's file holds, and open the chosen one in a run that takes the place of this one."""
    shapes = run.matrices
    st.info(f"{session.plain(run.name)} contains {len(shapes)} matrices. Choose one.")
    if not session.is_mine(run):
        return
    tensor = st.selectbox(
        "Matrix",
        list(shapes),
        index=None,
        placeholder="Choose a matrix",
        format_func=lambda name: f"{name} ({shapes[name][0]:,} × {shapes[name][1]:,})",
        key=f"matrix-{run.id}",
    )
    if tensor:
        starting.open_vectors(session.store().dataset(run.data["id"]), tensor)
        session.store().delete(run)
        st.rerun()
