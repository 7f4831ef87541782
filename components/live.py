"""Parts of a page that follow a job: refreshed while it runs; the whole page is rerun once when it ends."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable
from typing import Any

import streamlit as st

from components import brand, formatting, session
from components.error_boundary import error_boundary
from components.pace import PACE, refresh_after
from components.turns import TURNS
from embedviz.core.jobs.events import Event
from embedviz.core.jobs.folder import JobFolder
from embedviz.core.jobs.status import Status


def follow(
    job: JobFolder[Any],
    draw: Callable[[Status], None],
    *,
    key: str,
    mark: Callable[[], Hashable] = lambda: None,
) -> Status:
    """Call `draw` with the job's state until the job has ended, and rerun the page when that changes.

    That is every 0.3 s, or less often where many pages of this server follow a job. The page as a whole is rerun when the
    job ends or starts again, or when `mark` returns another value. A run of the page is never cut short by this: only the
    refreshes after it look for a change. Otherwise a click could be lost, and the page could stand without the elements that
    come after this one.

    Returns
    -------
    Status
        The state that the page was drawn with. What stands outside `draw` should be drawn from it, not from a later look
        at the job: a change in between would leave the two in disagreement.
    """
    drawn = job.state
    drawn_with = (drawn.is_final, mark())
    is_refresh = False
    follower = (session.tab(), key)
    seconds = PACE.seconds(follower) if not drawn.is_final else 0.0

    def body() -> None:
        with TURNS.take(session.owner()) if is_refresh else contextlib.nullcontext():
            redraw()

    def redraw() -> None:
        nonlocal is_refresh, seconds
        state = job.state if is_refresh else drawn
        with error_boundary():
            draw(state)  # before the page is rerun: it may have to answer a click
        if not state.is_final and (progress := brand.progress_title(job.last_event())):
            brand.set_tab_title(progress)
        if is_refresh and (state.is_final, mark()) != drawn_with:
            PACE.leave(follower)
            st.empty()  # ends here if the visitor has left: a rerun asked for then would take them back
            st.rerun()
        if is_refresh and (now := PACE.seconds(follower)) != seconds:
            seconds = now
            refresh_after(seconds)
        is_refresh = True

    # Streamlit tells fragments apart by this name. A late refresh of the page before must not find one of this page.
    body.__qualname__ = f"follow.{st.session_state.get('page')}.{key}"
    # In a container of its own: Streamlit can drop the fragment's block when a refresh starts before the page has been
    # sent, and the browser then moves up what follows in the same container and overwrites it with the refresh.
    with st.container():
        if drawn.is_final:
            body()  # nothing to follow, and a fragment is dear: Streamlit copies all that it knows of the page for it
        else:
            st.fragment(body, run_every=seconds, key=key)()
    return drawn


def follow_progress(
    job: JobFolder[Any],
    *,
    key: str,
    mark: Callable[[], Hashable] = lambda: None,
    is_mine: bool = True,
    resume_label: str = "Resume",
    on_stop: Callable[[], None] = lambda: None,
    on_resume: Callable[[], None] = lambda: None,
) -> Status:
    """Show the job's progress with a Stop button or, once it ended early, the reason and a button that resumes it.

    Parameters
    ----------
    mark
        As in `follow`.
    is_mine
        False leaves the buttons out.
    on_stop, on_resume
        Called before the job is stopped or submitted again.
    """

    def stop() -> None:
        on_stop()
        session.executor().stop(job)

    def draw(state: Status) -> None:
        if state.state == "done":
            return
        if state.is_final:
            message = st.info if state.state == "stopped" else st.warning
            message(session.prose(state.reason or "Stopped."))
            if is_mine and st.button(resume_label, icon=":material/play_arrow:", key=f"resume-{key}"):
                on_resume()
                session.submit(job)
                st.rerun(scope="app")
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            last = job.last_event()
            bar(last, _progress_text(job, last))
            if is_mine:
                st.button("Stop", icon=":material/stop:", on_click=stop, key=f"stop-{key}")

    return follow(job, draw, key=key, mark=mark)


def awaited(job: JobFolder[Any], *, key: str) -> bool:
    """Submit the job unless it is done or the visitor stopped it, show its progress, and return True once it is done."""
    stopped = f"stopped-{job.id}"
    if job.status in ("interrupted", "stopped") and not st.session_state.get(stopped):
        session.submit(job)
    state = follow_progress(
        job,
        key=key,
        on_stop=lambda: st.session_state.update({stopped: True}),
        on_resume=lambda: st.session_state.pop(stopped, None),
    )
    return state.state == "done"


def waiting_text(job: JobFolder[Any]) -> str:
    """Return the place of a job in its queue and when it will begin, without a full stop; empty when it does not wait."""
    place, seconds = session.executor().place(job), session.executor().expected_wait(job)
    if not place:
        return ""
    begins = f", begins in about {formatting.duration(seconds)}" if seconds is not None and seconds >= 1 else ""
    return f"Waiting: number {place} in the queue{begins}"


def _progress_text(job: JobFolder[Any], event: Event) -> str:
    if waiting := waiting_text(job):
        return waiting
    text = event.get("message", "Waiting for a worker")
    return f"{text}, about {formatting.duration(event['seconds_left'])} left" if "seconds_left" in event else text


def bar(event: Event, text: str = "") -> None:
    """Show the progress of a job by its last event, as a bar with a text. text: instead of the event's message."""
    total = event.get("total_steps", 0)
    share = min(1.0, event.get("step", 0) / total) if total else 0.0
    st.progress(share, text=session.plain(text or event.get("message", "Waiting for a worker")))


def events(job: JobFolder[Any]) -> list[Event]:
    """Return all events of the job so far, of which only the new ones are read: a long training writes thousands."""
    known, offset = st.session_state.get(f"events-{job.id}", ([], 0))
    read = job.events(offset)
    if read.events:
        known = known + read.events
        st.session_state[f"events-{job.id}"] = known, read.offset
    return known
