"""The Map page: a space as a map, by PCA immediately and by the requested method when it is ready."""

import streamlit as st

from components import session, tours
from components.error_boundary import error_boundary
from components.map.page import draw_map
from components.map.session import MapSession
from components.map.settings_panel import default_points, draw_settings_panel
from components.space_picker import current_space

st.title("Map")
st.write("See the whole space at once, find its points, and check how faithful the map is.")
opened = current_space("draw a map")
if opened:
    run, space = opened
    tours.show_step("map")
    state = MapSession.of(run, space)
    for message in state.follow_address():
        st.warning(session.plain(message))
    if tours.current_tour() and state.settings is None:
        state.settings = {"n_points": default_points(space)}
    with error_boundary():
        draw_settings_panel(state)
    with error_boundary():
        if state.settings:
            draw_map(state)
    state.save()
