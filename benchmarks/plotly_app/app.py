"""The peer of map_speed.py: the same points as Plotly's scattergl, shown at a click; below it how many are selected."""

import sys
from pathlib import Path

import plotly.graph_objects as go
import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.browser.map_app.app import clusters

st.set_page_config(layout="wide")
places, group = clusters(int(st.query_params["n"]))
if st.toggle("Show the map"):
    marker = {"size": 4, "color": group, "colorscale": "Cividis"}
    figure = go.Figure(go.Scattergl(x=places[:, 0], y=places[:, 1], mode="markers", marker=marker, hoverinfo="none"))
    figure.update_layout(height=620, dragmode="lasso")
    st.plotly_chart(figure, key="map")
