"""The Predict page: predictions for new data, with their explanations."""

import streamlit as st

from components import predict_ratings, predict_row, predict_text, session, tours
from components.error_boundary import error_boundary

FORMS = {
    "sentiment": predict_text.show_text_prediction,
    "ratings": predict_ratings.show_rating_prediction,
    "categories": predict_row.show_row_prediction,
}

st.title("Predict")
st.write("Get predictions for new data and see what they are based on.")
run = session.current_run()
if run is None or run.model not in FORMS:
    st.info(
        "No prediction model is open. Open a run of the sentiment, ratings or categories model in the sidebar, or bring "
        "data to train one."
    )
    with st.container(horizontal=True):
        if st.button("Bring data", type="primary"):
            st.switch_page("data.py")
        if "review" in tours.TOURS and st.button(f"Take the tour “{tours.TOURS['review'].title}”"):
            tours.start_tour("review")
            st.switch_page("train.py")
elif not run.predicts:
    st.info(f"This run is {run.status}. It can predict once it has ended.")
    if st.button("See the training", type="primary"):
        st.switch_page("train.py")
else:
    tours.show_step("predict")
    with error_boundary():
        FORMS[run.model](run)
