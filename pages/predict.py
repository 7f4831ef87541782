"""Predict: ask the model about something new, and see what moved its answer."""

import streamlit as st

from components import predict_ratings, predict_row, predict_text, session, tours
from components.error_boundary import error_boundary

VIEWS = {"sentiment": predict_text, "ratings": predict_ratings, "categories": predict_row}

st.title("Predict")
st.write("Ask the model about something new, and see what moved its answer.")
run = session.current_run()
if run is None or run.model not in VIEWS:
    st.info(
        "Nothing that predicts is open. Open a training of sentiment, ratings or categories at the side, or bring data to "
        "train one."
    )
    with st.container(horizontal=True):
        if st.button("Bring data", type="primary"):
            st.switch_page("data.py")
        if "review" in tours.TOURS and st.button(f"Take the tour “{tours.TOURS['review'].title}”"):
            tours.start_tour("review")
            st.switch_page("train.py")
elif not run.predicts:
    st.info(f"This run is {run.status}; it can be asked when it has ended.")
    if st.button("See the training", type="primary"):
        st.switch_page("train.py")
else:
    tours.show_step("predict")
    with error_boundary():
        VIEWS[run.model].show(run)
