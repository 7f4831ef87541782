"""Export of what reproduces a run, and of its report."""

from __future__ import annotations

import streamlit as st

from components import session
from components.exports.prepared_file import show_prepared_zip
from embedviz.exports.model_card import run_report
from embedviz.store.run_folder import RunFolder


def show_again_group(run: RunFolder) -> None:
    """Show the zip that reproduces the run, and the report of its scores."""
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Reproduce the run**")
        st.caption(
            "For a colleague, a reviewer or yourself in a year: settings, seed, versions, and a script that trains it again and "
            "compares the figures."
        )
        _show_zip(run)
    with right:
        st.markdown("**Report**")
        st.caption(
            "For a paper or a model card: what was trained, its scores beside baselines, and how they were measured, in Markdown."
        )
        if run.metrics:
            st.download_button(
                "Download the report",
                lambda: run_report(run).encode(),
                "report.md",
                "text/markdown",
                on_click="ignore",
                icon=":material/description:",
            )
        else:
            st.caption("This run has no scores to report.")


def _show_zip(run: RunFolder) -> None:
    if run.status != "done":
        st.caption(f"This run is {run.status}: only a training that reached its end can be reproduced.")
        return
    with_data = session.is_mine(run) and st.toggle(
        "With the data", value=True, help="Without it, its SHA-256 says which files belong beside the script."
    )
    show_prepared_zip(run, "again" if with_data else "again-without-data", "Prepare the zip")
