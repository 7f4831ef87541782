"""The data set that is open: kept in the session and named by the address."""

from __future__ import annotations

import streamlit as st

from components import session
from components.navigation import is_history_step
from embedviz.core.errors import EmbedvizError
from embedviz.store.dataset import Dataset

DATA = "data"  # the address's ?data=
DATA_KEY = "dataset"  # the same in the session's state


def open_dataset(dataset: Dataset) -> None:
    """Make this the data that the Data page shows."""
    st.session_state[DATA_KEY] = dataset.id


def close_dataset() -> None:
    """Show no data."""
    st.session_state[DATA_KEY] = None
    st.query_params.pop(DATA, None)


def opened_dataset() -> Dataset | None:
    """Return the data that is open in this session or, after a reload, the one in the address, and put it there.

    Data that is gone or another visitor's gets a warning.
    """
    in_address = st.query_params.get(DATA)
    if in_address and is_history_step():
        st.session_state[DATA_KEY] = in_address
    dataset_id = st.session_state.setdefault(DATA_KEY, in_address)
    if not dataset_id:
        return None
    try:
        dataset = session.store().dataset(dataset_id)
        if dataset.owner != session.owner():
            raise EmbedvizError("This data belongs to another visitor. Upload your own copy.")
    except EmbedvizError as error:
        close_dataset()
        st.warning(session.plain(str(error)))
        return None
    if st.query_params.get(DATA) != dataset.id:
        st.query_params[DATA] = dataset.id
    return dataset
