"""The Train page: set a training up, watch it, stop it, continue from it."""

import streamlit as st

from components import session, training_setup, training_view
from components.tours import guide
from components.training_draft import current_draft

st.title("Train")
st.write("Choose the settings, see the estimated cost, and watch the vectors form.")
draft, run = current_draft(), session.current_run()
if draft:
    with st.container():
        training_setup.show_setup(draft)
elif run and run.kind == "training":
    st.empty()  # takes the place of the setup, which would otherwise stand above the run until that is drawn
    tour_step = st.container()  # above the run, whose state decides whether the tour goes on
    state = training_view.show_run(run)
    with tour_step:
        guide.show_step("train", is_ready=state.state == "done")
else:
    st.info("No training is open. Bring data first, or take the tour on the King James Bible.")
    with st.container(horizontal=True):
        if st.button("Bring data", type="primary"):
            st.switch_page("data.py")
        if st.button("Start the tour"):
            guide.start_tour("words")
            st.rerun()
