"""Parts of a page that follow a job: drawn anew while the job goes on, and the whole page once when it turns."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import streamlit as st

from components import guard
from embedviz.runs.job import Job
from embedviz.runs.status import Status

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
        with guard.said():
            draw(state)

    body()


def events(job: Job) -> list[dict[str, Any]]:
    """All events of the job so far, of which only the new ones are read: a long training writes thousands."""
    known, offset = st.session_state.get(f"events-{job.id}", ([], 0))
    read = job.events(offset)
    if read.events:
        known = known + read.events
        st.session_state[f"events-{job.id}"] = known, read.offset
    return known
