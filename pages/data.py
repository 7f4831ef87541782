"""The Data page: bring data or open it again, see how it was read, and set the role of each column.

Whatever a reading warns of can be changed here: an encoding such as cp1251, the delimiter, the line of names. See
`components.data.reading_options`.
"""

import streamlit as st

from components.data.dataset_list import show_datasets
from components.data.dataset_view import show_dataset
from components.data.opened import opened_dataset
from components.data.sources import show_sources
from components.error_boundary import error_boundary

st.title("Data")
st.write("Bring a text, a table or vectors, and see how the file is read before you train on it.")
dataset = opened_dataset()
with st.container(key="data-opened" if dataset else "data-none"):
    sources, details = st.columns([2, 3], gap="large")
with sources, error_boundary():
    st.header("Bring data")
    show_sources()
with details, st.container(key="data-details"), error_boundary():
    if dataset:
        show_dataset(dataset)
    else:
        st.info("No data is open. Upload a file, or choose the King James Bible from the samples.")
with sources, error_boundary():
    show_datasets(dataset)  # last: by now the rows of what is open may be known
