"""The bar above the map: method, colour, size, search, and the sections of the panel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from components import session
from components.map.session import SETTINGS, MapSession
from components.map.settings_panel import METHOD_NAMES, default_settings, form_key, methods_for
from components.map.submission import request_map
from components.nouns import noun_of
from embedviz.core.errors import EmbedvizError
from embedviz.map_view.columns import color_columns, size_columns
from embedviz.map_view.search import find_rows
from embedviz.projection.map_folder import Map
from embedviz.projection.settings import ProjectionSettings

MAX_HIGHLIGHTED_HITS = 200


def draw_method(state: MapSession) -> str:
    """Draw the menu of methods and return the chosen one. Another one is drawn at once, unless the settings are open."""
    methods = methods_for(state.space)
    current = {**default_settings(state.space), **state.loaded}.get("method", "umap")
    method = st.selectbox(
        "Method",
        methods,
        index=methods.index(str(current)) if current in methods else 0,
        format_func=_name_of_method,
        key=f"{form_key(state)}-method",
        persist_state="session",
    )
    if state.settings is None or method == state.settings.get("method", "umap") or state.section == SETTINGS:
        return method
    wanted = {**state.settings, "method": method}
    try:
        ProjectionSettings.from_values(wanted).check()
    except EmbedvizError:  # more has to be chosen, which the form says
        state.section = SETTINGS
    else:
        request_map(state, wanted)
    return method


def _name_of_method(method: str) -> str:
    return METHOD_NAMES.get(method, method)


def draw_menus(state: MapSession) -> None:
    """Draw the menus of the columns that colour and size the points."""
    space = state.space
    st.selectbox("Colour by", color_columns(space), key=state.color_key, persist_state="session")
    st.selectbox("Size by", size_columns(space), key=state.size_key, persist_state="session")


def draw_search(displayed: Map, state: MapSession, passing: np.ndarray | None) -> list[int]:
    """Draw the search box, and return the rows found among the points that pass; an invalid query is a warning."""
    space, noun = state.space, noun_of(state.space)
    query = st.text_input(
        f"Find {noun.many}",
        key=f"find-{state.run.id}-{space.name}",
        placeholder=f"Find {noun.many}, or /^un.*ing$/",
        label_visibility="collapsed",
    )
    try:
        points = np.asarray(displayed.points)
        hits = find_rows(space, points if passing is None else points[passing], query)
    except EmbedvizError as error:
        st.warning(session.plain(str(error)))
        hits = []
    state.search(query, hits)
    if query:
        highlighted = f", {MAX_HIGHLIGHTED_HITS} highlighted" if len(hits) > MAX_HIGHLIGHTED_HITS else ""
        st.caption(f"{len(hits):,} found{highlighted}", width="content")
    return hits


def wants_history(state: MapSession) -> bool:
    """Return True when the layouts at the snapshots of the training are asked for."""
    return bool(st.session_state.get(state.history_key))


def draw_history_switch(state: MapSession) -> None:
    """Draw the switch that shows the history of the training."""
    st.toggle(
        "Training history",
        key=state.history_key,
        persist_state="session",
        help="The layouts of the most frequent labels, 2,000 at most, at the snapshots kept during training.",
    )


def draw_sections(state: MapSession, sections: Sequence[str]) -> None:
    """Draw the choice of the panel's section; the one that is open is closed by a second click."""
    if state.section not in sections:
        state.section = None
    st.segmented_control(
        "Panel",
        sections,
        key=state.section_key,
        label_visibility="collapsed",
        persist_state="session",
    )
