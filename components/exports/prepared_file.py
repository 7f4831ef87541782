"""A file that a worker prepares, with its progress, and the link that downloads it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import streamlit as st

from components import formatting, live
from embedviz.exports.export_job import Export, export_of
from embedviz.store.run_folder import RunFolder


def show_prepared_file(run: RunFolder, export: Callable[[], Export], *, title: str, key: str) -> Export | None:
    """Show a button that has the file prepared, then its progress, then the link; return the export once it is done.

    Parameters
    ----------
    run
        What is exported.
    export
        Returns the export; it is called once the button was pressed.
    title
        Of the button, such as "Prepare the file".
    key
        Of what is exported: another one is prepared by another press of the button.
    """
    asked = f"export-{run.id}-{key}"
    if not st.session_state.get(asked):
        st.button(
            title,
            icon=":material/inventory_2:",
            key=f"ask-{key}",
            on_click=st.session_state.update,
            args=({asked: True},),
        )
        return None
    job = export()
    if not live.awaited(job, key=key):
        return None
    st.link_button(
        f"Download {job.spec.name} ({formatting.size(job.file.stat().st_size)})",
        f"embedviz/exports/{run.id}/{job.id}/{quote(job.spec.name)}",
        icon=":material/download:",
        key=f"get-{key}",
    )
    return job


def show_prepared_zip(run: RunFolder, format: str, title: str) -> Export | None:
    """Show a run's export in a format of `embedviz.exports.formats.FORMATS`; see `show_prepared_file`."""
    return show_prepared_file(run, lambda: export_of(run, format), title=title, key=format)
