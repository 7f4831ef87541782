"""Widgets whose value is a data set's record: they show what it says, whoever wrote it."""

from __future__ import annotations

import streamlit as st


def show_recorded(key: str, value: object) -> None:
    """Give the widget that is drawn next under this key the recorded value, where it has another.

    A value that is the same is not set again: the browser would take it for news, in the middle of what is typed there.
    """
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
