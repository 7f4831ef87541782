"""The three-dimensional map, drawn by Plotly."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from components.map.session import MapSession
from embedviz.figures.map_figure import map_figure
from embedviz.map_view.columns import column_values
from embedviz.projection.map_folder import Map


def draw_3d_map(displayed: Map, state: MapSession) -> None:
    """Draw a map of three components."""
    space = state.space
    frame = pd.DataFrame(np.asarray(displayed.coords), columns=list("xyz"))
    frame["label"] = [space.labels[row] for row in np.asarray(displayed.points)]
    column = st.session_state[state.color_key]
    values = column_values(displayed, space, column)
    figure = map_figure(frame, None if values is None else values.rename(column))
    st.plotly_chart(figure, key="map-3d", height="stretch")
    st.caption("Drag to rotate the map, hover to see labels. To select points, draw a map of two dimensions.")
