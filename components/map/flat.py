"""The flat map as a component: what it shows of the session's state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

import numpy as np
import streamlit as st

from components.error_boundary import error_boundary
from components.map.bar import MAX_HIGHLIGHTED_HITS
from components.map.card import chosen_metric
from components.map.filters import encode_filters
from components.map.png_export import png_export
from components.map.points_data import base_url, points_data
from components.map.session import MapSession
from components.map.view import map_view
from embedviz.map_view.axes import named_axes
from embedviz.map_view.columns import UNIFORM
from embedviz.map_view.point_values import N_NEIGHBORS
from embedviz.map_view.selection import regions_suffice
from embedviz.projection.map_folder import Map


def focus_place(displayed: Map, state: MapSession) -> int | None:
    """Return where the focus is among the points of the map; None where it is not."""
    found = np.flatnonzero(np.asarray(displayed.points) == (-1 if state.focus is None else state.focus))
    return int(found[0]) if len(found) else None


def draw_flat_map(
    requested: Map,
    displayed: Map,
    state: MapSession,
    hits: Sequence[int],
    passing: np.ndarray | None = None,
    snapshot_titles: Sequence[str] = (),
) -> None:
    """Draw the displayed map, whose points move as the requested one is optimised.

    Parameters
    ----------
    requested, displayed : Map
        The same map once the requested one has coordinates.
    state : MapSession
    hits : sequence of int
        Rows that the search found.
    passing : (n,) bool or None
        Which points of the map pass the filters; None for all.
    snapshot_titles : sequence of str
        Titles of the training snapshots that a slider leads through; none for a map without history.
    """
    space, points = state.space, np.asarray(displayed.points)
    is_optimising = not requested.has_coords and not requested.state.is_final
    place_of = np.full(len(space), -1)
    place_of[points] = np.arange(len(points))
    focus = focus_place(displayed, state)
    column, size = st.session_state[state.color_key], st.session_state[state.size_key]
    links = place_of[_neighbors(state)] if focus is not None else np.array([], int)
    base = base_url(displayed, state.run)
    suffices = not len(state.selected) or (
        regions_suffice(state.regions, displayed.id) and not is_optimising and passing is None
    )
    selected = np.isin(points, state.selected) & (True if passing is None else passing)
    map_view(
        replace(
            points_data(displayed, state.run, space, column),
            sizes_url=None if size == UNIFORM else f"{base}/sizes/{quote(size, safe='')}",
            highlight=place_of[hits[:MAX_HIGHLIGHTED_HITS]] if hits else (),
            focus=focus,
            focus_serial=state.focus_serial,
            links=links[links >= 0],
            dim=focus is not None,
            regions=[] if is_optimising else [drawn.region for drawn in state.regions if drawn.map_id == displayed.id],
            regions_serial=state.seen.get("regions", 0),
            selected=None if suffices else selected,
            passing_url=f"{base}/passing?filter={quote(encode_filters(state.filters), safe='')}"
            if passing is not None
            else None,
            snapshots_url=f"{base}/snapshots" if snapshot_titles else None,
            snapshot_titles=snapshot_titles,
            axes=named_axes(displayed),
            partial_layout_url=f"embedviz/maps/{state.run.id}/{requested.id}/partial" if is_optimising else None,
            view=state.requested_view,
            view_serial=state.view_serial,
            step_serial=state.seen.get("step", 0),
            can_undo=bool(state.undo_stack.past),
            can_redo=bool(state.undo_stack.future),
            view_in_address=True,
            covered_by=".st-key-map-panel",
            point_url=f"{base}/point",
            card=state.map_key,
            png=png_export(),
        ),
        key=state.map_key,
        height=None,
        on_event=lambda event: state.handle(event, displayed),
    )


def _neighbors(state: MapSession) -> list[int]:
    """Return the rows next to the focus in the original space; none where they cannot be found."""
    space = state.space
    with error_boundary():
        near = space.neighbors(space.labels[state.focus or 0], N_NEIGHBORS, chosen_metric())
        return [space.index(label) for label in near["label"]]
    return []
