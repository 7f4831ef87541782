"""The Compare page: two spaces on their shared labels, in their original dimensions; algorithms on one text."""

import streamlit as st

from components.compare.algorithms import draw_algorithms
from components.compare.comparison_view import draw_comparison
from components.error_boundary import error_boundary
from components.space_picker import current_space

st.title("Compare")
st.write("See what two spaces agree on, whose neighbours changed most, and how much of that is due to chance.")
opened = current_space("compare it with another")
if opened:
    run, space = opened
    with error_boundary():
        draw_comparison(run, space)
    with error_boundary():
        draw_algorithms(run)
