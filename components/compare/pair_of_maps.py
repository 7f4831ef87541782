"""Two linked maps of the labels that two spaces share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import streamlit as st

from components.map.points_data import points_data
from components.map.session import MapSession
from components.map.view import map_view
from components.nouns import noun_of
from components.tables import csv_button
from embedviz.core.errors import UnknownLabelError
from embedviz.map_view.columns import CLUSTER
from embedviz.map_view.selection import regions_suffice, selection_frame
from embedviz.projection.map_folder import Map
from embedviz.projection.pair_job import OVERLAP, Pair
from embedviz.space import EmbeddingSpace
from embedviz.store.open_spaces import open_finished_map

N_NEIGHBORS = 10
HEIGHT_PX = 460
COLUMN_TITLES = {CLUSTER: "clusters in this space", OVERLAP: "neighbours shared"}


def draw_pair_of_maps(pair: Pair, state: MapSession, other: EmbeddingSpace) -> None:
    """Draw both maps, and what is selected on either. other: the space that the second map shows."""
    column = st.segmented_control(
        "Colour by",
        list(COLUMN_TITLES),
        format_func=COLUMN_TITLES.__getitem__,
        default=CLUSTER,
        required=True,
        key="pair-colour",
        persist_state="session",
    )
    first, second = (open_finished_map(state.run, found.id) for found in (pair, pair.beside))
    left, right = st.columns(2)
    with left:
        st.caption("This space")
        _draw_map(first, state, state.space, column, pair.id)
    with right:
        st.caption("Other space")
        _draw_map(second, state, other, column, pair.id)
    st.caption(
        f"Both maps show the same {len(first.points):,} {noun_of(state.space).many}; the second layout starts from the first "
        "and is aligned with it. Hover, click and select on either. Lines lead to the nearest neighbours in that space."
    )
    if len(state.selected):
        _draw_selection(first, second, state, pair.id)


def _draw_selection(first: Map, second: Map, state: MapSession, key: str) -> None:
    frame = selection_frame(state.space, first, state.selected)
    x, y = np.asarray(second.coords)[np.isin(second.points, state.selected)].T
    frame["x in other"], frame["y in other"] = x, y
    st.text(f"{len(frame):,} selected")
    st.dataframe(frame, hide_index=True, height=240, key=f"pair-selected-{key}")
    csv_button(frame, "selection.csv", "download-pair-selection")


def _draw_map(displayed: Map, state: MapSession, space: EmbeddingSpace, column: str, link: str) -> None:
    points = np.asarray(displayed.points)
    place_of = {row: place for place, row in enumerate(points.tolist())}
    focus = None if state.focus is None else place_of.get(state.focus)
    suffices = not len(state.selected) or regions_suffice(state.regions, displayed.id)
    map_view(
        replace(
            points_data(displayed, state.run, state.space, column),
            focus=focus,
            focus_serial=state.focus_serial,
            links=_neighbor_places(state, space, place_of) if focus is not None else (),
            dim=focus is not None,
            regions=[drawn.region for drawn in state.regions if drawn.map_id == displayed.id],
            regions_serial=state.seen.get("regions", 0),
            selected=None if suffices else np.isin(points, state.selected),
            link=link,
        ),
        key=f"pair-{displayed.id}",
        height=HEIGHT_PX,
        on_event=lambda event: state.handle(event, displayed),
    )


def _neighbor_places(state: MapSession, space: EmbeddingSpace, place_of: Mapping[int, int]) -> list[int]:
    """Return where the focus's neighbours in a space are on the map, as far as they are on it."""
    if state.focus is None:
        return []
    try:
        near = space.neighbors(state.space.labels[state.focus], N_NEIGHBORS)["label"]
    except UnknownLabelError:
        return []
    rows = [state.space.index(label) for label in near if label in state.space]
    return [place_of[row] for row in rows if row in place_of]
