"""A text or a row in full: what it says, and what was predicted of it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from components import session
from embedviz.space import EmbeddingSpace
from embedviz.space.kinds import EXAMPLE_KINDS, TEXT

MAX_TEXT_HEIGHT_PX = 220
LONG_TEXT_CHARACTERS = 700  # from which a text scrolls


def show_example(space: EmbeddingSpace, label: str) -> None:
    """Show the text that a label stands for, and its other columns in a line; nothing for labels of other kinds."""
    if space.kind not in EXAMPLE_KINDS or label not in space:
        return
    known = space.columns.iloc[space.index(label)].to_dict()
    text = str(known.pop(TEXT, "")) if space.kind == "text" else ""
    with st.container(border=True):
        if text:
            with st.container(
                height=MAX_TEXT_HEIGHT_PX if len(text) > LONG_TEXT_CHARACTERS else "content", border=False
            ):
                st.text(text)
        st.caption(session.plain(known_text(known)))


def example_columns(space: EmbeddingSpace, frame: pd.DataFrame) -> list[str]:
    """Return the columns of a table of examples in the order of their display: texts in full stand in place of labels."""
    names = list(map(str, frame))
    if space.kind != "text" or TEXT not in names:
        return names
    return [TEXT, *(name for name in names if name not in (TEXT, "label"))]


def known_text(known: dict[str, object]) -> str:
    """Return columns and their values in a line; missing ones are left out, fractions have three decimals."""
    return " · ".join(f"{name}: {_written(value)}" for name, value in known.items() if not pd.isna(value))


def _written(value: object) -> str:
    return f"{value:,.3f}" if isinstance(value, float) else str(value)
