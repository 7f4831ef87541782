"""The choice of a matrix where a file of vectors holds several."""

from __future__ import annotations

import streamlit as st

from components import session, starting
from embedviz.store.run_folder import RunFolder


def choose_tensor(run: RunFolder) -> None:
    """Ask for one of the matrices that the run's file holds."""
    st.info(f"{session.plain(run.name)} contains {len(run.matrices.shapes)} matrices. Choose one.")
    show_tensors(run)


def show_tensors(run: RunFolder) -> None:
    """Show the matrices of the run's file, where there are several; another opens in a run that takes this one's place."""
    found = run.matrices
    if not found.shapes or not session.is_mine(run):
        return
    names = list(found.shapes)
    tensor = st.selectbox(
        "Matrix",
        names,
        index=names.index(found.taken) if found.taken in found.shapes else None,
        placeholder="Choose a matrix",
        format_func=lambda name: f"{name} ({found.shapes[name][0]:,} × {found.shapes[name][1]:,})",
        key=f"matrix-{run.id}",
    )
    if tensor and tensor != found.taken:
        starting.open_vectors(session.store().dataset(run.data["id"]), tensor)
        session.store().delete(run)
        st.rerun()
