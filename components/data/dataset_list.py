"""The visitor's data sets: opened again, deleted, and brought back."""

from __future__ import annotations

import streamlit as st

from components import formatting, session
from components.data.opened import close_dataset, open_dataset
from embedviz.core.errors import EmbedvizError
from embedviz.core.plurals import counted
from embedviz.jobs.preview import known_rows
from embedviz.store.dataset import Dataset

MAX_SHOWN = 6  # the others are in an expander
MAX_RESTORABLE = 3
MESSAGE = "datasets-message"  # in the session's state: why one could not be deleted


def show_datasets(opened: Dataset | None) -> None:
    """Show the visitor's data sets but for samples, the newest first, and the last that were deleted."""
    store, owner = session.store(), session.owner()
    datasets = [dataset for dataset in reversed(store.datasets(owner)) if not dataset.sample_name]
    deleted = store.deleted_datasets(owner)[:MAX_RESTORABLE]
    if not datasets and not deleted:
        return
    st.header("Your data")
    if message := st.session_state.pop(MESSAGE, None):
        st.warning(session.prose(message))
    for dataset in datasets[:MAX_SHOWN]:
        _show(dataset, is_open=opened is not None and dataset.id == opened.id)
    if older := datasets[MAX_SHOWN:]:
        # closed it is left empty: two hundred of them take a page a fifth of a second
        with st.expander(f"{len(older):,} more", key="datasets-more", on_change="rerun") as more:
            for dataset in older if more.open else ():
                _show(dataset, is_open=opened is not None and dataset.id == opened.id)
    for dataset in deleted:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"Deleted: {dataset.title}", width="stretch")
            st.button("Restore", key=f"restore-{dataset.id}", on_click=_restore, args=(dataset,))


def _show(dataset: Dataset, is_open: bool) -> None:
    rows = known_rows(dataset)
    details = [formatting.size(dataset.size), *([counted(rows, "row", "rows")] if rows is not None else [])]
    with st.container(horizontal=True, vertical_alignment="center", key=f"dataset-{dataset.id}"):
        with st.container(width="stretch", gap=None):
            st.text(dataset.title)
            st.caption(" · ".join([*details, formatting.when(dataset.created)]))
        st.button(
            "Shown" if is_open else "Open",
            disabled=is_open,
            key=f"open-{dataset.id}",
            on_click=open_dataset,
            args=(dataset,),
        )
        st.button(
            "",
            icon=":material/delete:",
            help=f"Delete {session.plain(dataset.title)}",
            key=f"delete-{dataset.id}",
            on_click=_delete,
            args=(dataset, is_open),
        )


def _delete(dataset: Dataset, is_open: bool) -> None:
    try:
        session.store().delete_dataset(dataset)
    except EmbedvizError as error:
        st.session_state[MESSAGE] = str(error)
        return
    if is_open:
        close_dataset()


def _restore(dataset: Dataset) -> None:
    try:
        open_dataset(session.store().restore_dataset(dataset.id))
    except EmbedvizError as error:
        st.session_state[MESSAGE] = str(error)
