"""Sections of the panel of a flat map: the selection or all points as a table, and the export."""

from __future__ import annotations

import numpy as np
import streamlit as st

from components import session, starting, tables
from components.error_boundary import error_boundary
from components.map.filters import encode_filters
from components.map.label_table import label_table
from components.map.png_export import draw_png_export
from components.map.session import MapSession
from components.nouns import noun_of
from embedviz.map_view import offline
from embedviz.map_view.columns import RANK, color_columns
from embedviz.map_view.selection import selection_frame
from embedviz.projection.map_folder import Map
from embedviz.space.kinds import EXAMPLE_KINDS
from embedviz.store.label_filter import can_filter

N_NEIGHBORS = 12  # of the selection's mean


def draw_table(displayed: Map, state: MapSession, passing: np.ndarray | None) -> None:
    """Draw the selected points as a table, or all points where none is selected; of both those that pass the filters."""
    points = np.asarray(displayed.points)
    shown = points if passing is None else points[passing]
    if len(state.selected):
        _draw_selection(displayed, state, state.selected if passing is None else np.intersect1d(state.selected, shown))
    else:
        _draw_all(displayed, state, shown)


def _draw_selection(displayed: Map, state: MapSession, selected: np.ndarray) -> None:
    """Draw the selected points as a table, and below it the nearest neighbours of their mean."""
    space = state.space
    frame = selection_frame(space, displayed, selected)
    not_shown = len(selected) - len(frame)
    st.header(f"{len(frame):,} selected")
    if not_shown:
        st.caption(f"Selected on another map and not shown on this one: {not_shown:,}.")
    serial = max(state.seen.get("regions", 0), state.seen.get("step", 0))
    label_table(frame, f"selected-{displayed.id}-{serial}-{encode_filters(state.filters)}", state, "Selected points")
    with st.container(horizontal=True):
        tables.csv_button(frame, "selection.csv", "download-selection")
        if _can_retrain(state):
            _draw_retrain_button(state, selected, keep=True)
            _draw_retrain_button(state, selected, keep=False)
    with error_boundary():
        st.text("Nearest to the selection's mean in the original space")
        near = space.neighbors(space.mean_vector(selected), N_NEIGHBORS)
        label_table(near.iloc[:, :2], f"mean-{serial}-{len(selected)}", state, "Nearest to the selection's mean")


def _can_retrain(state: MapSession) -> bool:
    run = state.run
    return can_filter(run, state.space.name) and session.is_mine(run) and bool(run.data.get("id"))


def _draw_retrain_button(state: MapSession, selected: np.ndarray, *, keep: bool) -> None:
    many = noun_of(state.space).many
    title = "Train on the selection" if keep else "Train without the selection"
    what = f"on these {many} only" if keep else f"without these {many}"
    explanation = f"Trains the same model with the same settings {what}. This run stays unchanged."
    if st.button(title, key=f"retrain-{keep}", help=explanation):
        with error_boundary():
            starting.train_on_choice(state.run, state.space, selected, keep)


def _draw_all(displayed: Map, state: MapSession, shown: np.ndarray) -> None:
    """Draw all points that are shown as a table, for keyboards and screen readers."""
    many, n = noun_of(state.space).many, len(displayed.points)
    which = f"All {n:,} {many} on the map" if len(shown) == n else f"The {len(shown):,} {many} that pass the filters"
    order = "" if state.space.kind in EXAMPLE_KINDS else ", the most frequent first"
    st.caption(
        f"{which}{order}. Select one to show it and its "
        "neighbours on the map. The columns can be sorted, and the table can be searched."
    )
    frame = selection_frame(state.space, displayed, shown)
    label_table(frame, f"all-{displayed.id}-{encode_filters(state.filters)}", state, which)


def draw_export(displayed: Map, state: MapSession) -> None:
    """Draw the buttons that download the map."""
    space, points = state.space, np.asarray(displayed.points)
    st.caption(
        "Coordinates with labels and columns, a web page that works offline, or a picture of what is in sight. A button on "
        "the map saves it as SVG, for drawing programs."
    )
    with st.container(horizontal=True):
        st.download_button(
            "CSV",
            lambda: tables.to_csv(selection_frame(space, displayed, points)),
            "map.csv",
            "text/csv",
            on_click="ignore",
        )
        st.download_button(
            "Parquet",
            lambda: tables.to_parquet(selection_frame(space, displayed, points)),
            "map.parquet",
            on_click="ignore",
        )
        title = f"{state.run.name}: {len(points):,} of {noun_of(space).counted(len(space))}"
        columns = list(dict.fromkeys([st.session_state[state.color_key], *color_columns(space)]))
        st.download_button(
            "Offline web page",
            lambda: offline.page(displayed, space, [name for name in columns if name != RANK], title),
            "map.html",
            "text/html",
            on_click="ignore",
        )
    draw_png_export()
