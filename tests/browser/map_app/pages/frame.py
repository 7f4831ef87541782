"""One map, its settings taken from the address (?n=20000&colour=cluster), and below it what came back from it."""

import json
import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[4]))
from components.map.view import map_view
from embedviz.figures.colors import Category
from embedviz.map_view.map_data import MapData

st.set_page_config(layout="wide")
n = int(st.query_params.get("n", 20_000))
colour = st.query_params.get("colour", "cluster")
okabe_ito = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "currentColor"]
names = ["ships, sea, sail", "bread, corn, wine", "king, queen, prince", "<img src=x>", "day, night", "river", "chair"]
shapes = ["disc"] * 6 + ["ring"]
legend = {"cluster": list(map(Category, names, okabe_ito, shapes)), "x": (12, 63921)}.get(colour, ())

focus = st.session_state.get("focus")
with st.container(horizontal=True):
    if st.button("Search chair"):
        focus = st.session_state.focus = 11
        st.session_state.focus_serial = st.session_state.get("focus_serial", 0) + 1
    st.button("Rerun")
    dim = st.toggle("Dim the rest", value=True)
    is_optimising = st.toggle("Points move")
    other = st.toggle("Other layout")
    shown = st.toggle("Show the map", value="hidden" not in st.query_params)
    if st.button("Clear region"):
        st.session_state.regions = []

if not shown:
    st.stop()
link = "pair" if "twin" in st.query_params else None
if link:
    map_view(MapData(f"embedviz/maps/{n}/points?transposed", n, link=link), key="twin", height=300)
event = map_view(
    MapData(
        points_url=f"embedviz/maps/{n}/points" + ("?transposed" if other else ""),
        n=n,
        labels_url=f"embedviz/maps/{n}/labels",
        colors_url=f"embedviz/maps/{n}/colors/{colour}" if colour != "none" else None,
        color_kind={"cluster": "category", "x": "number"}.get(colour),
        legend=legend,
        highlight=[int(i) for i in st.query_params.get("highlight", "").split(",") if i],
        focus=focus,
        focus_serial=st.session_state.get("focus_serial", 0),
        links=[] if focus is None else [i for i in range(focus + 20, focus + 320, 30) if i < n],
        dim=dim,
        color_column=colour,
        sizes_url=f"embedviz/maps/{n}/colors/x" if "size" in st.query_params else None,
        regions=st.session_state.get("regions", []),
        regions_serial=st.session_state.get("regions_serial", 0),
        partial_layout_url=f"embedviz/maps/{n}/partial" if is_optimising else None,
        snapshots_url=f"embedviz/maps/{n}/snapshots?{st.query_params['snapshots']}"
        if "snapshots" in st.query_params
        else None,
        snapshot_titles=["start", "half", "done"] if "snapshots" in st.query_params else [],
        axes=[{"title": title, "low": -0.5, "high": 0.5} for title in ("she - he", "good - bad")]
        if "axes" in st.query_params
        else [],
        link=link,
        view_in_address="view" in st.query_params or "address" in st.query_params,
    ),
    key="map",
    height=620,
)
if event.click_serial != st.session_state.get("click_serial", 0):
    st.session_state.click_serial = event.click_serial
    st.session_state.focus = event.click
    st.rerun()
if event.regions_serial != st.session_state.get("regions_serial", 0):
    st.session_state.regions_serial = event.regions_serial
    st.session_state.regions = list(event.regions)
    st.rerun()
st.text(json.dumps({"click": event.click, "regions": event.regions, "focus": focus}))
