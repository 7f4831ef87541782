"""Parts of a page that follow a job: drawn anew while the job goes on, and the whole page once when it turns."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import streamlit as st

from components import session
from components.error_boundary import error_boundary
from embedviz.store.job import Job
from embedviz.store.status import Status

EVERY = "0.3s"  # so that the first progress is seen well within a second of the click


def follow(
    job: Job,
    draw: Callable[[Status], None],
    *,
    key: str,
    mark: Callable[[], Hashable] = lambda: None,
) -> None:
    """Calls `draw` with the job's state, again and again until it has ended. When the job ends or begins anew, or when
    `mark` gives something else than before, the whole page runs once: timers, buttons and what stands beside change."""
    drawn_with = (job.state.is_final, mark())

    @st.fragment(run_every=None if drawn_with[0] else EVERY, key=key)
    def body() -> None:
        state = job.state
        if (state.is_final, mark()) != drawn_with:
            st.rerun()
        with error_boundary():
            draw(state)

    body()


def awaited(job: Job, *, key: str) -> bool:
    """Hands the job to a worker where it is still to be done, and shows how far it is, with Stop. True once it is done."""
    if job.status in ("interrupted", "stopped") and not st.session_state.get(f"let-be-{job.id}"):
        session.supervisor().submit(job)

    def stop() -> None:
        st.session_state[f"let-be-{job.id}"] = True
        session.supervisor().stop(job)

    def draw(state: Status) -> None:
        if state.state == "done":
            return
        if state.is_final:
            st.warning(session.plain(state.reason or "Stopped."))
            if st.button("Go on", key=f"again-{key}"):
                st.session_state.pop(f"let-be-{job.id}", None)
                session.supervisor().submit(job)
                st.rerun(scope="app")
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            bar(job.last_event())
            st.button("Stop", icon=":material/stop:", on_click=stop, key=f"stop-{key}")

    follow(job, draw, key=key)
    return job.status == "done"


def bar(event: dict[str, Any], text: str = "") -> None:
    """How far a job is by its last event, in words and as a bar. text: instead of the event's message."""
    total = event.get("total_steps", 0)
    share = min(1.0, event.get("step", 0) / total) if total else 0.0
    st.progress(share, text=session.plain(text or event.get("message", "Waiting for a worker")))


def events(job: Job) -> list[dict[str, Any]]:
    """All events of the job so far, of which only the new ones are read: a long training writes thousands."""
    known, offset = st.session_state.get(f"events-{job.id}", ([], 0))
    read = job.events(offset)
    if read.events:
        known = known + read.events
        st.session_state[f"events-{job.id}"] = known, read.offset
    return known
