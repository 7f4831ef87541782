"""The script that Streamlit runs: page settings, navigation and the run picker around every page."""

import streamlit as st

from components import brand, navigation, run_picker, session, sign_in_page, warm_up
from components.error_boundary import error_boundary
from components.turns import TURNS

with TURNS.take(session.owner()):
    brand.set_up()
    page = navigation.choose_page(
        [
            st.Page("home.py", title="Home", icon=":material/home:", default=True),
            st.Page("data.py", title="Data", icon=":material/upload_file:", url_path="data"),
            st.Page("train.py", title="Train", icon=":material/model_training:", url_path="train"),
            st.Page("runs.py", title="Runs", icon=":material/list:", url_path="runs"),
            st.Page("neighbours.py", title="Neighbours", icon=":material/hub:", url_path="neighbours"),
            st.Page("predict.py", title="Predict", icon=":material/online_prediction:", url_path="predict"),
            st.Page("evaluate.py", title="Evaluate", icon=":material/grading:", url_path="evaluate"),
            st.Page("map.py", title="Map", icon=":material/scatter_plot:", url_path="map"),
            st.Page("compare.py", title="Compare", icon=":material/compare_arrows:", url_path="compare"),
            st.Page("experiments.py", title="Experiments", icon=":material/science:", url_path="experiments"),
            st.Page("export.py", title="Export", icon=":material/ios_share:", url_path="export"),
            st.Page("kept.py", title="What is kept", icon=":material/inventory_2:", url_path="kept"),
            st.Page("help.py", title="Help", icon=":material/help:", url_path="help"),
        ],
        is_listed=not sign_in_page.is_needed(),
    )
    if sign_in_page.is_needed():
        sign_in_page.show()
        st.stop()
    brand.set_tab_title(page.title)
    with error_boundary():
        run_picker.show()
        sign_in_page.show_sign_out()
    with error_boundary():
        page.run()
    warm_up.page_is_shown()
