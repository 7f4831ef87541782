"""The Map page of one space: a bar of menus, the map, a panel over its edge, and a line that says how faithful it is."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components import live, session
from components.error_boundary import error_boundary
from components.map import bar
from components.map.filters import passing_points
from components.map.flat import draw_flat_map
from components.map.map_3d import draw_3d_map
from components.map.panel import draw_panel, sections_of
from components.map.session import MapSession
from components.map.settings_panel import draw_settings
from components.map.submission import displayed_map, requested_map
from components.map.summary import draw_summary
from embedviz.core.jobs.status import Status
from embedviz.projection.map_folder import Map
from embedviz.store.maps import has_history, history_of
from embedviz.store.open_spaces import open_finished_map


@dataclass(frozen=True)
class _Places:
    """The parts of the page: the bar above the map, the map, the panel over its edge, and the line below it."""

    bar: DeltaGenerator
    body: DeltaGenerator
    panel: DeltaGenerator
    status: DeltaGenerator


def draw_page(state: MapSession) -> None:
    """Draw the requested map or, before the first one, its settings."""
    with st.container(key="map-page", gap=None):
        menus = st.container(key="map-bar", horizontal=True, vertical_alignment="center", gap="small")
        with menus, error_boundary():
            method = bar.draw_method(state)
            if state.settings is not None:
                bar.draw_menus(state)
        body = st.container(key="map-body", gap=None)
        if state.settings is None:
            with body.container(key="map-first"), error_boundary():
                draw_settings(state, method)
            return
        body.empty()  # in the place of the form, which would stay on in the panel until the script has run
        panel = body.container(key="map-panel", gap=None)
        status = st.container(key="map-status", horizontal=True, vertical_alignment="center", gap="small")
        with error_boundary():
            _draw_map(state, _Places(menus, body, panel, status), method)


def _draw_map(state: MapSession, places: _Places, method: str) -> None:
    """Draw the requested map, or what is displayed until it is there; on request the history of the training."""
    requested = requested_map(state)
    titles: list[str] = []
    if bar.wants_history(state):
        history = history_of(state.run, state.space.name)
        with places.status:
            is_there = live.awaited(history, key="history")
        if is_there:
            requested, titles = history, _snapshot_titles(history.frame_steps)
    displayed = open_finished_map(state.run, requested.id) if titles else displayed_map(requested, state)
    is_flat = requested.settings.n_components == 2
    passing = passing_points(displayed, state.space, state.filters) if is_flat else None
    with places.bar, error_boundary():
        hits = bar.draw_search(displayed, state, passing) if is_flat else []
        bar.draw_sections(state, sections_of(is_flat))
    with places.panel, error_boundary():
        draw_panel(displayed, state, method, passing, is_flat=is_flat)
    with places.body:
        if is_flat:
            draw_flat_map(requested, displayed, state, hits, passing, titles)
        else:
            draw_3d_map(displayed, state)
    with places.status:
        if has_history(state.run, state.space.name):
            bar.draw_history_switch(state)
        _draw_progress(requested, state)
        draw_summary(state.space, requested, displayed, passing, n_snapshots=len(titles))


def _snapshot_titles(steps: list[int | None]) -> list[str]:
    """Return what each snapshot of a training is called."""
    last = max(step for step in steps if step is not None)
    return [_snapshot_title(step, last) for step in steps]


def _snapshot_title(step: int | None, last: int) -> str:
    """Return what a snapshot is called; step is None for the vectors that were kept in the end."""
    if step is None:
        return "final vectors"
    return f"{step / last:.0%} of training" if step else "before training"


def _draw_progress(requested: Map, state: MapSession) -> None:
    """Draw the progress of the map with a Stop button; nothing once it is done."""

    def draw(status: Status) -> None:
        if status.state in ("failed", "stopped", "interrupted"):
            st.warning(session.prose(status.reason or "Stopped. The map shows the layout it started from."))
            if st.button("Restart"):
                state.submitted = ""
                st.rerun()
        elif not status.is_final:
            with st.container(key="map-progress", horizontal=True, vertical_alignment="center"):
                live.bar(requested.last_event())
                st.button("Stop", icon=":material/stop:", on_click=session.executor().stop, args=(requested,))

    live.follow(
        requested,
        draw,
        key="map-progress",
        mark=lambda: (requested.has_coords, requested.has_quality, requested.has_clusters),
    )
