"""Tables that can be clicked and downloaded, and the box for one label."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from embedviz.space import EmbeddingSpace
from embedviz.space.kinds import TEXT

MAX_OPTIONS = 5000  # labels suggested while typing; any other can be typed


def column_config(frame: pd.DataFrame) -> dict[str, ColumnConfig]:
    """Return the column formats: similarities as bars from zero, shares in percent, three decimals, thousands separators."""
    config = {"label": st.column_config.TextColumn("label", width="small")}
    for name in map(str, frame.select_dtypes("floating")):
        config[name] = st.column_config.NumberColumn(
            name, format="percent" if name.startswith(("share ", "overlap")) else "%.3f"
        )
    if "similarity" in frame and frame["similarity"].between(-1, 1).all():
        config["similarity"] = st.column_config.ProgressColumn(
            "similarity", format="%.3f", min_value=0.0, max_value=1.0
        )
    if TEXT in frame:
        config[TEXT] = st.column_config.TextColumn(TEXT, width="large")
    if "count" in frame:
        config["count"] = st.column_config.NumberColumn("count", format="localized")
    return config


def clickable_table(frame: pd.DataFrame, key: str, go: Callable[[str], None], **options: Any) -> None:
    """Show the table and call `go` with the label of a clicked row.

    Parameters
    ----------
    key
        Has to change with the rows of the table.
    options
        Passed to `st.dataframe`.
    """

    def clicked() -> None:
        if cells := st.session_state[key]["selection"]["cells"]:
            go(frame["label"].iloc[cells[0][0]])

    st.dataframe(
        frame,
        hide_index=True,
        column_config=column_config(frame),
        on_select=clicked,
        selection_mode="single-cell",
        key=key,
        **options,
    )


def to_csv(frame: pd.DataFrame) -> bytes:
    """Return the table as CSV in UTF-8 with a byte order mark, which spreadsheets need.

    A text that a spreadsheet would run as a formula gets an apostrophe in front.
    """
    safe = frame.copy()
    for column in safe:
        if not pd.api.types.is_numeric_dtype(safe[column]):
            texts = safe[column].astype(str)
            safe[column] = texts.where(~texts.str.match(r"[=+\-@\t\r]"), "'" + texts)
    return safe.to_csv(index=False).encode("utf-8-sig")


def to_parquet(frame: pd.DataFrame) -> bytes:
    """Return the table as Parquet."""
    stream = io.BytesIO()
    frame.to_parquet(stream, index=False)
    return stream.getvalue()


def csv_button(frame: pd.DataFrame, name: str, key: str, **options: Any) -> None:
    """Show a button that downloads the table; options are passed to `st.download_button`."""
    st.download_button(
        "Download as CSV",
        lambda: to_csv(frame),
        name,
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
        key=key,
        **options,
    )


def label_input(space: EmbeddingSpace, title: str, default: str, key: str) -> str:
    """Show a box for one label, with the most frequent as suggestions, and return what was chosen or typed.

    The default need not be a label of the space. What was chosen is kept in the session's state under `key`, and shown as the
    placeholder of the box, not as its value: Streamlit resets a box once what is typed equals its value, so that
    "kings" could not be typed over "king".
    """
    turn_key = f"{key}-turn"
    turn = st.session_state.get(turn_key, 0)  # each choice is made in a new box, without a value
    box_key = f"{key}-box-{turn}"

    def choose() -> None:
        st.session_state[turn_key] = turn + 1
        if chosen := (st.session_state[box_key] or "").strip():
            st.session_state[key] = chosen

    current = st.session_state.get(key, default)
    options = [space.labels[i] for i in space.most_frequent(MAX_OPTIONS)]
    st.selectbox(
        title, options, index=None, placeholder=current, accept_new_options=True, key=box_key, on_change=choose
    )
    return current
