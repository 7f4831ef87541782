"""The panel over the map's edge: the point in focus, and below it the section that is open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

import pandas as pd
import streamlit as st

from components.error_boundary import error_boundary
from components.map.details import draw_export, draw_table
from components.map.label_table import label_table
from components.map.session import EXPORT, SETTINGS, TABLE, MapSession
from components.map.settings_panel import draw_settings
from embedviz.projection.map_folder import Map
from embedviz.space.metrics import METRICS, Metric

N_NEIGHBORS = 12


def sections_of(is_flat: bool) -> list[str]:
    """Return the sections of a flat map, or of one in three dimensions."""
    return [TABLE, SETTINGS, EXPORT] if is_flat else [SETTINGS]


def draw_panel(displayed: Map, state: MapSession, method: str) -> list[str]:
    """Draw the panel, if there is anything in it. Returns the labels next to the focus; none without one."""
    with error_boundary():
        neighbors = _draw_focus(displayed, state)
    draw: Mapping[str, Callable[[], None]] = {
        TABLE: lambda: draw_table(displayed, state),
        SETTINGS: lambda: draw_settings(state, method),
        EXPORT: lambda: draw_export(displayed, state),
    }
    if state.section:
        with st.container(key="map-section", gap="small"), error_boundary():
            draw[state.section]()
    return neighbors


def _draw_focus(displayed: Map, state: MapSession) -> list[str]:
    """Draw the table of the focus's neighbours in the original space, and return their labels."""
    space, focus = state.space, state.focus
    if focus is None or focus not in displayed.points:
        return []
    with st.container(key="map-focus", gap="small"):
        chosen = st.segmented_control(
            "Metric", METRICS, default="cosine", key="map-metric", required=True, persist_state="session"
        )
        metric = cast(Metric, chosen)
        near: pd.DataFrame = space.neighbors(space.labels[focus], N_NEIGHBORS, metric)
        st.text(f"Nearest to “{space.labels[focus]}” in the original space")
        label_table(near.iloc[:, :2], f"neighbors-{focus}-{metric}", state, f"Nearest to {space.labels[focus]}")
    return near["label"].tolist()
