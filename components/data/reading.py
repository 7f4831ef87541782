"""A data set read by a worker: awaited without blocking the page, with a Stop, and once for its reading options."""

from __future__ import annotations

import contextlib

import streamlit as st

from components import formatting, live, session
from embedviz.core.jobs.status import Status
from embedviz.core.plurals import listed
from embedviz.data.part_names import PartName
from embedviz.data.split_names import split_files
from embedviz.jobs.preview import Preview, PreviewResult, preview_of
from embedviz.store.dataset import Dataset

BRIEF_S = 0.25  # most files are read within it by a worker that is idle, and the page need not change twice
SLOW_S = 2.0  # from which the seconds are shown


def read_preview(dataset: Dataset, *, key: str, may_be_vectors: bool = True) -> Preview | None:
    """Return the preview once it is done; until then have it read, and show progress, or why it ended early.

    A reading that ended early is tried again only when the visitor asks for it.

    Parameters
    ----------
    key
        Key of the part of the page that shows the progress.
    may_be_vectors
        As for `embedviz.jobs.preview.preview_of`.
    """
    preview = preview_of(dataset, may_be_vectors=may_be_vectors)
    asked = f"asked-{preview.id}"
    if preview.status == "interrupted" and asked not in st.session_state:
        session.submit(preview)
        st.session_state[asked] = True
        with contextlib.suppress(TimeoutError):
            preview.wait(BRIEF_S)

    def draw(state: Status) -> None:
        if state.state == "done":
            return
        if not state.is_final:
            _show_progress(preview, state, key)
            return
        if state.state == "failed":
            st.error(session.prose(state.reason), icon=":material/error:")
        else:
            st.info(session.prose(state.reason or "Reading was stopped."))
        if st.button("Try again", icon=":material/refresh:", key=f"again-{key}"):
            session.submit(preview)
            st.rerun(scope="app")

    state = live.follow(preview, draw, key=key)
    return preview if state.state == "done" else None


def _show_progress(preview: Preview, state: Status, key: str) -> None:
    last, seconds = preview.last_event(), state.elapsed()
    text = live.waiting_text(preview) or last.get("message", "Waiting for a worker")
    with st.container(horizontal=True, vertical_alignment="center"):
        live.bar(last, f"{text}: {formatting.duration(seconds)}" if seconds >= SLOW_S else text)
        st.button(
            "Stop",
            icon=":material/stop:",
            key=f"stop-{key}",
            on_click=lambda: session.executor().stop(preview),
        )


def _file_label(member: str | dict[PartName, str]) -> str:
    """What the menu calls a file, or files that are the parts of a split."""
    if isinstance(member, str):
        return member
    return f"{listed(list(member.values()))}, with their split"


def choose_file(dataset: Dataset, result: PreviewResult) -> None:
    """Show the menu of the files in an archive."""
    st.info(f"{session.plain(dataset.title)} contains {result.n_files:,} files. Choose one.")
    together = split_files(result.files)
    chosen = st.selectbox(
        "File",
        [*together, *result.files],
        format_func=_file_label,
        index=None,
        placeholder="Choose a file",
        key=f"file-{dataset.id}",
        filter_mode="contains",
    )
    if len(result.files) < result.n_files:
        st.caption(f"The first {len(result.files):,} are listed.")
    if chosen:
        dataset.set_options(member=chosen)
        st.rerun()
