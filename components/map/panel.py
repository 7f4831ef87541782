"""The panel over the map's edge: the point in focus, and below it the section that is open."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import streamlit as st

from components.error_boundary import error_boundary
from components.map.card import draw_card
from components.map.details import draw_export, draw_table
from components.map.filter_panel import draw_filters
from components.map.flat import focus_place
from components.map.points_data import base_url
from components.map.session import EXPORT, FILTERS, SETTINGS, TABLE, MapSession
from components.map.settings_panel import draw_settings
from embedviz.projection.map_folder import Map


def sections_of(is_flat: bool) -> list[str]:
    """Return the sections of a flat map, or of one in three dimensions."""
    return [TABLE, FILTERS, SETTINGS, EXPORT] if is_flat else [SETTINGS]


def draw_panel(displayed: Map, state: MapSession, method: str, passing: np.ndarray | None, *, is_flat: bool) -> None:
    """Draw the panel, if there is anything in it.

    Parameters
    ----------
    displayed : Map
    state : MapSession
    method : str
        The method that the settings are for.
    passing : (n,) bool or None
        Which points of the map pass the filters; None for all.
    is_flat : bool
        False for a map in three dimensions, on which no point can be clicked.
    """
    if is_flat:
        draw_card(state.map_key, f"{base_url(displayed, state.run)}/point", focus_place(displayed, state))
    draw: Mapping[str, Callable[[], None]] = {
        TABLE: lambda: draw_table(displayed, state, passing),
        FILTERS: lambda: draw_filters(displayed, state, passing),
        SETTINGS: lambda: draw_settings(state, method),
        EXPORT: lambda: draw_export(displayed, state),
    }
    if state.section:
        with st.container(key="map-section", gap="small"), error_boundary():
            draw[state.section]()
