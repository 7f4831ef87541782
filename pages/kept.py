"""What is kept, for how long, who sees it, how much disk it takes, and how all of it is deleted."""

import streamlit as st

from components.error_boundary import error_boundary
from components.kept.deletion import show_deletion
from components.kept.disk_use import show_use
from components.kept.rules import show_limits, show_rules, show_who_sees_it

st.title("What is kept")
st.write("See what embedviz keeps of yours, for how long and who sees it, and delete all of it.")
with error_boundary():
    st.header("Your disk")
    show_use()
    st.header("For how long")
    show_rules()
    st.header("Who sees it")
    show_who_sees_it()
    st.header("Delete everything")
    show_deletion()
    st.header("Limits here")
    show_limits()
