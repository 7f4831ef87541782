"""The script that Streamlit runs: page settings, navigation and the run picker around every page."""

from pathlib import Path

import streamlit as st

from components import navigation, run_picker
from components.error_boundary import error_boundary

st.set_page_config(
    page_title="embedviz", page_icon=str(Path(__file__).parents[1] / "components" / "icon.svg"), layout="wide"
)
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
    ]
)
with error_boundary():
    run_picker.show()
with error_boundary():
    page.run()
