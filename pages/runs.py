"""Runs: what was trained and opened, to open, name, tag, compare, delete and restore."""

import streamlit as st

from components import formatting, session
from components.error_boundary import error_boundary
from components.kept.disk_use import quota_bytes, usage_sentence, used_bytes
from components.runs.comparison import show_comparison
from components.runs.runs_table import MESSAGE, select_runs
from components.training_draft import discard_draft
from embedviz.core.errors import EmbedvizError
from embedviz.store.run_folder import RunFolder

store, owner = session.store(), session.owner()


def delete(run: RunFolder) -> None:
    """Delete a run; the reason why it cannot be deleted is shown when the page is drawn again."""
    try:
        store.delete(run)
        if st.session_state.get("current_run") == run.id:
            session.remember(None)
    except EmbedvizError as error:
        st.session_state[MESSAGE] = str(error)


def restore(run_id: str) -> None:
    """Bring a deleted run back."""
    store.restore(run_id)


def draw_one(run: RunFolder) -> None:
    """Draw the buttons that open and delete the selected run."""
    with st.container(horizontal=True):
        if st.button("Open", type="primary"):
            session.remember(run)
            discard_draft()
            st.switch_page("train.py" if run.kind == "training" else "neighbours.py")
        st.button("Delete", icon=":material/delete:", on_click=delete, args=(run,))
    if run.state.reason:
        st.text(run.state.reason)


def draw_disk_usage() -> None:
    """Draw the bytes on disk and, above the quota, the oldest uploads with a button that deletes each."""
    st.caption(usage_sentence())
    st.page_link("kept.py", label="What is kept, and for how long", icon=":material/inventory_2:")
    quota = quota_bytes()
    if quota is not None and used_bytes() > quota:
        st.warning(
            "This is more than the quota. The oldest uploads are listed below; deleting one keeps the runs trained on it."
        )
        for dataset in store.datasets(owner)[:5]:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.text(
                    f"{dataset.title} · {formatting.size(dataset.size)} · {formatting.when(dataset.created)}",
                    width="stretch",
                )
                st.button("Delete the upload", key=f"drop-{dataset.id}", on_click=store.purge_dataset, args=(dataset,))


st.title("Runs")
st.write("Open, name, compare and delete what was trained or opened here.")
if text := st.session_state.pop(MESSAGE, None):
    st.warning(session.prose(text))
with error_boundary():
    runs = store.runs(owner)
    if not runs:
        st.info("There are no runs yet. Train on a sample to get one.")
        if st.button("Bring data", type="primary"):
            st.switch_page("data.py")
    else:
        of_experiments = sum(not run.is_listed for run in runs)
        if of_experiments and not st.toggle(
            f"Show runs of experiments ({of_experiments})",
            help="The Experiments page lists them as well. One with a name, tags or notes of its own is always shown here.",
            key="runs-of-experiments",
            persist_state="session",
        ):
            runs = [run for run in runs if run.is_listed]
        selected = select_runs(runs) if runs else {}
        if len(selected) == 1:
            draw_one(next(iter(selected.values())))
        elif selected:
            show_comparison(selected)
        else:
            st.caption(
                "Select one run to open or delete it, two or more to compare them. Double-click a name, tags or notes to "
                "change them."
            )
    for run in store.deleted(owner)[:5]:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"Deleted: {run.name}", width="stretch")
            st.button("Restore", key=f"back-{run.id}", on_click=restore, args=(run.id,))
    draw_disk_usage()
