"""The flat map: the menus above it, the map itself, and the neighbours of the point in focus beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast
from urllib.parse import quote

import numpy as np
import pandas as pd
import streamlit as st

from components import session
from components.error_boundary import error_boundary
from components.map.axes import named_axes
from components.map.columns import UNIFORM, color_codes, color_columns, size_columns
from components.map.label_table import label_table
from components.map.search import find_rows
from components.map.selection import regions_suffice
from components.map.session import MapSession
from components.map.view import MapData, map_view
from components.nouns import noun_of
from embedviz.core.errors import EmbedvizError
from embedviz.projection.map_folder import Map
from embedviz.space.metrics import METRICS, Metric

MAX_HIGHLIGHTED_HITS = 200
N_NEIGHBORS = 12


def draw_flat_map(requested: Map, displayed: Map, state: MapSession, snapshot_titles: Sequence[str] = ()) -> None:
    """Draw the displayed map, whose points move as the requested one is optimised.

    Parameters
    ----------
    requested, displayed : Map
        The same map once the requested one has coordinates.
    state : MapSession
    snapshot_titles : sequence of str
        Titles of the training snapshots that a slider leads through; none for a map without history.
    """
    space, points = state.space, np.asarray(displayed.points)
    is_optimising = not requested.has_coords and not requested.state.is_final
    place_of = np.full(len(space), -1)
    place_of[points] = np.arange(len(points))
    menus = st.columns([2, 2, 3, 2], vertical_alignment="bottom")
    column = menus[0].selectbox("Colour by", color_columns(space), key=state.color_key, persist_state="session")
    size = menus[1].selectbox("Size by", size_columns(space), key=state.size_key, persist_state="session")
    with menus[2]:
        hits, summary = _search(points, state)
    colors = color_codes(displayed, space, column)
    menus[3].caption(summary if colors else "The colours appear when the map is ready.")
    focus = state.focus if state.focus is not None and place_of[state.focus] >= 0 else None
    main, side = st.columns([9, 4])
    with side, error_boundary():
        neighbors = _neighbors_of(focus, state)
    links = place_of[[space.index(label) for label in neighbors]]
    base = f"embedviz/maps/{state.run.id}/{displayed.id}"
    suffices = not len(state.selected) or (regions_suffice(state.regions, displayed.id) and not is_optimising)
    with main:
        map_view(
            MapData(
                points_url=f"{base}/points",
                n=len(points),
                labels_url=f"{base}/labels",
                colors_url=f"{base}/colors/{quote(column, safe='')}" if colors else None,
                color_kind=colors.kind if colors else None,
                legend=colors.legend if colors else (),
                color_column=column,
                sizes_url=None if size == UNIFORM else f"{base}/sizes/{quote(size, safe='')}",
                highlight=place_of[hits[:MAX_HIGHLIGHTED_HITS]] if hits else (),
                focus=place_of[focus] if focus is not None else None,
                focus_serial=state.focus_serial,
                links=links[links >= 0],
                dim=focus is not None,
                regions=[]
                if is_optimising
                else [drawn.region for drawn in state.regions if drawn.map_id == displayed.id],
                regions_serial=state.seen.get("regions", 0),
                selected=None if suffices else np.isin(points, state.selected),
                snapshots_url=f"{base}/snapshots" if snapshot_titles else None,
                snapshot_titles=snapshot_titles,
                axes=named_axes(displayed),
                partial_layout_url=f"embedviz/maps/{state.run.id}/{requested.id}/partial" if is_optimising else None,
                view=state.requested_view,
                view_serial=state.view_serial,
                can_undo=bool(state.undo_stack.past),
                can_redo=bool(state.undo_stack.future),
                view_in_address=True,
            ),
            key=f"map-{state.run.id}-{space.name}",
            on_event=lambda event: state.handle(event, displayed),
        )


def _search(points: np.ndarray, state: MapSession) -> tuple[list[int], str]:
    """Draw the search box. Returns the rows found and a summary of how many; an invalid query is a warning."""
    space, noun = state.space, noun_of(state.space)
    query = st.text_input(
        f"Find {noun.many}",
        key=f"find-{state.run.id}-{space.name}",
        placeholder=f"part of {noun.a}",
        help="Put a regular expression between slashes: /^un.*ing$/",
    )
    try:
        hits = find_rows(space, points, query)
    except EmbedvizError as error:
        st.warning(session.plain(str(error)))
        hits = []
    state.search(query, hits)
    if not query:
        return hits, ""
    highlighted = f", {MAX_HIGHLIGHTED_HITS} highlighted" if len(hits) > MAX_HIGHLIGHTED_HITS else ""
    return hits, f"{len(hits):,} found{highlighted}"


def _neighbors_of(focus: int | None, state: MapSession) -> list[str]:
    """Draw the table of the focus's neighbours in the original space. Returns their labels; none without a focus."""
    space = state.space
    if focus is None:
        st.caption("Click a point to see its neighbours in the original space. Draw a box or a lasso to select.")
        return []
    chosen = st.segmented_control(
        "Metric", METRICS, default="cosine", key="map-metric", required=True, persist_state="session"
    )
    metric = cast(Metric, chosen)
    near: pd.DataFrame = space.neighbors(space.labels[focus], N_NEIGHBORS, metric)
    st.text(f"Nearest to “{space.labels[focus]}” in the original space")
    label_table(near.iloc[:, :2], f"neighbors-{focus}-{metric}", state, f"Nearest to {space.labels[focus]}")
    return near["label"].tolist()
