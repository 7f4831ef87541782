"""Compare: two spaces on the labels that both have, in their original dimensions, beside what chance alone changes."""

import streamlit as st

from components import comparing
from components.error_boundary import error_boundary
from components.space_picker import current_space

st.title("Compare")
st.write("See what two spaces agree on, which labels changed their company most, and how much of that is chance.")
opened = current_space("compare it with another")
if opened:
    run, space = opened
    with error_boundary():
        comparing.show(run, space)
