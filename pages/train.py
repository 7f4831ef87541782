"""Train: set a training up, watch it, stop it, and go on from it."""

import streamlit as st

from components import session, tours, training_setup, training_view

st.title("Train")
st.write("Choose the settings, see what it will cost, and watch the vectors form.")
setup, current = st.session_state.get("setup"), session.current_run()
if setup:
    training_setup.show_setup(setup)
elif current and current.kind == "training":
    if current.status == "done":
        tours.show_step("train")
    training_view.show_run(current)
else:
    st.info("There is no training open. Bring data first, or take the tour on the King James text.")
    with st.container(horizontal=True):
        if st.button("Bring data", type="primary"):
            st.switch_page("data.py")
        if st.button("Start the tour"):
            tours.start("words")
            st.rerun()
