"""The picker in the sidebar: which run all pages look at."""

import streamlit as st

from components import session


def show() -> None:
    """One's own runs, and the one the address names if it is somebody else's."""
    current = session.current_run()
    runs = session.store().runs(session.owner())
    if current and all(run.id != current.id for run in runs):
        runs.insert(0, current)
    with st.sidebar:
        if not runs:
            st.caption("No runs yet. Train one, or open vectors you have.")
            return
        names = {run.id: run.name + ("" if run.status == "done" else f" ({run.status})") for run in runs}
        ids = list(names)
        chosen = st.selectbox(
            "Open run",
            ids,
            index=ids.index(current.id) if current else None,
            format_func=lambda run_id: names.get(run_id, "deleted"),
            placeholder="Choose a run",
            key=f"picker-{current.id if current else 'none'}-{len(ids)}",
        )
    if chosen and (current is None or chosen != current.id):
        session.remember(session.store().run(chosen))
        st.rerun()
