"""The picker in the sidebar: which run all pages look at."""

import streamlit as st

from components import session
from embedviz.store.run_folder import RunFolder


def labels_of(runs: list[RunFolder]) -> dict[str, str]:
    """Run id to what the picker calls it, each different: the browser sends the words back, not the id. The oldest of
    several runs of one name has it alone, the next one gets a (2). No state in it, which would change under the hand."""
    labels: dict[str, str] = {}
    for run in sorted(runs, key=lambda run: run.created):
        label, number = run.name, 1
        while label in labels.values():
            number += 1
            label = f"{run.name} ({number})"
        labels[run.id] = label
    return {run.id: labels[run.id] for run in runs}


def show() -> None:
    """One's own runs, and the one that the address names if it is somebody else's."""
    current = session.current_run()
    runs = session.listed_runs()
    if current and all(run.id != current.id for run in runs):
        runs.insert(0, current)
    with st.sidebar:
        if not runs:
            st.caption("No runs yet. Train one, or open vectors you have.")
            return
        names = labels_of(runs)
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
