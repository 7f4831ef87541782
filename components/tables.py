"""Tables that people take away."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from embedviz.formats import write_vectors
from embedviz.space import EmbeddingSpace


def column_config(frame: pd.DataFrame) -> dict:
    """Similarities as bars, shares in percent, other figures to three places, counts with thousands apart."""
    config = {"label": st.column_config.TextColumn("label", width="small")}
    for name in frame.select_dtypes("floating"):
        config[name] = st.column_config.NumberColumn(
            name, format="percent" if name.startswith(("share ", "overlap")) else "%.3f"
        )
    if "similarity" in frame and frame["similarity"].between(-1, 1).all():
        lowest = min(0.0, float(frame["similarity"].min())) if len(frame) else 0.0
        config["similarity"] = st.column_config.ProgressColumn(
            "similarity", format="%.3f", min_value=lowest, max_value=1.0
        )
    if "count" in frame:
        config["count"] = st.column_config.NumberColumn("count", format="localized")
    return config


def clickable_table(frame: pd.DataFrame, key: str, go: Callable[[str], None], **more: Any) -> None:
    """The table, where a click on a row goes on to its label. The key has to change with the table's rows. more: as
    st.dataframe takes it."""

    def clicked() -> None:
        if cells := st.session_state[key]["selection"]["cells"]:
            go(frame["label"].iloc[cells[0][0]])

    config = column_config(frame)
    st.dataframe(frame, hide_index=True, column_config=config, on_select=clicked, selection_mode="single-cell", key=key, **more)  # fmt: skip


def to_csv(frame: pd.DataFrame) -> bytes:
    """CSV in UTF-8 with a mark, so that spreadsheets read it. A text that a spreadsheet would take for a formula
    gets an apostrophe before it."""
    safe = frame.copy()
    for column in safe:
        if not pd.api.types.is_numeric_dtype(safe[column]):
            texts = safe[column].astype(str)
            safe[column] = texts.where(~texts.str.match(r"[=+\-@\t\r]"), "'" + texts)
    return safe.to_csv(index=False).encode("utf-8-sig")


def to_parquet(frame: pd.DataFrame) -> bytes:
    """The table as Parquet."""
    stream = io.BytesIO()
    frame.to_parquet(stream, index=False)
    return stream.getvalue()


def csv_button(frame: pd.DataFrame, name: str, key: str, **more: Any) -> None:
    """A button that hands out the table with its names."""
    st.download_button(
        "Download as CSV",
        lambda: to_csv(frame),
        name,
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
        key=key,
        **more,
    )


def label_input(space: EmbeddingSpace, label: str, word: str, key: str) -> str:
    """A box for one word: the 5,000 most frequent to choose from as one types, and any other can be typed. It begins
    with `word`, whether the space has it or not."""
    options = [space.labels[i] for i in space.most_frequent(5000)]
    if word not in options:
        options.insert(0, word)
    chosen = st.selectbox(label, options, index=options.index(word), accept_new_options=True, key=key)
    return (chosen or word).strip()


def example_label(space: EmbeddingSpace, word: str, place: int = 0) -> str:
    """The word, or where the space does not have it, the one in this place by frequency."""
    order = space.most_frequent(place + 1)
    return word if word in space else space.labels[int(order[min(place, len(order) - 1)])]


def vector_bytes(space: EmbeddingSpace, format: str) -> bytes:
    """The whole space in a format, made when the button is pressed and not before."""
    stream = io.BytesIO()
    write_vectors(space, stream, format)
    return stream.getvalue()
