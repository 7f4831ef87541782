"""The Map page of one space: settings, progress, and the map as it is now or at the snapshots of its training."""

from __future__ import annotations

import streamlit as st

from components import live, session
from components.map.details import draw_details
from components.map.flat import draw_flat_map
from components.map.map_3d import draw_3d_map
from components.map.session import MapSession
from components.map.submission import displayed_map, requested_map
from components.map.summary import draw_summary
from embedviz.core.jobs.status import Status
from embedviz.projection.map_folder import Map
from embedviz.store.maps import has_history, history_of
from embedviz.store.open_spaces import open_finished_map


def draw_map(state: MapSession) -> None:
    """Draw the requested map, or on request the history of the training."""
    if has_history(state.run, state.space.name):
        st.toggle(
            "Training history",
            key=state.history_key,
            persist_state="session",
            help="The layouts of the most frequent labels, 2,000 at most, at the snapshots kept during training.",
        )
    if st.session_state.get(state.history_key):
        _draw_history(state)
    else:
        _draw_requested(state)


def _draw_requested(state: MapSession) -> None:
    """Draw the requested map, or what is displayed until it is there."""
    requested = requested_map(state)
    _draw_progress(requested, state)
    displayed = displayed_map(requested, state)
    is_flat = requested.settings.n_components == 2
    if is_flat:
        draw_flat_map(requested, displayed, state)
    else:
        draw_3d_map(displayed, state)
    draw_summary(state.space, requested, displayed)
    if is_flat:
        draw_details(displayed, state)


def _draw_history(state: MapSession) -> None:
    """Draw the layouts at the snapshots of the training, on a slider."""
    requested = history_of(state.run, state.space.name)
    if not live.awaited(requested, key="history"):
        _draw_requested(state)
        return
    displayed = open_finished_map(state.run, requested.id)
    steps = requested.frame_steps
    last = max(step for step in steps if step is not None)
    titles = [_snapshot_title(step, last) for step in steps]
    draw_flat_map(requested, displayed, state, titles)
    st.caption(
        f"{len(steps)} snapshots of the training, each laid out from the next one and aligned with it. Lines, tables and "
        "figures show the final vectors."
    )
    draw_summary(state.space, requested, displayed)
    draw_details(displayed, state)


def _snapshot_title(step: int | None, last: int) -> str:
    """Return what a snapshot is called; step is None for the vectors that were kept in the end."""
    if step is None:
        return "final vectors"
    return f"{step / last:.0%} of training" if step else "before training"


def _draw_progress(requested: Map, state: MapSession) -> None:
    """Draw the progress of the map with a Stop button; nothing once it is done."""

    def draw(status: Status) -> None:
        if status.state in ("failed", "stopped", "interrupted"):
            st.warning(session.plain(status.reason or "Stopped. The map shows the layout it started from."))
            if st.button("Restart"):
                state.submitted = ""
                st.rerun()
        elif not status.is_final:
            with st.container(horizontal=True, vertical_alignment="center"):
                live.bar(requested.last_event())
                st.button("Stop", icon=":material/stop:", on_click=session.executor().stop, args=(requested,))

    live.follow(
        requested,
        draw,
        key="map-progress",
        mark=lambda: (requested.has_coords, requested.has_quality, requested.has_clusters),
    )
