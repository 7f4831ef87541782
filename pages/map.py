"""The Map page: a space as a map, by PCA immediately and by the requested method when it is ready."""

import streamlit as st

from components import session
from components.map.page import draw_page
from components.map.session import MapSession
from components.map.settings_panel import default_settings
from components.space_picker import current_space
from components.tours import guide
from embedviz.projection.given_layout import coordinate_columns

with st.container(key="map-header", horizontal=True, vertical_alignment="center", gap="small"):
    st.title("Map", anchor=False, width="content")
    st.caption("See the whole space at once, find its points, and check how faithful the map is.")
    opened = current_space("draw a map")
if opened:
    run, space = opened
    guide.show_step("map")
    state = MapSession.of(run, space)
    for message in state.follow_address():
        st.warning(session.prose(message))
    if state.settings is None and (guide.current_tour() or coordinate_columns(space)):
        state.settings = default_settings(space)
    draw_page(state)
    state.save()
